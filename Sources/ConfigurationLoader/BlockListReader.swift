// Reads the file of the block list, for the commands that need its entries once.
package import Admission
package import HostDefinition
internal import LinuxSystem

extension BlockList {
    /// Reads the entries of a file; none when the settings name no file.
    ///
    /// Errors: the file cannot be read, or some of its lines are not entries.
    package static func entries(ofFile path: String?) throws(HostDefinitionError) -> [Entry] {
        guard let path else { return [] }
        do {
            return try entries(of: try Files.read(path, most: mostBytes), file: path)
        } catch let error as BlockListFaults {
            throw HostDefinitionError(
                problems: error.all.map { Problem(.position($0.position), message: $0.reason) })
        } catch {
            let errno = (error as? SystemError)?.errno.name
            throw HostDefinitionError(Problem(.file(path), key: "block_list", errno: errno, message: "\(error)"))
        }
    }
}
