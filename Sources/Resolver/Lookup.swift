// One question that is being asked, of one name server after the other.
// Each server is asked from a socket of its own, on a port that nobody knows before, under a number that nobody knows: that
// is what a forger has to guess (RFC 5452). The same question is asked once at a time, however many want to know.
internal import Addresses
internal import DNS
internal import LinuxSystem

/// How patient lookups are. In nanoseconds.
package struct LookupTimeouts: Hashable, Sendable {
    /// How long to wait for a server before the next is asked as well.
    package var tryInterval: Int64 = 1_000_000_000
    /// When it is over.
    package var deadline: Int64 = 3_000_000_000
    /// How often a server is asked at most, the same one or another.
    package var mostTries = 3

    package init() {}
}

/// A server that was asked, and may still answer.
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

/// A question on its way.
final class Lookup {
    /// Counted from 1.
    let number: UInt64
    let question: DNSQuestion
    let list: String
    /// Who wants to know: the number of a gate and its request.
    var waiting: [(gate: UInt64, request: ListRequest)] = []
    /// Those that are worth asking, the next one first.
    var servers: [NameServer]
    /// By the place in a token; nil when it has nothing more to say.
    var asked: [AskedServer?] = []
    var tries = 0
    /// Monotonic: when to ask once more; nil: no more.
    var nextTryAt: Int64?
    /// Monotonic.
    let deadline: Int64
    /// Datagrams that were no answer.
    var mismatches = 0
    /// What was the matter with the last server that is out.
    var trouble = Trouble.unreachable

    /// Why there is no answer, in words for the log.
    enum Trouble: String {
        case unreachable = "no name server can be reached"
        case failure = "the name servers say that they cannot answer"
        case silence = "no name server has answered in time"
        case foreign = "answers came that nobody asked for"
        case noListAnswer = "the answer is none that a list gives"
    }

    /// So many wrong guesses a forger has for each lookup; then it has no answer.
    static let mostMismatches = 8

    init(number: UInt64, question: DNSQuestion, list: String, servers: [NameServer], deadline: Int64) {
        self.number = number
        self.question = question
        self.list = list
        self.servers = servers
        self.deadline = deadline
    }

    var isAnybodyAsked: Bool { asked.contains { $0 != nil } }

    /// When something is to be done about it.
    var dueAt: Int64 { min(nextTryAt ?? deadline, deadline) }

    /// The server has nothing to say to this question, or is not there.
    func giveUp(_ server: NameServer) {
        servers.removeAll { $0 == server }
        for index in asked.indices where asked[index]?.server == server { asked[index] = nil }
    }
}
