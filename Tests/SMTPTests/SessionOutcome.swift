// Runs whole sessions in the process of the test: all bytes of the client are there from the beginning, cut as the test
// demands, and the output of the server is read afterwards. With a sequenced-packet socket each read returns exactly
// one piece.
import Glibc
import HandlerKit

@testable import SMTP

/// The calls of a policy, in order.
final class PolicyRecord {
    var events: [String] = []
    var content: [UInt8] = []
    var body: [UInt8] = []
}

extension Span<UInt8> {
    var text: String { String(decoding: indices.map { self[$0] }, as: UTF8.self) }
}

/// A policy that records every call. A local part or an argument that begins with three digits is answered with that
/// code; with an `x` after them, the connection ends too.
struct RecordingPolicy: SMTPPolicy {
    let record: PolicyRecord
    var greeting = 220
    var dataCode = 354
    var endCode = 250

    private func note(_ event: String) { record.events.append(event) }

    private func reply(_ text: String, _ usual: Int) -> Reply {
        let code = Int(text.prefix(3)).flatMap { ReplyCode($0) } ?? ReplyCode(usual)!
        let reply = Reply(code, .x(0, 0), "noted")
        return text.dropFirst(3).first == "x" ? reply.closing() : reply
    }

    mutating func connect(_ session: borrowing SMTPSession) -> Reply { Reply(ReplyCode(greeting)!, "host") }

    mutating func helo(_ name: Span<UInt8>, _ session: borrowing SMTPSession) -> Reply {
        note("helo \(name.text)")
        return reply(name.text, 250)
    }

    mutating func ehlo(_ name: Span<UInt8>, _ session: borrowing SMTPSession) -> Reply {
        note("ehlo \(name.text)")
        return reply(name.text, 250)
    }

    mutating func mail(
        _ sender: borrowing Path, _ parameters: MailParameters, _ session: borrowing SMTPSession
    ) -> Reply {
        note("mail \(sender.mailbox.text)")
        return reply(sender.localPart.text, 250)
    }

    mutating func rcpt(_ recipient: borrowing Path, _ session: borrowing SMTPSession) -> Reply {
        note("rcpt \(recipient.mailbox.text)")
        return reply(recipient.localPart.text, 250)
    }

    mutating func data(_ session: borrowing SMTPSession) -> Reply {
        note("data")
        return Reply(ReplyCode(dataCode)!, "go on")
    }

    mutating func content(_ bytes: Span<UInt8>) { record.content += bytes.indices.map { bytes[$0] } }

    mutating func header(_ field: borrowing HeaderField) {
        note("header \(field.name.text)=\(field.value.text)\(field.isCut ? "~" : "")")
    }

    mutating func endOfHeaders(_ end: HeaderEnd) { note("endOfHeaders \(end)") }
    mutating func body(_ bytes: Span<UInt8>) { record.body += bytes.indices.map { bytes[$0] } }

    mutating func endOfMessage(_ session: borrowing SMTPSession) -> Reply {
        note(
            "endOfMessage \(session.message.recipientCount) \(session.message.size) \(session.protocolName.bytes.text)")
        return Reply(ReplyCode(endCode)!, .x(0, 0), "message")
    }

    mutating func abort(_ reason: AbortReason, _ session: borrowing SMTPSession) { note("abort \(reason)") }

    mutating func expn(_ text: Span<UInt8>, _ session: borrowing SMTPSession) -> Reply { reply(text.text, 502) }
    mutating func vrfy(_ text: Span<UInt8>, _ session: borrowing SMTPSession) -> Reply { reply(text.text, 252) }
    mutating func help(_ text: Span<UInt8>, _ session: borrowing SMTPSession) -> Reply { reply(text.text, 214) }
}

/// The outcome of a session.
struct SessionOutcome: Equatable {
    /// All output of the server.
    var said = ""
    /// The calls of the policy.
    var events: [String] = []
    /// The bytes of the messages.
    var content = ""
    /// The bytes of their bodies.
    var body = ""
    /// The exit status; nil: the connection failed.
    var status: ExitStatus?
    /// The log.
    var log = ""

    /// The code and the enhanced status of each reply except the greeting.
    var codes: [String] {
        said.split(separator: "\r\n").filter { $0.dropFirst(3).first == " " }.dropFirst().map { line in
            let words = line.split(separator: " ")
            let hasStatus = words.count > 1 && words[1].split(separator: ".").count == 3 && words[1].first!.isNumber
            return hasStatus ? "\(words[0]) \(words[1])" : "\(words[0])"
        }
    }
}

/// A configuration for sessions whose input is there from the beginning.
func configuration(_ change: (inout SMTPConfiguration) -> Void = { _ in }) -> SMTPConfiguration {
    var configuration = SMTPConfiguration(hostname: "mx.test")
    configuration.allowsEarlyInput = true
    configuration.noticesTermination = false
    configuration.logLevel = .nothing
    configuration.timeouts.errorDelay = .zero
    change(&configuration)
    return configuration
}

/// A generator of ids that are the same in every run.
let fixedIDs = MessageIDGenerator(process: 1, seconds: { 0x5f }, random: { 0xabcd })

private func packetSockets() -> [Int32] {
    var ends: [Int32] = [0, 0]
    // Sound: the call fills two numbers.
    let result = unsafe socketpair(
        AF_UNIX, Int32(SOCK_SEQPACKET.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0, &ends)
    precondition(result == 0)
    return ends
}

private func receiveAll(_ descriptor: Int32) -> String {
    var all: [UInt8] = []
    while true {
        let packet = unsafe [UInt8](unsafeUninitializedCapacity: 65536) { buffer, count in
            // Sound: the address and the size are those of the buffer.
            unsafe count = max(0, read(descriptor, buffer.baseAddress, buffer.count))
        }
        if packet.isEmpty { return String(decoding: all, as: UTF8.self) }
        all += packet
    }
}

/// Runs a function on a connection whose input is these pieces, and then ends or stays open. Returns the output.
func onConnection(
    _ pieces: [[UInt8]], staysOpen: Bool = false, capacity: Int = 16384, _ body: (inout Connection) -> Void
) -> String {
    let (input, output) = (packetSockets(), packetSockets())
    defer { for end in input + output { close(end) } }
    for piece in pieces where !piece.isEmpty {
        // Sound: the address and the count are those of the array.
        let sent = unsafe piece.withUnsafeBytes { unsafe write(input[0], $0.baseAddress, $0.count) }
        precondition(sent == piece.count)
    }
    if !staysOpen { shutdown(input[0], Int32(SHUT_WR)) }
    var connection = Connection(input: input[1], output: output[1], capacity: capacity)
    body(&connection)
    do throws(ConnectionError) { try connection.flush() } catch { return "cannot write: \(error)" }
    shutdown(output[1], Int32(SHUT_WR))
    return receiveAll(output[0])
}

/// Runs a whole session.
func session(
    _ pieces: [[UInt8]], _ configuration: SMTPConfiguration = configuration(), staysOpen: Bool = false,
    _ change: (inout RecordingPolicy) -> Void = { _ in }
) -> SessionOutcome {
    let record = PolicyRecord()
    var policy = RecordingPolicy(record: record)
    change(&policy)
    var configuration = configuration
    let log = packetSockets()
    defer { for end in log { close(end) } }
    configuration.logDescriptor = log[1]
    var outcome = SessionOutcome()
    outcome.said = onConnection(pieces, staysOpen: staysOpen) { connection in
        var server = SMTPServer(policy, configuration, peer: .none, ids: fixedIDs)
        do throws(ConnectionError) {
            outcome.status = try server.run(on: &connection)
        } catch {
            outcome.status = nil
        }
    }
    shutdown(log[1], Int32(SHUT_WR))
    outcome.log = receiveAll(log[0])
    outcome.events = record.events
    outcome.content = String(decoding: record.content, as: UTF8.self)
    outcome.body = String(decoding: record.body, as: UTF8.self)
    return outcome
}

func session(
    _ text: String, _ configuration: SMTPConfiguration = configuration(), staysOpen: Bool = false,
    _ change: (inout RecordingPolicy) -> Void = { _ in }
) -> SessionOutcome {
    session([Array(text.utf8)], configuration, staysOpen: staysOpen, change)
}

/// The text in two pieces, cut at every place, and in pieces as small as the buffer of the socket allows.
func cuts(of text: String) -> [[[UInt8]]] {
    let bytes = Array(text.utf8)
    let size = (bytes.count + 199) / 200
    let small = stride(from: 0, to: bytes.count, by: size).map { Array(bytes[$0..<min($0 + size, bytes.count)]) }
    return [small] + bytes.indices.map { [Array(bytes.prefix($0)), Array(bytes.dropFirst($0))] }
}
