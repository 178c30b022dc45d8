import LinuxSystem
import TestSupport
import Testing

struct StartupTests {
    @Test("closed standard descriptors become /dev/null, and no other descriptor reaches an executed program")
    func secure() async {
        await #expect(processExitsWith: .success) {
            let status = try ChildProcesses.forked {
                try Startup.closeAll(but: [])
                let left = try openDescriptors()
                guard left == [0, 1, 2] else { return 1 }
                for number in Int32(0)...2 { _ = Descriptor(owning: number) }
                try Startup.secureDescriptors()
                guard try openDescriptors() == [0, 1, 2] else { return 2 }
                return isCloseOnExec(0) ? 3 : 0
            }
            #expect(status == 0)
        }
    }

    @Test("the kept descriptors stay open, in any order, and the others are closed")
    func closeAll() async {
        await #expect(processExitsWith: .success) {
            let status = try ChildProcesses.forked {
                try Startup.closeAll(but: [])
                for _ in 0..<10 { _ = try Startup.openNull().release() }
                try Startup.closeAll(but: [9, 4, 4, 1, 7, 8])
                return try openDescriptors() == [0, 1, 2, 4, 7, 8, 9] ? 0 : 1
            }
            #expect(status == 0)
        }
    }

    @Test("a descriptor on /dev/null is close-on-exec and above 2")
    func openNull() throws {
        let null = try Startup.openNull()
        #expect(null.number > 2)
        #expect(isCloseOnExec(null.number))
        #expect(Startup.isOpen(null.number))
        #expect(!Startup.isOpen(1 << 20))
    }
}
