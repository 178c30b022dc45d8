// The fuzz target of the reader of DNS replies; see Tests/Fuzz/run. If the first byte is even, the rest is a message.
// Else the rest follows a correct beginning (number, flags of a response, the question), with its first three bytes as
// the reply code and the numbers of records.
import Addresses
import DNS

private let id: UInt16 = 0x1234
private let question = DNSQuestion(.v4(0x7f00_0002), in: "list.example")!

/// The beginning of a reply to the question.
private func beginning(code: UInt8, answers: UInt8, authorities: UInt8) -> [UInt8] {
    var message = question.query(id: id)
    message[2] = 0x80
    message[3] = code & 0x0f
    message[7] = answers
    message[9] = authorities
    return message
}

private func check(_ message: [UInt8], isToQuestion: Bool) {
    let reply = DNSReply(message, to: question, id: id)
    switch reply {
    case .foreign: precondition(!isToQuestion)
    case .addresses(let addresses, let seconds):
        precondition((1...DNSReply.mostAddresses).contains(addresses.count))
        precondition(seconds <= Int32.max)
    case .none(let seconds): precondition(seconds ?? 0 <= Int32.max)
    case .failed: break
    }
    // No reply to another question is an answer to this one.
    precondition(DNSReply(message, to: question, id: id ^ 1) == .foreign)
    guard let answer = ListAnswer(reply) else { return precondition(reply == .foreign) }
    precondition(answer == .unknown || ListAnswer.holding.contains(answer.seconds))
}

/// Runs one input.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    guard let first = bytes.first else { return 0 }
    if first.isMultiple(of: 2) {
        check(Array(bytes.dropFirst()), isToQuestion: false)
    } else if bytes.count >= 4 {
        let start = beginning(code: bytes[1], answers: bytes[2], authorities: bytes[3])
        check(start + bytes.dropFirst(4), isToQuestion: true)
    }
    return 0
}
