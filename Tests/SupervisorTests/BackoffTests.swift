import Supervisor
import Testing

@Test("waits double from a tenth of a second to half a minute, and a success starts over")
func backoff() {
    var backoff = Backoff()
    let waits = (0..<100).map { _ in backoff.failed() }
    #expect(
        Array(waits.prefix(9))
            == [100, 200, 400, 800, 1600, 3200, 6400, 12800, 25600].map { Duration.milliseconds($0) })
    #expect(waits[9...].allSatisfy { $0 == .seconds(30) })
    backoff.succeeded()
    let first = backoff.failed()
    #expect(first == .milliseconds(100))
}
