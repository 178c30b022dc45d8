import HostDefinition
import ServiceModel
import Testing

private let here = SourcePosition(file: "a.toml", line: 3, column: 9)

struct ProblemTests {
    @Test(
        "a problem is one line for people: its place, the message, and the setting that names a file",
        arguments: [
            (Problem(.position(here), key: "nice", message: "no"), "a.toml:3:9: error: no"),
            (Problem(Fault(position: here, key: "nice", message: "no")), "a.toml:3:9: error: no"),
            (Problem(.file("b"), message: "no"), "b: error: no"),
            (Problem(.file("b"), key: "block_list", message: "no"), "b: error: no [block_list]"),
            (
                Problem(.file("b"), key: "services", option: "--services", message: "no"),
                "b: error: no [services, --services]"
            ),
            (Problem(nil, key: "state", option: "--state", message: "no"), "no"),
            (Problem(nil, message: "one\ntwo\u{1b}"), "one\\u{a}two\\u{1b}"),
        ])
    func text(problem: Problem, expected: String) {
        #expect(problem.description == expected)
    }

    @Test("a problem has parts for programs; an unknown one is nil")
    func parts() {
        let fault = Problem(Fault(position: here, key: "limits.memory", message: "no"))
        #expect(fault.file == "a.toml" && fault.position == here && fault.key == "limits.memory")
        let file = Problem(.file("b"), message: "no")
        #expect(file.file == "b" && file.position == nil && file.key == nil)
        #expect(Problem(nil, message: "no").file == nil)
    }

    @Test("the key of a fault is not part of its text")
    func key() {
        let (plain, keyed) = (Fault(position: here, message: "no"), Fault(position: here, key: "nice", message: "no"))
        #expect(plain.key == nil && keyed.key == "nice")
        #expect(plain.description == keyed.description)
    }
}
