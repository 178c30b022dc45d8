import ServiceModel
import Testing

@testable import Configuration

struct RootReaderTests {
    @Test(
        "a root is an absolute path to a directory",
        arguments: [
            ("1", "3:8: error: 'root' is an integer; expected an absolute path like \"/srv\""),
            ("\"srv\"", "3:8: error: 'root' is 'srv'; expected an absolute path like \"/srv\""),
            (
                "\"/missing\"",
                "3:8: error: 'root': '/missing': no such file or directory; expected a directory that exists"
            ),
            ("\"/plain\"", "3:8: error: 'root': '/plain': is not a directory; expected a directory that exists"),
        ])
    func errors(value: String, expected: String) {
        // Paths inside of a faulty root are not checked.
        let found = faultsAfterTop(
            "root = \(value)\naccess = [\"allow all handler=/outside\"]\nfiles.read = [\"/missing\"]")
        #expect(found == ["s.toml:\(expected)"])
    }

    @Test("paths of a service with a root are looked up inside of it", arguments: ["/r", "/r/", "/r//"])
    func inside(root: String) throws {
        let text = "listen = \"127.0.0.1:1\"\nhandler = [\"/outside\"]\nroot = \"\(root)\"\n"
        #expect(faults("listen = \"127.0.0.1:1\"\nhandler = [\"/outside\"]").count == 1)
        let service = try readService(text + "files.read = [\"/missing\"]")
        #expect(service.handler.path == "/outside" && service.sandbox.files.read == ["/missing"])
        #expect(service.sandbox.root == root)
        #expect(
            faults(text + "files.read = [\"/inside\"]") == [
                "s.toml:4:15: error: 'read': '/r/inside': no such file or directory; expected a path that exists"
            ])
        #expect(
            faults(text + "access = [\"allow all handler=/gone\"]") == [
                "s.toml:4:22: error: handler '/r/gone': no such file; expected an executable file"
            ])
    }

    @Test("a root of / changes nothing")
    func machine() {
        let found = faultsAfterTop("root = \"/\"\nfiles.read = [\"/missing\"]")
        #expect(found.count == 1 && found[0].contains("'read': '/missing': no such"))
    }

    @Test("a bare handler name is looked up in the handler directory, with a root too")
    func bareName() throws {
        #expect(try readService(goodTop + "root = \"/r\"").handler.path == "/libexec/echo")
        let found = faults("listen = \"127.0.0.1:1\"\nroot = \"/r\"\nhandler = [\"missing\"]")
        #expect(found == ["s.toml:3:12: error: handler '/libexec/missing': no such file; expected an executable file"])
    }

    @Test("a path of the defaults that is missing only below a service's root is a fault at that root")
    func ownRoot() {
        #expect(
            faults(
                goodTop + "root = \"/r\"",
                defaults: "files.read = [\"/inside\"]\naccess = [\"allow all handler=/gone\"]")
                == [
                    "s.toml:3:1: error: handler '/r/gone': no such file; expected an executable file",
                    "s.toml:3:1: error: 'read': '/r/inside': no such file or directory; expected a path that exists",
                ])
    }

    @Test("a service's own path that is missing below the defaults' root is a fault of the service")
    func defaultsRoot() {
        #expect(
            faults(goodTop + "files.read = [\"/inside\"]", defaults: "root = \"/r\"").map { $0.prefix(12) }
                == ["s.toml:3:15:"])
    }
}
