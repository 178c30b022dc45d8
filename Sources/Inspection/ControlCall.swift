// Sends one request to a running supervisor by the socket in its state directory, and receives the answer.
package import Addresses
package import Control
package import LinuxSystem
package import Messages
internal import Wire

/// A request with its answer. The connection stays open, so that `drain` and `stop` can wait for the supervisor's end.
package struct ControlCall: ~Copyable {
    package let reply: ControlReply
    private let channel: MessageChannel

    /// The socket of a supervisor with this state directory.
    package static func path(state: String) -> String { state + "/control" }

    /// Errors: no supervisor answers.
    package init(_ request: ControlRequest, state: String) throws(SystemError) {
        let channel = try ControlSocket.connect(to: Self.path(state: state))
        try channel.send(request.wireBytes)
        try Self.waitForAnswer(on: channel)
        guard case .message(_, var passed) = try channel.receive(), let memory = passed.first.take() else {
            throw SystemError("receive answer", .connectionReset)
        }
        let answer = try SharedBytes(mapping: memory)
        guard let reply = ControlReply(wireBytes: answer.array) else {
            throw SystemError("understand answer", .protocolViolation)
        }
        self.reply = reply
        self.channel = channel
    }

    /// A reload reads every file, which may take a while. A supervisor that takes longer than this has a problem.
    private static let answerWithinNanoseconds: Int64 = 60_000_000_000

    private static func waitForAnswer(on channel: borrowing MessageChannel) throws(SystemError) {
        var poller = try Poller()
        try poller.add(channel.number, token: 1)
        let deadline = Clock.monotonicNanoseconds() + answerWithinNanoseconds
        while try poller.wait(timeoutNanoseconds: deadline - Clock.monotonicNanoseconds()) == 0 {
            guard Clock.monotonicNanoseconds() < deadline else {
                throw SystemError("wait for the supervisor", .timedOut)
            }
        }
    }

    /// Returns when the supervisor has ended, which closes this connection.
    package borrowing func waitForEnd() throws(SystemError) {
        while case .message = try channel.receive() {}
    }
}

/// The state that only a running supervisor knows, at one moment.
package struct LiveState: Hashable, Sendable {
    package var bans: [BanStatus] = []
    package var services: [ServiceStatus] = []
    /// The state of the filter in the kernel, as a sentence.
    package var kernelFilter = ""
    /// Whether the filter has the bans, and the block list.
    package var kernelHasBans = false
    package var kernelHasBlockList = false
    /// What the service's gate knows about the client and its source; nil when the gate did not answer.
    package var sourceStatus: SourceStatus?

    package init(bans: [BanStatus] = [], services: [ServiceStatus] = [], sourceStatus: SourceStatus? = nil) {
        self.bans = bans
        self.services = services
        self.sourceStatus = sourceStatus
    }

    /// Asks the supervisor. nil when none answers, or when it refuses this user.
    package init?(state: String, service: String, peer: Peer) {
        do throws(SystemError) {
            guard case .bans(let bans) = try ControlCall(.blocked, state: state).reply,
                case .status(let report) = try ControlCall(.status, state: state).reply
            else { return nil }
            self.init(bans: bans, services: report.services)
            kernelFilter = report.kernelFilter.text
            kernelHasBans = report.kernelFilter.hasBans
            kernelHasBlockList = report.kernelFilter.hasBlockList
            let request = ControlRequest.sourceStatus(service: service, Client(peer))
            if case .sourceStatus(let sourceStatus) = try ControlCall(request, state: state).reply {
                self.sourceStatus = sourceStatus
            }
        } catch {
            return nil
        }
    }
}
