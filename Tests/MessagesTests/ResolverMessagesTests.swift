import Testing

@testable import Messages

struct ResolverMessagesTests {
    @Test("orders and reports read back unchanged")
    func roundTrip() {
        for order in [.gate, .list("bl.example"), .list("")] as [ResolverOrder] {
            #expect(ResolverOrder(order.bytes) == order)
        }
        for report in [.ready, .failed("a reason"), .failed("")] as [WorkerReport] {
            #expect(WorkerReport(report.bytes) == report)
        }
    }

    @Test(
        "any other bytes are neither",
        arguments: [[], [0], Array("GX".utf8), Array("RX".utf8), Array("X".utf8), [0x4c, 0xff]])
    func nonsense(bytes: [UInt8]) {
        #expect(ResolverOrder(bytes) == nil)
        #expect(WorkerReport(bytes) == nil)
    }
}
