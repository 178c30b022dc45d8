// What `doorward check` says: the faults of every file, and what each sound service comes to.
internal import Addresses
internal import Admission
package import Configuration
internal import HostDefinition
internal import LinuxSystem
internal import Sandbox
internal import ServiceModel

/// The outcome of a check.
package struct CheckReport: Sendable {
    /// `FILE:LINE:COLUMN: error: MESSAGE` each; empty when everything is sound.
    package var faults: [String] = []
    /// A line for each sound service, behind it one for each protection that it turns off, and one for what would be skipped.
    package var notes: [String] = []

    /// Reads everything, starts nothing.
    package static func make(_ options: PathChoices, on host: Host) -> CheckReport {
        var report = CheckReport()
        do throws(HostDefinitionError) {
            var definitions = try HostDefinition.read(options, on: host)
            definitions.settle(keeping: [:])
            report.faults = definitions.faults.map(\.description)
            report.addBlockList(definitions.settings.blockList)
            for (name, definition) in definitions.services.sorted(by: { $0.key < $1.key }) {
                let state = definition.activation == .enabled ? "ok" : "disabled"
                let listen = definition.service.listen.map(\.description).joined(separator: " ")
                report.notes.append("\(definition.service.file): \(state): \(name) on \(listen)")
                report.notes += sandboxRelaxations(of: definition)
            }
        } catch {
            report.faults = error.lines
        }
        for limitation in Landlock.abi.missing { report.notes.append("this kernel does not hold back: \(limitation)") }
        if !Accounts.isRoot {
            report.notes.append("not root: run would skip \(Sandbox.skippedWithoutRoot)")
        }
        return report
    }

    private mutating func addBlockList(_ path: String?) {
        guard let path else { return }
        do throws(HostDefinitionError) {
            let entries = try BlockList.entries(ofFile: path)
            notes.append("\(path): ok: block list of \(entries.count) entries")
        } catch {
            faults += error.lines
        }
    }
}
