import Addresses
import ServiceModel
import Testing

@testable import Configuration

struct SocketReaderTests {
    private let unixTop = "listen = [\"127.0.0.1:0\", \"unix:/run/x.sock\"]\nhandler = [\"echo\"]\n[socket]\n"

    @Test("every option is read")
    func values() throws {
        var expected = SocketOptions()
        expected.backlog = 65535
        expected.isNoDelay = false
        expected.isKeepAlive = false
        expected.owner = 33
        expected.group = 8
        expected.mode = 0o660
        let lines =
            "backlog = 65535\nnodelay = false\nkeepalive = false\nowner = \"www-data\"\n"
            + "group = \"mail\"\nmode = \"660\""
        #expect(try readService(unixTop + lines).socket == expected)
        #expect(try readService(unixTop + "owner = 1000\ngroup = \"0\"").socket.owner == 1000)
    }

    @Test(
        "the fault of an option says which values it takes",
        arguments: [
            ("backlog = 0", "4:11: error: 'backlog' is 0; expected 1 to 65535"),
            ("nodelay = 1", "4:11: error: 'nodelay' is an integer; expected true or false, without quotes"),
            ("keepalive = \"on\"", "4:13: error: 'keepalive' is a string; expected true or false, without quotes"),
            ("owner = \"0day\"", "4:9: error: 'owner': no account is named '0day'"),
            ("group = \"nogroup\"", "4:9: error: 'group': no group is named 'nogroup'"),
            ("mode = 660", "4:8: error: 'mode' is an integer; expected octal digits in quotes, like \"022\""),
            ("mode = \"4755\"", "4:8: error: 'mode': '4755' is not an octal number; expected digits 0 to 7 up to 777"),
        ])
    func errors(line: String, expected: String) {
        let found = faults(unixTop + line)
        #expect(found.count == 1)
        #expect(found.first?.hasPrefix("s.toml:\(expected)") == true, "\(found)")
    }

    @Test("an owner, group or mode without a unix socket is a fault of the service, not of the defaults")
    func withoutUnix() {
        #expect(
            faultsAfterTop("socket.mode = \"600\"") == [
                "s.toml:3:8: error: 'mode' in [socket] is for unix sockets; expected a \"unix:/path\" in 'listen' "
                    + "with it"
            ])
        #expect(faults(goodTop, defaults: "socket.mode = \"600\"").isEmpty)
    }
}
