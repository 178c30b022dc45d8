// The fuzz target of the messages between our own processes; see Tests/Fuzz/run. The first byte selects the kind of the
// rest. A value that is read must be the value that its own bytes give.
import Control
import DNS
import HostDefinition
import Messages
import Wire

private func check<Value: WireValue & Equatable>(_ type: Value.Type, _ bytes: [UInt8]) {
    guard let value = Value(wireBytes: bytes) else { return }
    precondition(Value(wireBytes: value.wireBytes) == value, "\(value)")
}

private func check<Message: Equatable>(_ message: Message?, _ again: (Message) -> Message?) {
    guard let message else { return }
    precondition(again(message) == message, "\(message)")
}

/// Runs one input.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let all = Array(UnsafeBufferPointer(start: start, count: count))
    let bytes = Array(all.dropFirst())
    switch all.first ?? 0 {
    case 0: check(HostDefinition(wire: bytes)) { HostDefinition(wire: $0.wire) }
    case 1: check(ListRequest(bytes)) { ListRequest($0.bytes) }
    case 2: check(ListReply(bytes)) { ListReply($0.bytes) }
    case 3: check(ControlRequest.self, bytes)
    case 4: check(ControlReply.self, bytes)
    case 5: check(SupervisorMessage(bytes)) { SupervisorMessage($0.bytes) }
    case 6: check(GateMessage(bytes)) { GateMessage($0.bytes) }
    case 7: check(ResolverOrder(bytes)) { ResolverOrder($0.bytes) }
    case 8: check(WorkerReport(bytes)) { WorkerReport($0.bytes) }
    default: return -1
    }
    return 0
}
