import HostDefinition
import LinuxSystem
import HostDefinition
import HostDefinition
import ServiceModel
import TestSupport
import Testing
import Wire

@testable import Supervisor

struct DefinitionCommandTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    /// The result of a command that prints these bytes and ends with this status.
    private func read(_ bytes: [UInt8], status: Int) throws -> Result<HostDefinition, HostDefinitionError> {
        let file = try directory.write("printed", bytes: bytes)
        let command = DefinitionCommand(
            try OwnProgram(opening: "/bin/sh"), arguments: ["sh", "-c", "cat \"$0\"; exit \"$1\"", file, "\(status)"])
        do throws(HostDefinitionError) {
            return .success(try command.definitions())
        } catch {
            return .failure(error)
        }
    }

    @Test("definitions arrive as they were printed")
    func definitions() throws {
        var definitions = HostDefinition(settings: HostSettings())
        definitions.faults = [
            Fault(position: SourcePosition(file: "a", line: 1, column: 2), key: "nice", message: "no")
        ]
        #expect(try read(definitions.wire, status: 0) == .success(definitions))
    }

    @Test("with status 1, problems arrive with their places and keys")
    func problems() throws {
        let place = Problem.Place.position(SourcePosition(file: "doorward.toml", line: 2, column: 1))
        let error = HostDefinitionError(problems: [
            Problem(place, key: "drain", message: "no"), Problem(nil, message: "ä"),
        ])
        #expect(try read(error.wireBytes, status: 1) == .failure(error))
    }

    @Test(
        "output that is neither definitions nor problems is itself a problem",
        arguments: [
            (0, "printed something that is not definitions"),
            (1, "ended with status 1 and printed something that is not problems"), (7, "ended with status 7"),
        ])
    func nonsense(status: Int, message: String) throws {
        let problem = Problem(.file("/bin/sh"), message: message)
        #expect(try read(Array("nonsense\n".utf8), status: status) == .failure(HostDefinitionError(problem)))
        #expect(problem.description == "/bin/sh: error: \(message)")
    }
}
