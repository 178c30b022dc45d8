// What `doorward check` finds: the faults of every file, and what each sound service comes to. Data only: Inspection makes
// lines for people and an object for programs of it.
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
    /// The sound services, by name.
    package var services: [CheckedService] = []
    /// What the kernel of this machine does not hold back.
    package var limitations: [LandlockLimitation] = []
    /// What `run` would skip because it is not root; empty as root.
    package var skipped: [RootStep] = []

    /// A block list that the settings name.
    package struct CheckedBlockList: Hashable, Sendable {
        package let file: String
        /// nil: it has faults.
        package let entries: Int?
    }

    /// A service whose file has no fault.
    package struct CheckedService: Hashable, Sendable {
        package let definition: ServiceDefinition
        /// The protections that it turns off.
        package let relaxations: [SandboxRelaxation]
    }

    /// Reads everything, starts nothing.
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
