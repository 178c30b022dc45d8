// One request to a running supervisor, asked and answered, by the socket in its state directory.
package import Addresses
package import Control
package import LinuxSystem
package import Messages
internal import Wire

/// A request that was answered. The connection stays open, so that one who asked for the end can see it come.
package struct ControlCall: ~Copyable {
    package let reply: ControlReply
    private let channel: MessageChannel

    /// Where a supervisor with this state directory listens.
    package static func path(state: String) -> String { state + "/control" }

    /// Errors: nobody answers.
    package init(_ request: ControlRequest, state: String) throws(SystemError) {
        let channel = try ControlSocket.connect(to: Self.path(state: state))
        try channel.send(request.wireBytes)
        try Self.waitForAnswer(on: channel)
        guard case .message(_, let memory?) = try channel.receive() else {
            throw SystemError("receive answer", .connectionReset)
        }
        let answer = try SharedBytes(mapping: memory)
        guard let reply = ControlReply(wireBytes: answer.array) else {
            throw SystemError("understand answer", .protocolViolation)
        }
        self.reply = reply
        self.channel = channel
    }

    /// A reload has every file read, which may take its time. A supervisor that takes longer is not well.
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

    /// Returns when the supervisor has ended, and with it this connection.
    package borrowing func waitForEnd() throws(SystemError) {
        while case .message = try channel.receive() {}
    }
}

/// What only a running supervisor knows, at one moment.
package struct LiveState: Hashable, Sendable {
    package var bans: [BanStatus] = []
    package var services: [ServiceStatus] = []
    /// What the filter in the kernel does, a sentence.
    package var kernelFilter = ""
    /// Whether it knows the bans, and the block list.
    package var kernelHasBans = false
    package var kernelHasBlockList = false
    /// How the caller stands with the service; nil when its gate did not say.
    package var sourceStatus: SourceStatus?

    package init(bans: [BanStatus] = [], services: [ServiceStatus] = [], sourceStatus: SourceStatus? = nil) {
        self.bans = bans
        self.services = services
        self.sourceStatus = sourceStatus
    }

    /// nil when no supervisor answers, or not us.
    package init?(state: String, service: String, peer: Peer) {
        do throws(SystemError) {
            guard case .bans(let bans) = try ControlCall(.blocked, state: state).reply,
                case .status(let report) = try ControlCall(.status, state: state).reply
            else { return nil }
            self.init(bans: bans, services: report.services)
            kernelFilter = report.kernelFilter.text
            kernelHasBans = report.kernelFilter.hasBans
            kernelHasBlockList = report.kernelFilter.hasBlockList
            let look = ControlRequest.sourceStatus(service: service, Client(peer))
            if case .sourceStatus(let sourceStatus) = try ControlCall(look, state: state).reply {
                self.sourceStatus = sourceStatus
            }
        } catch {
            return nil
        }
    }
}
