// A user for each service that names none: a number that no account has, the same after every restart.
//
// The range lies between the ranges of other programs: useradd stops at 60000 (login.defs, UID_MAX), systemd's dynamic
// users are 61184 to 65519, subordinate ids begin at 100000 (login.defs, SUB_UID_MIN). No second service ever gets a
// number, not even when the first service is gone: its files may still exist.
// Shape of the file `users` in the state directory: a line `NUMBER NAME` for each.

/// The numbers that services have, by name.
package struct DynamicUsers: Hashable, Sendable {
    package private(set) var numbers: [String: UInt32] = [:]

    package static let range: ClosedRange<UInt32> = 80000...89999

    package init() {}

    /// Reads the file. nil when a line has another shape, or when two lines have the same number: then its owner is
    /// unknown.
    package init?(text: String) {
        for line in text.utf8.split(separator: UInt8(ascii: "\n")) {
            let words = line.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false).map { Substring($0) }
            guard words.count == 2, let number = UInt32(words[0]), "\(number)" == words[0] else { return nil }
            let name = String(words[1])
            guard !name.isEmpty, name.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f }), Self.range.contains(number),
                numbers[name] == nil, !numbers.values.contains(number)
            else { return nil }
            numbers[name] = number
        }
    }

    package var text: String {
        numbers.sorted { $0.value < $1.value }.map { "\($0.value) \($0.key)\n" }.joined()
    }

    /// The number of a service. For a new one, the search begins at a number that depends on the name only, so that two
    /// machines mostly agree.
    ///
    /// - Parameter isTaken: whether an account or group has the number.
    /// - Returns: nil when the range is used up.
    package mutating func number(for name: String, isTaken: (UInt32) -> Bool) -> UInt32? {
        if let known = numbers[name] { return known }
        // FNV-1a (draft-eastlake-fnv).
        let hash = name.utf8.reduce(UInt32(2_166_136_261)) { ($0 ^ UInt32($1)) &* 16_777_619 }
        let size = UInt32(Self.range.count)
        for step in 0..<size {
            let number = Self.range.lowerBound + (hash % size + step) % size
            if numbers.values.contains(number) || isTaken(number) { continue }
            numbers[name] = number
            return number
        }
        return nil
    }
}
