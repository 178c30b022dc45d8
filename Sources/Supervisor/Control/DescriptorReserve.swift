// Descriptors that are kept for commands: whoever asks why nothing works must get an answer when no other descriptor is
// left.
internal import LinuxSystem

/// Room for the connection of one client, and for the memory of its answer.
struct DescriptorReserve: ~Copyable {
    /// On /dev/null; the others are copies of it.
    private let null: Descriptor
    private var first: Descriptor?
    private var second: Descriptor?

    /// Errors: open(2).
    init() throws(SystemError) {
        null = try Startup.openNull()
        first = nil
        second = nil
        restore()
    }

    /// Makes room for one client.
    mutating func giveUp() {
        first = nil
        second = nil
    }

    /// Takes back what is missing, as far as that is possible now.
    mutating func restore() {
        if first == nil { first = possibleCopy() }
        if second == nil { second = possibleCopy() }
    }

    /// A descriptor to be closed for another one that is then sure to be there.
    ///
    /// Errors: fcntl(2).
    func copy() throws(SystemError) -> Descriptor { try Descriptor.duplicate(of: null.number) }

    private func possibleCopy() -> Descriptor? {
        do throws(SystemError) {
            return try copy()
        } catch {
            return nil
        }
    }
}
