import ServiceModel
import Testing

@testable import Configuration

struct EnvironmentReaderTests {
    @Test("variables have the order of the text")
    func values() throws {
        let service = try readService(goodTop + "[environment]\nZ = \"1\"\nPATH = \"/bin\"\n_a1 = \"\"")
        #expect(service.environment.map { "\($0.name)=\($0.value)" } == ["Z=1", "PATH=/bin", "_a1="])
    }

    @Test(
        "reserved names of variables are faults",
        arguments: [
            "PROTO", "TCPREMOTEIP", "TCPX", "IPCREMOTEPID", "REMOTE_ADDR", "REMOTE_PORT", "DOORWARD_SERVICE",
            "LD_PRELOAD", "1A", "A-B", "\"\"", "\"A=B\"", "\"Ä\"",
        ])
    func refused(name: String) {
        let found = faultsAfterTop("environment = { \(name) = \"x\" }")
        #expect(found.count == 1)
        #expect(found.first?.hasPrefix("s.toml:3:17: error: ") == true, "\(found)")
    }

    @Test("a fault of a name says why it is reserved")
    func reasons() {
        #expect(environmentNameProblem("LD_X")?.contains("dynamic linker") == true)
        #expect(environmentNameProblem("TCPX")?.contains("Doorward sets it") == true)
        #expect(environmentNameProblem("LDX") == nil)
    }
}
