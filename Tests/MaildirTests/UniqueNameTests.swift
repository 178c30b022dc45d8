// The names of messages' files.
import HandlerKit
import Testing

@testable import Maildir

@Suite("unique names")
struct UniqueNameTests {
    @Test("a name has the time, microseconds, process, number, random bits and host")
    func form() {
        let name = UniqueName(
            seconds: 1_795_000_000, microseconds: 123_456, process: 4711, delivery: 3, random: 0xabc,
            host: "mx.example.org")
        let path = name.text
        #expect(text(path.bytes) == "1795000000.M123456P4711Q3R0000000000000abc.mx.example.org")
    }

    @Test(
        "/ and : of a host are escaped: no file name may have a /, and the info of a Maildir follows a :",
        arguments: [("a/b:c", "a\\057b\\072c"), ("[::1]", "[\\072\\0721]"), ("a b\\", "a\\040b\\134")])
    func hosts(host: String, escaped: String) {
        let name = UniqueName(
            seconds: 1, microseconds: 2, process: 3, delivery: 4, random: 5, host: immortal(host))
        let path = name.text
        #expect(text(path.bytes) == "1.M2P3Q4R0000000000000005.\(escaped)")
    }

    @Test("no name is longer than a file name may be, with any name of the host")
    func length() {
        let host = immortal(String(repeating: ":", count: 255))
        let name = UniqueName(
            seconds: .max, microseconds: 999_999, process: .max, delivery: .max, random: .max, host: host)
        let path = name.text
        let length = path.bytes.count
        #expect(length <= 255)
    }

    @Test("no two names are the same")
    func unique() {
        let names = Set(
            (1...1000).map { _ in
                let path = UniqueName(delivery: 1, host: "h").text
                return text(path.bytes)
            })
        #expect(names.count == 1000)
    }
}
