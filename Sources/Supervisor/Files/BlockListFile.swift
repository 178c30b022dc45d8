// The block list: read whole, sealed, mapped by every gate, and read again when its file changes.
internal import Addresses
internal import Admission
internal import HostDefinition
internal import LinuxSystem

/// The list in force, and the watch on its file.
final class BlockListFile {
    let path: String?
    private(set) var table: SharedBytes
    private(set) var entryCount = 0
    private let watch: FileWatch?
    private var text: [UInt8] = []

    /// Reads the list that the settings name. Fails closed: a list that cannot be read is an error.
    ///
    /// Errors: the lines that cannot be read, or the file.
    init(path: String?) throws(HostDefinitionError) {
        self.path = path
        do {
            // The watch first, so that a change after the reading is noticed.
            watch = try path.map { try FileWatch(path: $0) }
            let text = try path.map { try Files.read($0, most: BlockList.mostBytes) } ?? []
            let list = try BlockList.table(ofText: text, file: path ?? "")
            table = try SharedBytes(sealing: list.bytes, name: "block list")
            entryCount = list.lines
            self.text = text
        } catch {
            throw Self.problems(of: path ?? "block list", error)
        }
    }

    /// The watch's descriptor, for a poller; nil when there is no file.
    var watchNumber: Int32? { watch?.number }

    /// Whether something happened to the file since the last call.
    func hasChanged() throws(SystemError) -> Bool { try watch?.hasChanged() ?? false }

    /// Every prefix of the list in force.
    func prefixes() -> [IPPrefix] {
        do {
            return try BlockList.entries(of: text, file: path ?? "").map(\.prefix)
        } catch {
            preconditionFailure("a list in force was read without a fault")
        }
    }

    /// Reads the file again.
    ///
    /// - Returns: the number of lines that block, or nil when nothing changed.
    /// Errors: the new list cannot be read; the old one stays in force.
    func readAgain() throws(HostDefinitionError) -> Int? {
        guard let path else { return nil }
        do {
            let text = try Files.read(path, most: BlockList.mostBytes)
            guard text != self.text else { return nil }
            let list = try BlockList.table(ofText: text, file: path)
            table = try SharedBytes(sealing: list.bytes, name: "block list")
            self.text = text
            entryCount = list.lines
            return list.lines
        } catch {
            throw Self.problems(of: path, error)
        }
    }

    /// The lines that cannot be read, or the file.
    private static func problems(of path: String, _ error: any Error) -> HostDefinitionError {
        if let faults = error as? BlockListFaults {
            return HostDefinitionError(
                problems: faults.all.map { Problem(.position($0.position), message: $0.reason) })
        }
        let errno = (error as? SystemError)?.errno.name
        return HostDefinitionError(Problem(.file(path), key: "block_list", errno: errno, message: "\(error)"))
    }
}
