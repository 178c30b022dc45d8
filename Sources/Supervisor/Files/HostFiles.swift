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

    /// Whether no more clients can wait.
    var isFull: Bool { waiting.count + reading.clientCount >= Self.mostWaiting }

    private static let mostWaiting = 64

    /// Ends the reading, and gives up the clients that wait for it or for a reload to take effect.
    mutating func cancel() -> [ControlClient] {
        let all = waiting.map(\.client) + reading.cancel()
        waiting = []
        return all
    }

    /// Answers the clients that waited until a reload took effect.
    mutating func answer(services: Int, failures: [ReloadReport.Failure]) {
        for (client, faults) in waiting {
            client.reply(.reloaded(ReloadReport(services: services, faults: faults, failures: failures)))
        }
        waiting = []
    }
}
