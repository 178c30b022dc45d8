@testable import HostDefinition
import ServiceModel
import Testing

@testable import Configuration

struct FaultTests {
    private func fault(_ line: Int, _ column: Int, _ message: String = "m") -> Fault {
        Fault(position: SourcePosition(file: "f", line: line, column: column), message: message)
    }

    @Test("a fault is printed as compilers print errors")
    func description() {
        #expect(fault(3, 7, "unknown key").description == "f:3:7: error: unknown key")
    }

    @Test("a fault is one line for any bytes of the file")
    func controls() {
        #expect(fault(1, 1, "a\nb\u{1b}[31m\u{2028}\u{7f}").message == "a\\u{a}b\\u{1b}[31m\\u{2028}\\u{7f}")
    }

    @Test("faults have the order of the text, each once")
    func order() {
        let all = Faults([fault(2, 9), fault(10, 1), fault(2, 1), fault(2, 9)]).all
        #expect(all == [fault(2, 1), fault(2, 9), fault(10, 1)])
    }

    @Test("a message cuts a long text")
    func cut() {
        #expect(quoted(String(repeating: "x", count: 1000)).count == 125)
    }
}

@Test(
    "a fault names its key for programs",
    arguments: [
        ("[limits]\nmemory = 1", "limits.memory"), ("umask = \"9\"", "umask"), ("first_byte = \"1s\"", "first_byte"),
        ("[limits]\nburst = 1", "limits.burst"), ("limits = 1", "limits"), ("root = \"x\"", "root"),
        ("user = \"root\"", "user"), ("landlock = \"off\"\n[files]\nread = [\"/srv\"]\nwrite = [\"/srv\"]", "files"),
    ])
func faultKey(lines: String, key: String) throws {
    let reader = ServiceReader(host: testHost, configuration: try hostConfiguration())
    guard case .failure(let faults) = reader.read(name: "s", file: "s.toml", text: Array((goodTop + lines).utf8)) else {
        Issue.record("there is a fault")
        return
    }
    #expect(faults.all.map(\.key) == [key])
}

@Test("a table in another table is sent to the top, and one bad filter does not hide another fault")
func hints() {
    #expect(faults(goodTop + "[limits]\nlimits = 1\n").contains { $0.contains("before the first [table]") })
    let found = faults(goodTop + "stderr = \"socket\"\noutput_filters = [[\"cat\"], \"x\"]\n")
    #expect(found.contains { $0.contains("goes around the 'output_filters'") } && found.count == 2)
}
