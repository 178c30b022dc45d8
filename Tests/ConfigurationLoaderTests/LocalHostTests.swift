import Configuration
import Glibc
import LinuxSystem
import TestSupport
import Testing

@testable import ConfigurationLoader

struct LocalHostTests {
    @Test("a path is looked up on this machine, through links")
    func pathProblem() throws {
        let directory = try TemporaryDirectory()
        let path = try directory.write("f", "")
        makeLink(directory.path + "/l", to: path)
        let host = Host.thisMachine
        #expect(host.pathProblem(path) == nil)
        #expect(host.pathProblem(directory.path + "/l") == nil)
        #expect(host.pathProblem(directory.path + "/none") == "no such file or directory")
        #expect(host.pathProblem(path + "/") == "is not a directory")
    }

    @Test("a handler that a shell would start but the kernel does not is a problem")
    func handlerProblem() throws {
        let directory = try TemporaryDirectory()
        func problem(_ text: String, mode: mode_t = 0o755) throws -> String? {
            let path = try directory.write("handler", text)
            #expect(unsafe chmod(path, mode) == 0)
            return Host.thisMachine.handlerProblem(path)
        }
        #expect(try problem("#!/bin/sh\necho hello\n") == nil)
        #expect(try problem("#!/bin/sh\n", mode: 0o644) == "not executable")
        #expect(try problem("#!/bin/sh\r\necho\r\n")?.hasPrefix("its first line ends in a carriage return") == true)
        // A carriage return in an argument is left to the interpreter.
        #expect(try problem("#!/bin/sh -e\r\n") == nil)
        #expect(Host.thisMachine.handlerProblem("/bin/cat") == nil)
        let formats = (try? Files.names(in: "/proc/sys/fs/binfmt_misc")) ?? []
        let isForKernelOnly = formats.allSatisfy { $0 == "register" || $0 == "status" }
        for text in ["echo hello\n", "", " #!/bin/sh\n"] {
            #expect(try problem(text)?.hasPrefix("begins neither with \"#!\"") == (isForKernelOnly ? true : nil))
        }
    }
}
