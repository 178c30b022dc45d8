// The fuzz target of the SMTP engine, for libFuzzer; see Tests/Fuzz/run. The first byte selects the kind of the rest: a
// session, or a message for the dot reader with the place where it is cut. Preconditions check the results, and trap if
// they do not hold.
import Glibc
import HandlerKit

@testable import SMTP

/// A policy that checks the order of its calls.
struct CountingPolicy: SMTPPolicy, ~Copyable {
    var isOpen = false

    mutating func mail(
        _ sender: borrowing Path, _ parameters: MailParameters, _ session: borrowing SMTPSession
    ) -> Reply {
        precondition(!isOpen)
        precondition(sender.mailbox.count <= 256 && sender.localPart.count <= 64)
        isOpen = true
        return .senderAccepted
    }

    mutating func rcpt(_ recipient: borrowing Path, _ session: borrowing SMTPSession) -> Reply {
        precondition(isOpen && recipient.kind != .null)
        var name = ShortText()
        recipient.appendLocalPart(to: &name)
        return recipient.localPart[0] == 0x78 ? .relayDenied : .recipientAccepted
    }

    mutating func content(_ bytes: Span<UInt8>) { precondition(isOpen) }
    mutating func header(_ field: borrowing HeaderField) { precondition(isOpen && field.name.count > 0) }
    mutating func body(_ bytes: Span<UInt8>) { precondition(isOpen && bytes.count > 0) }

    mutating func endOfMessage(_ session: borrowing SMTPSession) -> Reply {
        precondition(isOpen && session.message.recipientCount > 0)
        isOpen = false
        return .messageAccepted(session.message.id)
    }

    mutating func abort(_ reason: AbortReason, _ session: borrowing SMTPSession) {
        precondition(isOpen)
        isOpen = false
    }
}

private func makePipe() -> (reading: Int32, writing: Int32) {
    var ends: [Int32] = [0, 0]
    precondition(pipe(&ends) == 0)
    return (ends[0], ends[1])
}

private func checkReplies(_ output: [UInt8]) {
    var start = 0
    for index in output.indices where output[index] == 0x0a {
        let line = output[start...index]
        precondition(line.count >= 6 && line.count <= 512 && line[index - 1] == 0x0d)
        precondition(ReplyCode(line.prefix(3).reduce(0) { $0 * 10 + Int($1) - 0x30 }) != nil)
        precondition(line[start + 3] == 0x20 || line[start + 3] == 0x2d)
        precondition(line.dropLast(2).allSatisfy { $0 >= 0x20 && $0 < 0x7f })
        start = index + 1
    }
    precondition(start == output.count)
}

private func runSession(_ bytes: ArraySlice<UInt8>, _ profile: SMTPProfile) {
    let (input, output) = (makePipe(), makePipe())
    let sent = bytes.withUnsafeBytes { write(input.writing, $0.baseAddress, $0.count) }
    precondition(sent == bytes.count)
    close(input.writing)
    var connection = Connection(input: input.reading, output: output.writing, capacity: 4096)
    var configuration = SMTPConfiguration(hostname: "fuzz.test")
    configuration.profile = profile
    configuration.allowsEarlyInput = true
    configuration.noticesTermination = false
    configuration.logLevel = .nothing
    configuration.timeouts.errorDelay = .zero
    configuration.limits.messageSize = 500
    let ids = MessageIDGenerator(process: 1, seconds: { 1 }, random: { 1 })
    var server = SMTPServer(CountingPolicy(), configuration, peer: .none, ids: ids)
    do throws(ConnectionError) {
        _ = try server.run(on: &connection)
    } catch {
        // The end of input inside a message is an error of the connection.
    }
    precondition(!server.policy.isOpen)
    do throws(ConnectionError) { try connection.flush() } catch { preconditionFailure() }
    close(output.writing)
    close(input.reading)
    var all: [UInt8] = []
    while true {
        var buffer = [UInt8](repeating: 0, count: 65536)
        let count = buffer.withUnsafeMutableBytes { read(output.reading, $0.baseAddress, $0.count) }
        if count <= 0 { break }
        all += buffer.prefix(count)
    }
    close(output.reading)
    checkReplies(all)
}

private func readDots(_ pieces: [ArraySlice<UInt8>], _ bareLineEndings: BareLineEndingAction) -> (
    content: [UInt8], end: Int?, bare: Bool
) {
    var reader = DotReader(bareLineEndings)
    var (content, taken): ([UInt8], Int) = ([], 0)
    for piece in pieces where !reader.isAtEnd {
        let bytes = Array(piece)
        var position = 0
        while let part = reader.next(in: bytes.span, &position) {
            switch part {
            case .bytes(let range): content += bytes[range]
            case .text(let text): for index in text.bytes.indices { content.append(text.bytes[index]) }
            }
        }
        taken += position
    }
    return (content, reader.isAtEnd ? taken : nil, reader.hasBareLineEnding)
}

private func compareDots(_ bytes: ArraySlice<UInt8>, _ cut: Int) {
    let cut = bytes.startIndex + min(cut, bytes.count)
    let whole = [0x0d, 0x0a] + bytes
    let mark: [UInt8] = [0x0d, 0x0a, 0x2e, 0x0d, 0x0a]
    let end = whole.indices.first { whole[$0...].starts(with: mark) }.map { $0 + 3 }
    for bareLineEndings in [BareLineEndingAction.refuse, .repair] {
        let once = readDots([bytes], bareLineEndings)
        let twice = readDots([bytes[..<cut], bytes[cut...]], bareLineEndings)
        precondition(once == twice)
        precondition(once.end == end)
    }
}

/// Runs one input.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    guard count > 2, count < 16384 else { return 0 }
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    switch bytes[0] % 3 {
    case 0: runSession(bytes[1...], .internet)
    case 1: runSession(bytes[1...], .lab)
    default: compareDots(bytes[2...], Int(bytes[1]))
    }
    return 0
}
