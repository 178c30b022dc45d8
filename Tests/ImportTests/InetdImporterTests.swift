import Addresses
import HostDefinition
import ServiceModel
import Testing

@testable import Import

struct InetdImporterTests {
    private func service(_ line: String) throws -> ImportedService {
        try #require(imported(line, .inetd).services.first)
    }

    @Test("the sample gives these services, and these of them are disabled")
    func sample() {
        let services = imported(Samples.inetd, .inetd).services
        #expect(
            services.map(\.name) == [
                "ftp", "telnet", "finger", "port-8080", "port-8081", "port-9000", "echo", "daytime", "smtp", "a-sock",
                "b-sock",
            ])
        #expect(services.filter { !$0.isEnabled }.map(\.name) == ["finger"])
    }

    @Test("a line without special fields gives this file")
    func plain() {
        let result = imported("ftp stream tcp nowait ftp /usr/sbin/in.ftpd in.ftpd -l", .inetd)
        #expect(
            result.services.map(\.fileText) == [
                """
                # From f:1, by doorward import.
                listen = ["0.0.0.0:21", "[::]:21"]
                handler = ["/usr/sbin/in.ftpd", "-l"]
                user = "ftp"

                """
            ])
        #expect(result.lineRemarks.isEmpty)
    }

    @Test(
        "a service listens on the addresses of its line, and on no other",
        arguments: [
            ("ftp stream tcp", ["0.0.0.0:21", "[::]:21"]), ("ftp stream tcp4", ["0.0.0.0:21"]),
            ("ftp stream tcp6", ["[::]:21"]),
            ("*:99 stream tcp", ["0.0.0.0:99", "[::]:99"]), ("10.0.0.1:99 stream tcp", ["10.0.0.1:99"]),
            ("[::1]:99 stream tcp", ["[::1]:99"]), ("localhost:99 stream tcp4", ["127.0.0.1:99"]),
            ("10.0.0.1,10.0.0.1,name.example:99 stream tcp", ["10.0.0.1:99"]), ("/run/x stream unix", ["unix:/run/x"]),
        ])
    func listen(start: String, addresses: [String]) throws {
        #expect(try service("\(start) nowait a /usr/bin/x x").addresses == addresses)
    }

    @Test(
        "a service that Doorward cannot serve has no file, but a remark with the reason",
        arguments: [
            ("tftp dgram udp wait nobody /usr/sbin/x x", "UDP: Doorward serves TCP and unix sockets only"),
            ("x/1 stream rpc/tcp nowait root /usr/sbin/x x", "Sun RPC: Doorward registers"),
            ("ftp stream tcp wait root /usr/sbin/x x", "wait: the program accepts by itself"),
            ("ftp raw tcp nowait root /usr/sbin/x x", "raw sockets: Doorward serves stream"),
            ("tcpmux stream tcp nowait root internal", "TCPMUX is not served"),
            ("unheard stream tcp nowait root /usr/sbin/x x", "'unheard' is not in the table of services"),
            ("name.example:ftp stream tcp nowait root /usr/sbin/x x", "'name.example' is no address"),
            ("10.0.0.1:ftp stream tcp6 nowait root /usr/sbin/x x", "'10.0.0.1' is no address of that family"),
            (":ftp stream tcp nowait root /usr/sbin/x x", "'' is no address"),
            ("ftp stream tcp nowait root bin/x x", "the program is not an absolute path"),
            ("ftp stream tcp nowait dynamic /usr/sbin/x x", "'dynamic' cannot be the name"),
            ("ftp stream tcp nowait 0day:x/ x x", "the program is not"),
            ("run/x stream unix nowait a /x x", "expected the absolute"),
            ("time6 stream tcp nowait root internal", "'time6' is not in"),
            ("ftp stream tcp nowait root internal", "no handler does"),
            ("ftp stream tcp nowait", "expected name, socket type"), ("ftp on x=y;", "NetBSD's form"),
            (".include /x", "other files"),
            ("#@ ipsec", "an IPsec policy"),
        ])
    func dropped(line: String, reason: String) {
        let result = imported(line, .inetd)
        #expect(result.services.isEmpty)
        #expect(result.lineRemarks.count == 1)
        #expect(result.lineRemarks.first?.hasPrefix("f:1: not carried over: ") == true)
        #expect(result.lineRemarks.first?.contains(": \(reason)") == true, "\(result.lineRemarks)")
    }

    @Test("the limits of FreeBSD and of OpenBSD become limits")
    func limits() throws {
        let definition = try readBack(try service("ftp stream tcp nowait/10/5/3 a /usr/bin/x x"))
        #expect(definition.service.limits.connections == 10 && definition.service.limits.perSource == .at(3))
        #expect(definition.origins["limits.rate"] != nil && definition.origins["limits.total_rate"] == nil)
        #expect(try service("ftp stream tcp nowait.40 a /usr/bin/x x")[.totalRate] == .text("40/min"))
        let none = try service("ftp stream tcp nowait/0/0/0 a /usr/bin/x x")
        #expect(none[.connections] == .number(16384) && none[.perSource] == .text("unlimited") && none[.rate] == nil)
    }

    @Test("tcpd is left out, and the report says where its rules belong")
    func wrapped() throws {
        for (arguments, program) in [
            ("/usr/sbin/in.ftpd -l", "/usr/sbin/in.ftpd"), ("in.ftpd -l", "/usr/sbin/in.ftpd"),
        ] {
            let result = imported("ftp stream tcp nowait a /usr/sbin/tcpd \(arguments)", .inetd)
            #expect(result.services.first?[.handler] == .list([program, "-l"]))
            #expect(result.lineRemarks.count == 1)
            #expect(result.lineRemarks.first?.contains("hosts.allow and hosts.deny are not read") == true)
        }
    }

    @Test("a program with another name as argv[0] gets a note")
    func named() throws {
        let result = imported("ftp stream tcp nowait a /bin/multi telnetd -i", .inetd)
        #expect(result.services.first?[.handler] == .list(["/bin/multi", "-i"]))
        #expect(result.lineRemarks.first?.contains("argument 0 is /bin/multi, not telnetd") == true)
        let box = try service("ftp stream tcp nowait a /bin/busybox telnetd -i")
        #expect(box[.handler] == .list(["/bin/busybox", "telnetd", "-i"]))
        #expect(try service("ftp stream tcp nowait a /bin/x")[.handler] == .list(["/bin/x"]))
    }

    @Test("root stays root, without capabilities, and the report says so; groups of root stay too")
    func root() throws {
        for user in ["root", "0", "root.mail"] {
            let result = imported("ftp stream tcp nowait \(user) /usr/bin/x x", .inetd)
            let definition = try readBack(try #require(result.services.first))
            #expect(definition.service.identity.user == .root && definition.service.identity.capabilities.isEmpty)
            #expect(result.lineRemarks.first?.contains("root without any capability") == true)
        }
        #expect(try service("ftp stream tcp nowait a:root /usr/bin/x x")[.group] == nil)
        #expect(try service("ftp stream tcp nowait a:b /usr/bin/x x")[.group] == .text("b"))
    }

    @Test(
        "handlers do the work of internal services",
        arguments: [
            ("echo", ["echo", "--on-blank", "off"]), ("discard", ["classic", "discard"]),
            ("chargen", ["classic", "chargen"]),
            ("daytime", ["classic", "daytime"]), ("time", ["classic", "time"]),
        ])
    func inside(name: String, handler: [String]) throws {
        for line in ["\(name) stream tcp nowait root internal", "\(name) stream tcp nowait internal"] {
            let result = imported(line, .inetd)
            #expect(result.services.first?[.handler] == .list(handler))
            #expect(result.services.first?[.user] == nil)
            #expect(result.lineRemarks.count == 1)
        }
    }

    @Test("a line with addresses alone applies to the lines after it, up to the next such line, in its file")
    func sticky() {
        let line = "ftp stream tcp nowait a /usr/bin/x x"
        let text = Array("10.0.0.1:\n\(line)\n*:\n\(line)\n10.0.0.2:\n".utf8)
        let sources = [("a", text), ("b", Array(line.utf8))].map {
            ImportSource(file: $0.0, format: .inetd, text: $0.1)
        }
        let services = Imported(sources, ports: testPorts).services
        #expect(services.map(\.addresses) == [["10.0.0.1:21"], ["0.0.0.0:21", "[::]:21"], ["0.0.0.0:21", "[::]:21"]])
    }

    @Test("a FreeBSD unix socket has an owner, a group and a mode")
    func unix() throws {
        let definition = try readBack(try service(":www:mail:660:/run/a.sock stream unix nowait a /usr/bin/x x"))
        #expect(definition.service.socket.mode == 0o660)
        let wrong = imported(":www:mail:9:/run/a.sock stream unix nowait a /usr/bin/x x", .inetd)
        #expect(wrong.lineRemarks.first?.contains("expected an octal mode") == true)
    }
}
