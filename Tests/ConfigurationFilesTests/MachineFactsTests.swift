import Configuration
import TestSupport
import Testing

@testable import ConfigurationFiles

struct MachineFactsTests {
    @Test("what is at a path is asked of this machine, through links")
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
}
