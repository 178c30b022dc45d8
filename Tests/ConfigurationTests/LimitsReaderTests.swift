import ServiceModel
import Tables
import Testing

@testable import Configuration

struct LimitsReaderTests {
    private func limits(_ lines: String) throws -> Limits { try readService(goodTop + "[limits]\n" + lines).limits }

    @Test("a service without [limits] has the default limits")
    func defaults() throws {
        #expect(try limits("") == Limits())
    }

    @Test("every limit is read")
    func values() throws {
        var expected = Limits()
        expected.connections = 16384
        expected.waiting = 5
        expected.perSource = .at(3)
        expected.lifetime = .at(.milliseconds(1500))
        expected.files = .at(64)
        expected.processes = .at(7)
        expected.memory = .at(.mebibytes(64))
        expected.cpu = .at(.seconds(60))
        expected.core = .at(Bytes(4096))
        expected.fileSize = .at(Bytes(0))
        expected.totalMemory = .at(.mebibytes(2048))
        expected.rate = .at(try #require(Rate(count: 30, period: 60_000_000_000, burst: 5)))
        expected.totalRate = .at(try #require(Rate(count: 100, period: 1_000_000_000)))
        #expect(
            try limits(
                """
                connections = 16384
                waiting = 5
                per_source = 3
                lifetime = "1500ms"
                files = 64
                processes = 7
                memory = "64M"
                cpu = "1min"
                core = "4K"
                file_size = "0"
                total_memory = "2G"
                rate = "30/min"
                burst = 5
                total_rate = "100/s"
                """) == expected)
    }

    @Test("each limit whose form says so may be unlimited")
    func unlimited() throws {
        let keys = Limits.keys.filter { if case .orUnlimited = $0.form { true } else { false } }.map(\.name)
        let found = try limits(keys.map { "\($0) = \"unlimited\"" }.joined(separator: "\n"))
        #expect(found.perSource == .unlimited && found.lifetime == .unlimited && found.files == .unlimited)
        #expect(found.processes == .unlimited && found.memory == .unlimited && found.cpu == .unlimited)
        #expect(found.core == .unlimited && found.fileSize == .unlimited)
        #expect(found.totalMemory == .unlimited && found.rate == .unlimited && found.totalRate == .unlimited)
    }

    @Test(
        "the fault of a limit says which values it takes",
        arguments: [
            ("connections = 0", "15: error: 'connections' is 0; expected 1 to 16384"),
            (
                "connections = \"unlimited\"",
                "15: error: 'connections' is a string; expected an integer from 1 to 16384"
            ),
            (
                "per_source = \"5\"",
                "14: error: 'per_source' is the string '5'; expected an integer from 1 to 16384 without"
            ),
            (
                "per_source = -9223372036854775808",
                "14: error: 'per_source' is -9223372036854775808; expected 1 to 16384"
            ),
            ("files = 2", "9: error: 'files' is 2; expected 3 to 1048576"),
            ("processes = 0", "13: error: 'processes' is 0; expected 1 to 4194304"),
            ("lifetime = 30", "12: error: 'lifetime' is an integer; expected a string with a unit, like \"30s\""),
            ("lifetime = \"30\"", "12: error: 'lifetime': '30' has no unit"),
            ("lifetime = \"0h\"", "12: error: 'lifetime' is no time at all"),
            ("memory = 64", "10: error: 'memory' is an integer; expected a string with a unit, like \"64M\""),
            ("memory = \"0K\"", "10: error: 'memory' is no memory at all"),
            (
                "memory = \"9999999999T\"",
                "10: error: 'memory': '9999999999T' is too large; expected less than 8388608T"
            ),
            ("cpu = \"999ms\"", "7: error: 'cpu' is not whole seconds"),
            ("cpu = \"1500ms\"", "7: error: 'cpu' is not whole"),
            ("core = \"1 K\"", "8: error: 'core': '1 K' is not a size"),
            (
                "total_memory = 1",
                "16: error: 'total_memory' is an integer; expected a string with a unit, like \"64M\""
            ),
            ("total_memory = \"0\"", "16: error: 'total_memory' is no memory at all"),
            ("rate = 30", "8: error: 'rate' is an integer; expected a string like \"30/min\""),
            ("rate = \"30\"", "8: error: 'rate': '30' is not a rate; expected a number of times and a time"),
            ("burst = 5", "1: error: 'burst' does nothing without 'rate'; expected both"),
            ("total_burst = 5", "1: error: 'total_burst' does nothing without 'total_rate'"),
            ("file_size = true", "13: error: 'file_size' is a boo"),
        ])
    func errors(line: String, expected: String) {
        let found = faultsAfterTop("[limits]\n" + line)
        #expect(found.count == 1)
        #expect(found.first?.hasPrefix("s.toml:4:\(expected)") == true, "\(found)")
    }
}
