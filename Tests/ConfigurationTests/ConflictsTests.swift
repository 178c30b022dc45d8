@testable import HostDefinition
import Addresses
import Testing

@testable import Configuration

struct ConflictsTests {
    @Test(
        "two addresses conflict if only one of them can be bound",
        arguments: [
            ("127.0.0.1:25", "127.0.0.1:25", true), ("127.0.0.1:25", "127.0.0.1:26", false),
            ("0.0.0.0:25", "127.0.0.1:25", true), ("127.0.0.1:25", "0.0.0.0:25", true), ("[::]:25", "[::1]:25", true),
            ("[::]:25", "0.0.0.0:25", false), ("127.0.0.1:0", "127.0.0.1:0", false), ("0.0.0.0:0", "0.0.0.0:0", false),
            ("unix:/a", "unix:/a", true), ("unix:/a", "unix:/b", false), ("unix:/a", "127.0.0.1:1", false),
            ("[::ffff:127.0.0.1]:25", "127.0.0.1:25", true),
        ])
    func pairs(first: String, second: String, expected: Bool) throws {
        let first = try #require(ListenAddress(first))
        let second = try #require(ListenAddress(second))
        #expect(first.conflicts(with: second) == expected)
        #expect(second.conflicts(with: first) == expected)
    }

    private func definition(_ name: String, _ text: String) throws -> ServiceDefinition {
        let reader = ServiceReader(host: testHost, configuration: HostConfiguration())
        return try reader.read(name: name, file: "\(name).toml", text: Array(text.utf8)).get()
    }

    @Test("the second service that wants an address has the fault, unless one of them is disabled")
    func services() throws {
        let first = try definition("a", "handler = [\"echo\"]\nlisten = \"0.0.0.0:25\"")
        let second = try definition("b", "listen = [\"127.0.0.1:1\", \"127.0.0.1:25\"]\nhandler = [\"echo\"]")
        let disabled = try definition("b", "enabled = false\nlisten = \"127.0.0.1:25\"\nhandler = [\"echo\"]")
        #expect(
            listenConflicts(among: [first, second]).map(\.description) == [
                "b.toml:1:26: error: 'listen': 127.0.0.1:25 is already taken by 0.0.0.0:25 of service 'a' at a.toml:2"
            ])
        #expect(listenConflicts(among: [first, disabled]).isEmpty)
        #expect(listenConflicts(among: [disabled, first]).isEmpty)
    }
}
