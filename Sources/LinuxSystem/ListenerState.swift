// What a gate can change in a listening socket for all that have a copy of it: options and the flags of its file. Read
// from a fresh listener, and set back after a gate with a copy has ended.
// Never touches the filter of a socket: that is the supervisor's.
internal import CLinux

/// The values that a fresh listener has.
struct ListenerState {
    private let values: [UInt8]

    init(of number: Int32) {
        var values = [UInt8](repeating: 0, count: clinux_kept_options_size())
        // Sound: the array has the size that the function fills.
        unsafe values.withUnsafeMutableBytes { unsafe clinux_read_options(number, $0.baseAddress) }
        self.values = values
    }

    /// Sets what differs, and reads all of it again.
    func setBack(on number: Int32) -> ListenerChanges {
        var states = [UInt8](repeating: 0, count: clinux_kept_option_count())
        // Sound: the arrays have the sizes that the function reads and fills.
        unsafe clinux_set_options_back(number, values, &states)
        var changes = ListenerChanges()
        for (index, state) in states.enumerated() where Int(state) != clinux_option_same {
            var (level, name): (Int32, Int32) = (0, 0)
            // Sound: the index is within the table, whose strings are constants.
            let words = unsafe String(cString: clinux_kept_option(index, &level, &name))
            let isSetBack = Int(state) == clinux_option_set_back
            if isSetBack { changes.setBack.append(words) } else { changes.left.append(words) }
        }
        return changes
    }
}

/// What was changed in a listener, by the names of its options.
package struct ListenerChanges: Hashable, Sendable {
    /// What is again as in a fresh listener.
    package var setBack: [String] = []
    /// What cannot be set back.
    package var left: [String] = []
}
