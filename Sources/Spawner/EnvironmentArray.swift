// The environment of one program as execve(2) takes it: entries that every connection has, and before them room for those
// that only some have, so that the array begins where it is wanted. Written anew before each spawn, in place.

@safe
struct EnvironmentArray {
    private let start: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>
    /// Entries that there is room for before those of every connection.
    private let room: Int
    /// For each variable of a list: its place among the entries of every connection, and what stands there when no list sets
    /// it; nil when nothing does.
    private let homes: [Home?]

    @unsafe
    private struct Home {
        let place: Int
        let standard: UnsafeMutablePointer<CChar>
    }

    /// - Parameters:
    ///   - variables: of the connection; every connection has them.
    ///   - fixed: the service's, and those of an access rule.
    ///   - lists: what may be set beside or instead of these.
    init(
        in memory: inout PlanMemory, variables: [UnsafeMutablePointer<CChar>], fixed: [FixedEntry], lists: ListVariables
    ) {
        // For the connection's name, the pressure, and each variable of a list.
        room = lists.names.count + 2
        let spare = unsafe memory.string("")
        let entries = unsafe Array(repeating: spare, count: room) + variables + fixed.map(\.entry)
        unsafe start = memory.array(entries)
        let first = unsafe room + variables.count
        unsafe homes = lists.names.map { name in
            guard let index = unsafe fixed.firstIndex(where: { unsafe $0.name == name }) else { return nil }
            return unsafe Home(place: first + index, standard: fixed[index].entry)
        }
    }

    /// Writes what only some connections have. Allocates nothing.
    ///
    /// - Parameters:
    ///   - further: entries for this connection; at most two.
    ///   - matches: the rules of lists that match.
    /// - Returns: where the array begins.
    func set(
        _ further: (UnsafeMutablePointer<CChar>?, UnsafeMutablePointer<CChar>?), lists: ListVariables, matches: UInt32
    ) -> StringArray {
        var first = room
        func put(_ entry: UnsafeMutablePointer<CChar>) {
            first -= 1
            // Sound: there is room for two entries and the variables of the lists, and no more are put.
            unsafe start[first] = entry
        }
        if let entry = unsafe further.0 { unsafe put(entry) }
        if let entry = unsafe further.1 { unsafe put(entry) }
        for index in 0..<lists.names.count {
            let entry = unsafe lists.entry(of: index, matches: matches)
            if let home = unsafe homes[index] {
                unsafe start[home.place] = entry ?? home.standard
            } else if let entry = unsafe entry {
                unsafe put(entry)
            }
        }
        return unsafe StringArray(start + first)
    }
}

/// An entry that every connection has.
@unsafe
struct FixedEntry {
    let name: String
    let entry: UnsafeMutablePointer<CChar>
}
