import Testing

@testable import Import

struct InetdFieldsTests {
    @Test(
        "the first field contains hosts and a name",
        arguments: [
            ("ftp", ["*"], "ftp"), ("127.0.0.1:ftp", ["127.0.0.1"], "ftp"), ("a,b:99", ["a", "b"], "99"),
            ("[::1]:ftp", ["::1"], "ftp"), ("::1:ftp", ["::1"], "ftp"), (":ftp", [""], "ftp"),
        ])
    func names(field: String, hosts: [String], name: String) {
        let read = InetdName(field, sticky: ["*"])
        #expect(read.hosts == hosts && read.name == name)
    }

    @Test(
        "the third field contains a protocol with options",
        arguments: [
            ("tcp", InetdProtocol.Kind.tcp(.both), []), ("tcp46", .tcp(.both), []), ("tcp4", .tcp(.ipv4), []),
            ("tcp6", .tcp(.ipv6), []), ("tcp6only", .tcp(.ipv6), []), ("unix", .unix, []),
            ("tcp,sndbuf=1,rcvbuf=2", .tcp(.both), ["sndbuf=1", "rcvbuf=2"]),
        ])
    func protocols(field: String, kind: InetdProtocol.Kind, options: [String]) {
        let read = InetdProtocol(field)
        #expect(read.kind == kind && read.options == options)
    }

    @Test("UDP, RPC and unknown protocols are not carried over", arguments: ["udp", "udp6", "rpc/tcp", "sctp", ""])
    func others(field: String) {
        guard case .other = InetdProtocol(field).kind else {
            Issue.record("\(field)")
            return
        }
    }

    @Test(
        "the fourth field contains the limits of each inetd",
        arguments: [
            ("nowait", [nil, nil, nil, nil]), ("nowait.40", [40, nil, nil, nil]), ("nowait:40", [40, nil, nil, nil]),
            ("nowait/10", [nil, 10, nil, nil]), ("nowait/10/5/3", [nil, 10, 5, 3]), ("nowait/0/5", [nil, 0, 5, nil]),
        ] as [(String, [Int?])])
    func waits(field: String, numbers: [Int?]) throws {
        let wait = try #require(InetdWait(field))
        #expect(!wait.isWait)
        #expect([wait.perMinute, wait.connections, wait.perMinuteOfSource, wait.perSource] == numbers)
    }

    @Test("wait is read with limits too", arguments: ["wait", "wait.40", "wait/3"])
    func waiting(field: String) {
        #expect(InetdWait(field)?.isWait == true)
    }

    @Test("other fourth fields are nil", arguments: ["", "now", "nowait.", "nowait/x", "nowait/1/2/3/4", "nowait.-1"])
    func noWaits(field: String) {
        #expect(InetdWait(field) == nil)
    }

    @Test(
        "the fifth field contains a user, a group and a class",
        arguments: [
            ("a", "a", nil, nil), ("a:b", "a", "b", nil), ("a.b", "a", "b", nil), ("a.b:c", "a.b", "c", nil),
            ("a/web", "a", nil, "web"), ("a:b/web", "a", "b", "web"), ("a:", "a", nil, nil), ("", "", nil, nil),
        ] as [(String, String, String?, String?)])
    func users(field: String, user: String, group: String?, loginClass: String?) {
        let read = InetdUser(field)
        #expect(read.user == user && read.group == group && read.loginClass == loginClass)
    }
}
