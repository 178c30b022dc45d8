import LinuxSystem
import Testing

@testable import Gate
@testable import Inspection

struct ServiceExecTests {
    @Test("the exit status is the handler's, or 128 and the number of the signal that killed it")
    func handler() {
        for status: Int32 in [0, 111, 255] { #expect(ForegroundEnd(handler: .exited(status: status)).status == status) }
        #expect(ForegroundEnd(handler: .killed(by: .kill, dumpedCore: false)).status == 137)
    }

    @Test("a filter that failed decides, and before it a lack of resources")
    func others() {
        let (done, failed) = (ProcessEnd.Way.exited(status: 0), ProcessEnd.Way.exited(status: 9))
        #expect(ForegroundEnd(handler: done, failedFilter: failed).status == 1)
        #expect(ForegroundEnd(failedFilter: failed).status == 1)
        #expect(ForegroundEnd().status == 127)
        #expect(ForegroundEnd(handler: done, failedFilter: failed, lack: SystemError("clone", .again)).status == 127)
    }
}
