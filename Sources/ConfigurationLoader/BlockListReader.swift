// The block list's file, for the commands that look at it once.
package import Admission
package import HostDefinition
internal import LinuxSystem

extension BlockList {
    /// Reads the entries of a file; none where the settings name no file.
    ///
    /// Errors: each line is ready to be printed.
    package static func entries(ofFile path: String?) throws(HostDefinitionError) -> [Entry] {
        guard let path else { return [] }
        do {
            return try entries(of: try Files.read(path, most: mostBytes), file: path)
        } catch let error as BlockListFaults {
            throw HostDefinitionError(lines: error.all.map(\.description))
        } catch {
            throw HostDefinitionError(lines: ["\(path): error: \(error) [block_list]"])
        }
    }
}
