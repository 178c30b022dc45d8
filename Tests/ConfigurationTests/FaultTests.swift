@testable import HostDefinition
import ServiceModel
import Testing

@testable import Configuration

struct FaultTests {
    private func fault(_ line: Int, _ column: Int, _ message: String = "m") -> Fault {
        Fault(position: SourcePosition(file: "f", line: line, column: column), message: message)
    }

    @Test("a fault prints as compilers print theirs")
    func description() {
        #expect(fault(3, 7, "unknown key").description == "f:3:7: error: unknown key")
    }

    @Test("a fault stays on one line whatever the file held")
    func controls() {
        #expect(fault(1, 1, "a\nb\u{1b}[31m\u{2028}\u{7f}").message == "a\\u{a}b\\u{1b}[31m\\u{2028}\\u{7f}")
    }

    @Test("faults come in the order of the text, each once")
    func order() {
        let all = Faults([fault(2, 9), fault(10, 1), fault(2, 1), fault(2, 9)]).all
        #expect(all == [fault(2, 1), fault(2, 9), fault(10, 1)])
    }

    @Test("a long text is shown cut")
    func cut() {
        #expect(quoted(String(repeating: "x", count: 1000)).count == 125)
    }
}
