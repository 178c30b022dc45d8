// CVE-2017-1000082: a service with `user = "0day"` ran as root. Here a user is the one in the file, or a fault.

import HostDefinition
import ServiceModel
import Testing

@testable import Configuration

struct IdentityReaderTests {
    @Test(
        "an identity has the user and the groups of the file, looked up",
        arguments: [
            ("", Identity(user: .dynamic)),
            ("user = \"dynamic\"\ngroup = 1000", Identity(user: .dynamic, gid: 1000)),
            ("user = \"www-data\"", Identity(user: .account(name: "www-data", uid: 33), gid: 33)),
            ("user = \"www-data\"\ngroup = \"mail\"", Identity(user: .account(name: "www-data", uid: 33), gid: 8)),
            ("user = 33", Identity(user: .account(name: "www-data", uid: 33), gid: 33)),
            ("user = \"33\"", Identity(user: .account(name: "www-data", uid: 33), gid: 33)),
            (
                "user = 4294967294\ngroup = \"4294967294\"",
                Identity(user: .account(name: "4294967294", uid: .max - 1), gid: .max - 1)
            ),
            ("user = \"sync\"\ngroup = \"mail\"", Identity(user: .account(name: "sync", uid: 4), gid: 8)),
            ("user = \"root\"\ncapabilities = \"\"", Identity(user: .root, gid: 0)),
            (
                "user = \"root\"\ngroup = \"root\"\ngroups = [0, \"mail\"]\ncapabilities = \"^cap_chown\"",
                Identity(user: .root, gid: 0, groups: [0, 8], capabilities: "^cap_chown")
            ),
            ("groups = [8, \"www-data\"]", Identity(user: .dynamic, groups: [8, 33])),
        ])
    func identities(lines: String, expected: Identity) throws {
        #expect(try readService(goodTop + lines).identity == expected)
    }

    @Test(
        "an identity that is not clear is a fault, never a default",
        arguments: [
            ("user = \"0day\"", "3:8: error: 'user': no account is named '0day'; expected \"dynamic\", \"root\", an"),
            ("user = \"\"", "3:8: error: 'user' is empty"),
            ("user = \" root\"", "3:8: error: 'user': no account is named ' r"),
            ("user = \"Root\"", "3:8: error: 'user': no account"), ("user = \"0x0\"", "3:8: error: 'user': no account"),
            ("user = \"+33\"", "3:8: error: 'user': no account"), ("user = \"-33\"", "3:8: error: 'user': no account"),
            (
                "user = \"033\"",
                "3:8: error: 'user' is '033'; expected a number from 0 to 4294967294, without leading zeros"
            ),
            ("user = \"00\"", "3:8: error: 'user' is '00'"), ("user = -1", "3:8: error: 'user' is '-1'"),
            ("user = 4294967295", "3:8: error: 'user' is '4294967295'"),
            ("user = \"4294967296\"", "3:8: error: 'user' is '4294967296'"),
            ("user = 99999999999", "3:8: error: 'user' is '99999999999'"),
            ("user = \"99999999999999999999999\"", "3:8: error: 'user' is '9999"),
            (
                "user = 0\ncapabilities = \"\"",
                "3:8: error: 'user' is '0', which is uid 0; expected user = \"root\" and"
            ),
            ("user = \"0\"\ncapabilities = \"\"", "3:8: error: 'user' is '0', which is uid 0"),
            ("user = 0x0\ncapabilities = \"\"", "3:8: error: 'user' is '0', which is uid 0"),
            ("user = \"toor\"\ncapabilities = \"\"", "3:8: error: 'user' is 'toor', which is uid 0"),
            (
                "user = \"root\"",
                "3:8: error: 'user' is \"root\" but 'capabilities' is missing; expected it in the same file"
            ),
            (
                "user = \"nobody2\"",
                "3:8: error: 'user': account 'nobody2' has uid 4294967295, which no process can have"
            ),
            ("user = \"77\"", "3:8: error: 'user' is '77', which is a uid and the name of the account with uid 78"),
            (
                "user = 1000",
                "3:8: error: 'user' is '1000', and uid 1000 has no account to tell its group; expected 'group'"
            ),
            ("user = \"sync\"", "3:8: error: 'user': the account's primary group is gid 0, which is root's"),
            ("group = 0", "3:9: error: 'group' is gid 0, which is root's; expected another one, or user = \"root\""),
            ("group = \"root\"", "3:9: error: 'group' is gid 0"),
            ("group = \"wheel\"", "3:9: error: 'group': no group is named"),
            ("group = 4294967295", "3:9: error: 'group' is '4294967295'"),
            ("groups = [\"mail\", \"root\"]", "3:19: error: 'groups' has gid 0, which is root's"),
            ("groups = [\"0day\"]", "3:11: error: 'groups': no group is named '0day'"),
            (
                "capabilities = \"cap_everything\"",
                "3:16: error: 'capabilities' is 'cap_everything': no such capability; exp"
            ),
        ])
    func errors(lines: String, expected: String) {
        let found = faultsAfterTop(lines)
        #expect(found.count == 1)
        #expect(found.first?.hasPrefix("s.toml:\(expected)") == true, "\(found)")
    }

    @Test("an account with the name 0day may be used")
    func zeroDayAccount() throws {
        let host = Host(accounts: [.init(name: "0day", uid: 1000, gid: 1000)])
        let reader = ServiceReader(host: host, configuration: HostConfiguration())
        let text = Array((goodTop + "user = \"0day\"").utf8)
        let service = try reader.read(name: "s", file: "s.toml", text: text).get().service
        #expect(service.identity.user == .account(name: "0day", uid: 1000))
    }

    @Test("a file with a misspelled user has one fault, and gives no identity")
    func notRead() {
        #expect(faultsAfterTop("user = \"www-data\nnice = 1").count == 1)
        #expect(faultsAfterTop("usr = \"www-data\"").count == 1)
    }
}
