import LinuxSystem
import Testing

struct CommandsTests {
    private func run(
        _ script: String, mostBytes: Int = 100, withinNanoseconds: Int64 = 30_000_000_000
    ) throws(SystemError) -> CommandResult {
        try Commands.run(
            try OwnProgram(opening: "/bin/sh"), ["sh", "-c", script], mostBytes: mostBytes,
            withinNanoseconds: withinNanoseconds)
    }

    @Test("a command's output and its status are returned")
    func result() throws {
        let result = try run("echo x; exit 3")
        #expect(result.output == Array("x\n".utf8))
        #expect(result.end == .exited(status: 3))
    }

    @Test("a command that takes longer than its time is killed, and the error is ETIMEDOUT")
    func late() {
        let error = #expect(throws: SystemError.self) { try run("exec sleep 60", withinNanoseconds: 100_000_000) }
        #expect(error?.errno == .timedOut)
        #expect(error?.errno.name == "ETIMEDOUT")
    }

    @Test("a command that has closed its output and goes on is killed at the end of its time")
    func silent() {
        let error = #expect(throws: SystemError.self) {
            try run("exec >&-; exec sleep 60", withinNanoseconds: 100_000_000)
        }
        #expect(error?.errno == .timedOut)
    }

    @Test("a command that prints more than its limit is killed, and the error is EFBIG")
    func long() {
        let error = #expect(throws: SystemError.self) { try run("exec yes", mostBytes: 1000) }
        #expect(error?.errno == .fileTooLarge)
        #expect(error?.errno.name == "EFBIG")
    }

    @Test("output of exactly the limit is returned")
    func exact() throws {
        #expect(try run("printf 1234", mostBytes: 4).output.count == 4)
    }
}
