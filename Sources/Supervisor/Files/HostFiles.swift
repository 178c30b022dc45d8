// What the files of the host say, and the readings that find out.
internal import Control
internal import HostDefinition
internal import LinuxSystem
internal import ServiceModel

/// The settings in force, the faults of the last reading, and the clients that wait for a reload.
struct HostFiles: ~Copyable {
    var settings: HostSettings
    var reading: DefinitionReading<ControlClient>
    /// The faults at the last reading, without those of the block list.
    var faults: [Problem] = []
    /// Clients of `reload` that wait until it has taken effect, each with the faults of the files.
    private var waiting: [(client: ControlClient, faults: [Problem])] = []

    init(_ settings: HostSettings, reader: DefinitionCommand) {
        self.settings = settings
        reading = DefinitionReading(reader)
    }

    /// Monotonic: when to go on reading; nil for never.
    var deadline: Int64? { reading.deadline }

    /// Notes clients whose reload was applied.
    mutating func wait(_ clients: [ControlClient], faults: [Problem]) { waiting += clients.map { ($0, faults) } }

    var hasWaiting: Bool { !waiting.isEmpty }

    /// Answers the clients that waited until a reload took effect.
    mutating func answer(services: Int, failures: [ReloadReport.Failure]) {
        for (client, faults) in waiting {
            client.reply(.reloaded(ReloadReport(services: services, faults: faults, failures: failures)))
        }
        waiting = []
    }
}
