import Testing

@testable import Messages

struct ResolverMessagesTests {
    @Test("orders and reports come through as they are")
    func roundTrip() {
        for order in [.gate, .list("bl.example"), .list("")] as [ResolverOrder] {
            #expect(ResolverOrder(order.bytes) == order)
        }
        for report in [.ready, .failed("a reason"), .failed("")] as [ResolverReport] {
            #expect(ResolverReport(report.bytes) == report)
        }
    }

    @Test("other bytes are none", arguments: [[], [0], Array("GX".utf8), Array("RX".utf8), Array("X".utf8)])
    func nonsense(bytes: [UInt8]) {
        #expect(ResolverOrder(bytes) == nil)
        #expect(ResolverReport(bytes) == nil)
    }
}
