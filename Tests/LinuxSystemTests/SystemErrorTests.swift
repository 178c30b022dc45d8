import LinuxSystem
import Testing

struct SystemErrorTests {
    @Test(
        "an error number has the name of its manual page",
        arguments: [
            (Int32(1), "EPERM"), (2, "ENOENT"), (4, "EINTR"), (9, "EBADF"), (11, "EAGAIN"), (12, "ENOMEM"),
            (13, "EACCES"),
            (14, "EFAULT"), (17, "EEXIST"), (21, "EISDIR"), (22, "EINVAL"), (23, "ENFILE"), (24, "EMFILE"),
            (27, "EFBIG"), (28, "ENOSPC"), (110, "ETIMEDOUT"), (71, "EPROTO"), (98, "EADDRINUSE"), (105, "ENOBUFS"),
            (111, "ECONNREFUSED"), (9999, "errno 9999"),
            (-1, "errno -1"),
        ])
    func names(number: Int32, name: String) {
        #expect(Errno(number).name == name)
    }

    @Test("an error shows the act, the name and its meaning")
    func description() {
        #expect(SystemError("bind", Errno(98)).description == "bind: EADDRINUSE (Address already in use)")
        #expect(Errno(9999).description == "errno 9999")
    }

    @Test("an interrupted call is repeated, any other failure is thrown, and a result is returned")
    func retry() throws {
        var calls = 0
        #expect(
            try retrying("x") {
                calls += 1
                return calls < 4 ? -4 : 7
            } == 7)
        #expect(calls == 4)
        #expect(try retryingBytes("x") { 1 << 40 } == 1 << 40)
        #expect(throws: SystemError("x", .noEntry)) { try retrying("x") { -2 } }
        #expect(throws: SystemError("x", .again)) { try retryingBytes("x") { -11 } }
    }

    @Test("a bad descriptor or address is a bug of this program, and traps")
    func bugs() async {
        await #expect(processExitsWith: .failure) { _ = try retrying("x") { -9 } }
        await #expect(processExitsWith: .failure) { _ = try retryingBytes("x") { -14 } }
    }
}
