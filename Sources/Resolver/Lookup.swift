// One question that is being asked of name servers, one server after the other.
// Each server is asked from a socket of its own, on an unpredictable port and with an unpredictable number: a forger
// has to guess both (RFC 5452). However many gates ask a question, it runs once at a time.
internal import Addresses
internal import DNS
internal import LinuxSystem

/// How long lookups wait. In nanoseconds.
package struct LookupTimeouts: Hashable, Sendable {
    /// How long to wait for a server before the next is asked as well.
    package var tryInterval: Int64 = 1_000_000_000
    /// How long a lookup lasts at most.
    package var deadline: Int64 = 3_000_000_000
    /// How many questions a lookup sends at most, to the same server or to others.
    package var mostTries = 3

    package init() {}
}

/// A server that was asked and may still answer.
final class AskedServer {
    let server: NameServer
    let socket: DatagramSocket
    let id: UInt16

    init(_ server: NameServer, id: UInt16) throws(SystemError) {
        self.server = server
        self.id = id
        socket = try DatagramSocket(to: server.address, port: server.port)
    }
}

/// A question that is being asked.
final class Lookup {
    /// Counted from 1.
    let number: UInt64
    let question: DNSQuestion
    let list: String
    /// The requests that wait for the answer, each with the number of its gate.
    var waiting: [(gate: UInt64, request: ListRequest)] = []
    /// The servers that are worth asking, the next one first.
    var servers: [NameServer]
    /// The asked servers, by their place in a ``PollToken``; nil for one that has nothing more to say.
    var asked: [AskedServer?] = []
    var tries = 0
    /// When to ask once more, on the monotonic clock; nil: no more.
    var nextTryAt: Int64?
    /// On the monotonic clock.
    let deadline: Int64
    /// How many datagrams were no answer.
    var mismatches = 0
    /// What was wrong with the last server that was given up.
    var trouble = Trouble.unreachable

    /// The reason why there is no answer, in words for the log.
    enum Trouble: String {
        case unreachable = "no name server can be reached"
        case failure = "the name servers say that they cannot answer"
        case silence = "no name server has answered in time"
        case foreign = "answers came that nobody asked for"
        case noListAnswer = "the answer is none that a list gives"
    }

    /// A forger has this many wrong guesses for each lookup; then the lookup ends without an answer.
    static let mostMismatches = 8

    init(number: UInt64, question: DNSQuestion, list: String, servers: [NameServer], deadline: Int64) {
        self.number = number
        self.question = question
        self.list = list
        self.servers = servers
        self.deadline = deadline
    }

    var isAnyServerAsked: Bool { asked.contains { $0 != nil } }

    /// When the lookup needs attention.
    var dueAt: Int64 { min(nextTryAt ?? deadline, deadline) }

    /// Gives up a server that has nothing to say to this question or cannot be reached.
    func giveUp(_ server: NameServer) {
        servers.removeAll { $0 == server }
        for index in asked.indices where asked[index]?.server == server { asked[index] = nil }
    }
}
