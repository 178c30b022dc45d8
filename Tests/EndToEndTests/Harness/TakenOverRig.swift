// A supervisor with a service whose gate is taken over, and what that gate attacks.
import Foundation
import Glibc
import Messages
import Testing

/// The services: `attacked`; `other`, whose handler counts signals; `loaded`, for others' clients; `listed`, for which
/// there is a resolver; `filtered`, of which a filter attacks; `private`, a unix socket for nobody; `behind`, which has
/// an upstream.
final class TakenOverRig {
    let programs: TakenOver
    let targets: Targets
    let doorward: Supervised
    /// A connection to the other service, and its handler.
    let sibling: Client
    let siblingPID: Int32
    let resolver: Int32

    static let exempt = "127.0.0.8"
    static let upstream = "198.18.0.9"

    /// - Parameters:
    ///   - more: lines of the attacked service.
    ///   - user: the user of the attacked and of the other service; nil: each has one of its own.
    ///   - bans: the file of bans.
    init(_ more: String = "", user: String? = nil, bans: String? = nil) throws {
        targets = try Targets()
        programs = try TakenOver()
        let identity = user.map { "user = \"\($0)\"\n" } ?? ""
        let echo = "listen = [\"127.0.0.1:0\"]\nhandler = [\"echo\"]\n"
        doorward = try Supervised(
            services: [
                "attacked": echo + identity + more + "\n[penalties]\nsignal = 100\n",
                "other": "listen = [\"127.0.0.1:0\"]\nhandler = [\"attacker\"]\n\(identity)[penalties]\nsignal = 100\n",
                "loaded": echo, "listed": echo + "dnsbl = [\"bl.test deny\"]\n",
                "filtered": echo + "output_filters = [[\"attacker\"]]\n",
                "private": "listen = [\"unix:DIRECTORY/private\"]\nhandler = [\"echo\"]\naccess = [\"deny all\"]\n",
                "behind": echo + "proxy_protocol = [\"\(Self.upstream)\"]\n",
            ], host: "nameservers = [\"127.0.0.1:9\"]\nexempt = [\"\(Self.exempt)\"]\n",
            files: bans.map { ["state/bans": $0] } ?? [:], programs: ["attacker"], bin: programs.bin)
        try targets.make(in: doorward.directory)
        resolver = try #require(Int32(try doorward.log.wait(for: "resolver_ready")["pid"] ?? ""))
        sibling = try Client(port: doorward.port("other"))
        sibling.send("pid\n")
        siblingPID = try #require(Int32(sibling.read().dropLast()))
    }

    /// Closes the sibling before the supervisor ends, which would wait for that connection.
    deinit { sibling.close() }

    var gate: Int32 {
        get throws { try doorward.gate("attacked") }
    }

    /// Has the attacked gate, or another process, make attempts on the others.
    func attempts(
        _ names: [String], in pid: Int32? = nil, on handler: Int32? = nil, frames: [UInt8] = []
    ) throws -> [Attempt] {
        let directory = doorward.directory
        let words = try [
            "handler=\(handler ?? siblingPID)", "gate=\(doorward.gate("other"))", "supervisor=\(doorward.pid)",
            "ATTACK_STATE=\(directory)/state/users", "ATTACK_CONTROL=\(control)",
            "ATTACK_DEFINITION=\(directory)/services/other.toml", "ATTACK_PROGRAM=\(programs.bin)/doorward-gate",
            "ATTACK_EXECUTABLE=\(programs.bin)/doorward-gate-preloaded",
        ]
        return try programs.attempts(
            names.joined(separator: ","), in: pid ?? gate, targets.words(in: directory) + words, frames: frames)
    }

    func localUser() throws -> LocalUser {
        chmod(doorward.directory + "/private", 0o666)
        return try LocalUser(
            doorward, service: doorward.directory + "/private", handler: siblingPID, gate: doorward.gate("other"))
    }

    private var control: String { doorward.directory + "/state/control" }

    /// How many times the sibling has got a signal: "CONT", "URG", "WINCH".
    func received(_ signal: String) throws -> Int {
        sibling.send("signals\n")
        let fields = sibling.read().split { " \n".contains($0) }
        return try #require(
            fields.first { $0.hasPrefix(signal + "=") }.flatMap { Int($0.dropFirst(signal.count + 1)) })
    }

    /// Whether the kernel or the supervisor refused an attempt. The attacker cannot see the effect of `sent`.
    func isRefused(_ attempt: Attempt) throws -> Bool {
        switch attempt.result {
        case "refused": true
        case "sent": try received(attempt.how) == 0
        default: false
        }
    }

    /// Expects that nothing has happened to anything but the attacked service: the same processes serve, `status` is
    /// answered within half a second, and the bans are these.
    func expectOthersUnhurt(_ comment: Comment? = nil) throws {
        for signal in ["CONT", "URG", "WINCH"] { #expect(try received(signal) == 0, comment) }
        for name in ["other", "loaded", "listed", "filtered", "private", "behind"] {
            #expect(doorward.log.all.count { $0.event == "ready" && $0["service"] == name } == 1, comment)
        }
        #expect(isAlive(siblingPID) && isAlive(doorward.pid) && isAlive(resolver), comment)
        #expect(try exchange(port: doorward.port("loaded"), "x\n") == "x\n", comment)
        #expect(try doorward.secondsOfStatus() < 0.5, comment)
        doorward.expectNoTrap(comment, besides: "attacked")
    }

    /// Kills the attacked gate, as an administrator would, and waits for the next one.
    func replaceGate() throws {
        let count = doorward.log.all.count { $0.event == "ready" && $0["service"] == "attacked" }
        kill(try gate, SIGKILL)
        _ = try doorward.log.wait(for: "ready", count: count + 1) { $0["service"] == "attacked" }
    }
}
