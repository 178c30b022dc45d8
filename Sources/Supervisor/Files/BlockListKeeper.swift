// The block list: its file, its faults, and the kernel's copy of it.
internal import HostDefinition
internal import LinuxSystem

/// The owner of the block list in force, and of the kernel's filter, which has it too.
struct BlockListKeeper: ~Copyable {
    private(set) var file: BlockListFile
    /// The faults of the file, because of which an older list is in force.
    private(set) var faults: [Problem] = []
    var filter = ListenerFilter()

    /// Errors: as BlockListFile.
    init(path: String?) throws(HostDefinitionError) { file = try BlockListFile(path: path) }

    /// The result of reading the file again.
    enum Reading {
        case unchanged
        /// So many lines block now; the gates need the new list.
        case changed(Int)
        /// The old list stays in force.
        case kept(HostDefinitionError)
    }

    /// Reads another file, and gives its list to the kernel.
    ///
    /// Errors: as BlockListFile; the old list stays in force.
    mutating func replace(_ path: String?) throws(HostDefinitionError) {
        // The kernel takes the old watch out of the poller when its descriptor closes with the old list.
        file = try BlockListFile(path: path)
        faults = []
        filter.take(file)
    }

    /// Reads the file again, and gives a changed list to the kernel.
    mutating func readAgain() -> Reading {
        do throws(HostDefinitionError) {
            let count = try file.readAgain()
            faults = []
            guard let count else { return .unchanged }
            filter.take(file)
            return .changed(count)
        } catch {
            faults = error.problems
            return .kept(error)
        }
    }

    /// Watches the file.
    ///
    /// - Returns: why it cannot be watched.
    func watch(_ poller: inout Poller) -> SystemError? {
        guard let number = file.watchNumber else { return nil }
        do throws(SystemError) {
            try poller.add(number, .blockList)
            return nil
        } catch {
            return error
        }
    }
}
