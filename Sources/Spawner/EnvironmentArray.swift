// The environment of one program as execve(2) takes it. The entries that every connection has stand at its end, and
// before them is room for the entries that only some have: the array begins at the first of those that are set.
// Rewritten in place before each spawn.

@safe
struct EnvironmentArray {
    private let start: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>
    /// How many entries fit before those that every connection has.
    private let room: Int
    /// For each variable of a list that a service or rule sets too: its place, and the entry that stands there when no
    /// list sets it. nil for the other variables of lists.
    private let replaceable: [ReplaceableEntry?]

    @unsafe
    private struct ReplaceableEntry {
        let place: Int
        let standard: UnsafeMutablePointer<CChar>
    }

    /// - Parameters:
    ///   - variables: those that describe the connection; every connection has them.
    ///   - fixed: those of the service and of an access rule.
    ///   - lists: those that lists add, or set in place of the fixed ones.
    init(
        in memory: inout PlanMemory, variables: [UnsafeMutablePointer<CChar>], fixed: [FixedEntry], lists: ListVariables
    ) {
        // Two for the connection's name and the pressure, and one for each variable of a list.
        room = lists.names.count + 2
        let spare = unsafe memory.string("")
        let entries = unsafe Array(repeating: spare, count: room) + variables + fixed.map(\.entry)
        unsafe start = memory.array(entries)
        let first = unsafe room + variables.count
        unsafe replaceable = lists.names.map { name in
            guard let index = unsafe fixed.firstIndex(where: { unsafe $0.name == name }) else { return nil }
            return unsafe ReplaceableEntry(place: first + index, standard: fixed[index].entry)
        }
    }

    /// Writes the entries that only some connections have. Allocates nothing.
    ///
    /// - Parameters:
    ///   - further: entries for this connection; at most two.
    ///   - matches: the rules of lists that match.
    /// - Returns: the first entry of the array.
    func set(
        _ further: (UnsafeMutablePointer<CChar>?, UnsafeMutablePointer<CChar>?), lists: ListVariables, matches: UInt32
    ) -> StringArray {
        var first = room
        func put(_ entry: UnsafeMutablePointer<CChar>) {
            first -= 1
            // Sound: the array has room for two entries and for each variable of the lists, and this runs no more
            // often.
            unsafe start[first] = entry
        }
        if let entry = unsafe further.0 { unsafe put(entry) }
        if let entry = unsafe further.1 { unsafe put(entry) }
        for index in 0..<lists.names.count {
            let entry = unsafe lists.entry(of: index, matches: matches)
            if let fixed = unsafe replaceable[index] {
                unsafe start[fixed.place] = entry ?? fixed.standard
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
