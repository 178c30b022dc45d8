import LinuxSystem
import TestSupport
import Testing

/// Starts a shell as a program of our own, with a script for its input, and returns what it prints. For exit tests.
private func output(
    of script: String, passing passed: [Int32] = [], environment: [String] = []
) throws -> String {
    let input = try streamEnds()
    let result = try streamEnds()
    try input.far.writeAll(Array(script.utf8).span)
    // In a process of its own, because this one's standard streams are the test's.
    let status = try ChildProcesses.forked {
        ChildProcesses.replaceStream(0, by: input.near)
        ChildProcesses.replaceStream(1, by: result.far)
        let shell = try OwnProgram(opening: "/bin/sh")
        let pid = try shell.start("doorward: test", passing: passed, environment: environment) { _ in }
        return ChildProcesses.status(of: pid)
    }
    #expect(status == 0)
    return String(decoding: try readOnce(result.near), as: UTF8.self)
}

struct OwnProgramTests {
    @Test("a started program has the title, the environment and the descriptors that it was given, and no others")
    func everything() async {
        await #expect(processExitsWith: .success) {
            let one = try SharedBytes(sealing: [49], name: "one")
            let two = try SharedBytes(sealing: [50], name: "two")
            // What else this test's process has open is close-on-exec, as all that is ours.
            try Startup.secureDescriptors()
            let said = try output(
                of: "echo $0; export -p; cat /proc/self/fd/3 /proc/self/fd/4; echo; ls /proc/$$/fd; exit\n",
                passing: [two.descriptor.number, one.descriptor.number], environment: ["SECRET=no", "TZ=UTC"])
            let lines = said.split(separator: "\n").filter { !$0.hasPrefix("export PWD=") }
            #expect(
                lines == ["doorward: test", "export SECRET='no'", "export TZ='UTC'", "21", "0", "1", "2", "3", "4"])
        }
    }

    @Test("descriptors whose numbers are those that others get arrive in their order")
    func crossed() async {
        await #expect(processExitsWith: .success) {
            // On numbers of which each but the last is the place of another one.
            let memories = try (0..<3).map { try SharedBytesBox(byte: 49 + UInt8($0)) }
            for (index, memory) in memories.enumerated() {
                ChildProcesses.replaceStream(3 + Int32(index), by: memory.memory.descriptor)
            }
            let said = try output(of: "cd /proc/self/fd; cat 3 4 5; exit\n", passing: [5, 3, 4])
            #expect(said == "312")
        }
    }

    @Test("a program that was replaced on the disk is started as it was opened")
    func replaced() async {
        await #expect(processExitsWith: .success) {
            let directory = try TemporaryDirectory()
            let path = try directory.write("program", bytes: try Files.read("/bin/true", most: 1 << 24), mode: 0o755)
            let program = try OwnProgram(opening: path)
            try Files.replace(path, with: "#!/bin/false\n", mode: 0o755)
            let pid = try program.start("true", passing: [], environment: []) { _ in }
            #expect(ChildProcesses.status(of: pid) == 0)
        }
    }

    @Test("a program that cannot be executed is reported by the process that was to become it")
    func failing() async {
        await #expect(processExitsWith: .success) {
            let directory = try TemporaryDirectory()
            let path = try directory.write("program", bytes: Array("no program\n".utf8))
            let said = try streamEnds()
            let program = try OwnProgram(opening: path)
            let pid = try program.start("none", passing: [], environment: []) { error in
                do {
                    try said.far.writeAll(Array("\(error)".utf8).span)
                } catch {
                    Processes.exit(1)
                }
            }
            #expect(ChildProcesses.status(of: pid) == 127)
            let text = String(decoding: try readOnce(said.near), as: UTF8.self)
            #expect(text.hasPrefix("execute \(path): EACCES"))
        }
    }

    @Test("a program that is not there cannot be opened, and the error has its path")
    func missing() {
        let error = #expect(throws: SystemError.self) { try OwnProgram(opening: "/nowhere/program") }
        #expect(error == SystemError("open /nowhere/program", .noEntry))
    }
}

/// Sealed memory of one byte, in an array.
private final class SharedBytesBox {
    let memory: SharedBytes

    init(byte: UInt8) throws { memory = try SharedBytes(sealing: [byte], name: "byte") }

    var number: Int32 { memory.descriptor.number }
}
