// The findings of `doorward check`: the faults of every file, and the sound services. Data only: Inspection turns them
// into lines for people and an object for programs.
internal import Admission
package import Configuration
package import HostDefinition
internal import LinuxSystem
package import Sandbox
internal import ServiceModel

/// The outcome of a check.
package struct CheckReport: Sendable {
    /// Empty when everything is sound.
    package var faults: [Problem] = []
    package var blockList: CheckedBlockList?
    /// The services without faults, sorted by name.
    package var services: [CheckedService] = []
    /// What the kernel of this machine does not restrict.
    package var limitations: [LandlockLimitation] = []
    /// The steps that `run` would skip without root; empty as root.
    package var skipped: [RootStep] = []

    /// A block list that the settings name.
    package struct CheckedBlockList: Hashable, Sendable {
        package let file: String
        /// nil when the file has faults.
        package let entries: Int?
    }

    /// A service without a fault in its file.
    package struct CheckedService: Hashable, Sendable {
        package let definition: ServiceDefinition
        /// The settings that turn off protections.
        package let relaxations: [SandboxRelaxation]
    }

    /// Reads all files of the host, and starts nothing.
    package static func make(_ options: PathChoices, on host: Host) -> CheckReport {
        var report = CheckReport()
        do throws(HostDefinitionError) {
            var definitions = try HostDefinition.read(options, on: host)
            definitions.settle(keeping: [:])
            report.faults = definitions.faults.map { Problem($0) }
            report.addBlockList(definitions.settings.blockList)
            report.services = definitions.services.sorted { $0.key < $1.key }.map { _, definition in
                CheckedService(definition: definition, relaxations: sandboxRelaxations(of: definition))
            }
        } catch {
            report.faults = error.problems
        }
        report.limitations = Landlock.abi.limitations
        if !Accounts.isRoot { report.skipped = RootStep.allCases }
        return report
    }

    private mutating func addBlockList(_ path: String?) {
        guard let path else { return }
        do throws(HostDefinitionError) {
            blockList = CheckedBlockList(file: path, entries: try BlockList.entries(ofFile: path).count)
        } catch {
            blockList = CheckedBlockList(file: path, entries: nil)
            faults += error.problems
        }
    }
}
