import Configuration
import ConfigurationLoader
import HostDefinition
import TestSupport
import Testing

@testable import Inspection

struct CheckTextTests {
    @Test("each protection that a service turns off has a line after the service's, with its place")
    func sandboxRelaxations() throws {
        let directory = try TemporaryDirectory()
        let services = directory.path
        try directory.write(
            "a.toml", "listen = \"127.0.0.1:1\"\nhandler = [\"/h\"]\nnetwork = true\nseccomp = \"off\"\n")
        try directory.write("b.toml", "listen = \"127.0.0.1:2\"\nhandler = [\"/h\"]\nenabled = false\n")
        try directory.write(
            "c.toml", "listen = \"127.0.0.1:3\"\nhandler = [\"/h\"]\nlandlock = \"of\"\nnetwork = true\n")
        var options = PathChoices()
        options.services = services
        let report = CheckReport.make(options, on: Host())
        let faults = report.faults.map(\.description)
        #expect(faults.count == 1 && faults[0].hasPrefix("\(services)/c.toml:3:12: error: 'landlock' is"))
        #expect(report.outcome.lines == faults + report.notes)
        #expect(
            report.notes.prefix(4) == [
                "\(services)/a.toml: ok: a on 127.0.0.1:1",
                "\(services)/a.toml:3: note: network = true: handlers share this machine's network",
                "\(services)/a.toml:4: note: seccomp = \"off\": handlers may make every system call",
                "\(services)/b.toml: disabled: b on 127.0.0.1:2",
            ])
    }
}
