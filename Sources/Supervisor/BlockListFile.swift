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
    /// Errors: each line is ready to be printed.
    init(path: String?) throws(HostDefinitionError) {
        self.path = path
        do {
            // The watch first, so that no change falls between the two.
            watch = try path.map { try FileWatch(path: $0) }
            let text = try path.map { try Files.read($0, most: BlockList.mostBytes) } ?? []
            let list = try BlockList.table(ofText: text, file: path ?? "")
            table = try SharedBytes(sealing: list.bytes, name: "block list")
            entryCount = list.lines
            self.text = text
        } catch let error as BlockListFaults {
            throw HostDefinitionError(lines: error.all.map(\.description))
        } catch {
            throw HostDefinitionError(lines: ["\(path ?? "block list"): error: \(error) [block_list]"])
        }
    }

    /// For a poller; nil when there is no file.
    var watchNumber: Int32? { watch?.number }

    /// Whether something happened to the file since the last time.
    func hasChanged() throws(SystemError) -> Bool { try watch?.hasChanged() ?? false }

    /// Every prefix of the list in force.
    func prefixes() -> [IPPrefix] {
        do {
            return try BlockList.entries(of: text, file: path ?? "").map(\.prefix)
        } catch {
            preconditionFailure("the text was read before")
        }
    }

    /// Reads the file again.
    ///
    /// - Returns: the number of lines that block, or nil when nothing changed.
    /// Errors: the old list stays in force.
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
        } catch let error as BlockListFaults {
            throw HostDefinitionError(lines: error.all.map(\.description))
        } catch {
            throw HostDefinitionError(lines: ["\(path): error: \(error) [block_list]"])
        }
    }
}
