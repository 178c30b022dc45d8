// The address grammar of RFC 5321 4.1.2.
import HandlerKit
import Testing

@testable import SMTP

/// The result of parsing all of this text as a path.
private func extent(
    _ bytes: [UInt8], _ brackets: AddressParser.Brackets = .required
) -> Result<PathExtent, PathFault> {
    var parser = AddressParser(bytes.span)
    do throws(PathFault) {
        let extent = try parser.path(brackets)
        return parser.isAtEnd ? .success(extent) : .failure(.syntax)
    } catch {
        return .failure(error)
    }
}

private func extent(_ text: String, _ brackets: AddressParser.Brackets = .required) -> Result<PathExtent, PathFault> {
    extent(Array(text.utf8), brackets)
}

private func mailbox(_ text: String, _ brackets: AddressParser.Brackets = .required) -> String? {
    guard case .success(let extent) = extent(text, brackets) else { return nil }
    return String(decoding: Array(text.utf8)[extent.mailbox], as: UTF8.self)
}

@Suite("Addresses")
struct AddressTests {
    @Test(
        "an address of the grammar is accepted unchanged",
        arguments: [
            "a@b", "0@0", "a.b.c@d.e", "!#$%&'*+-/=?^_`{|}~@x-y.z9", "\"\"@b", "\"a b\"@c", "\"a@b>\"@c",
            "\"\\\"\\\\\"@c",
            "\"\\ \"@c", "a@[1.2.3.4]", "a@[255.255.255.255]", "a@[IPv6:::]", "a@[ipv6:1:2:3:4:5:6:7:8]",
            "a@[IPv6:1::8]", "a@[IPv6:::1.2.3.4]", "a@[IPv6:1:2:3:4:5:6:1.2.3.4]", "a@[IPv6:1:2:3:4:5:6::]",
            "a@[x400:c=us]", "postmaster", "POSTmaster", "postmaster@b", "é@b", "a@é.example",
            "\"é\"@日本", "a@b--c",
        ])
    func taken(text: String) {
        #expect(mailbox("<\(text)>") == text)
    }

    @Test(
        "an address that the grammar does not have is refused",
        arguments: [
            "", "<", ">", "<a@b", "a@b>", "<<a@b>>", "<a@b>>", "<a@b>x", "<@b>", "<a@>", "<a@@b>", "<a@b@c>", "<a b@c>",
            "<.a@b>", "<a.@b>", "<a..b@c>", "<a@.b>", "<a@b.>", "<a@b..c>", "<a@-b>", "<a@b->", "<a@b-.c>", "<a@b_c>",
            "<a\"b\"@c>", "<\"a@b>", "<\"a\"b@c>", "<\"a\\\">", "<\"a\u{1}\"@b>", "<a@[1.2.3]>", "<a@[1.2.3.256]>",
            "<a@[1.2.3.4.5]>", "<a@[01234.1.1.1]>", "<a@[1.2.3.4>", "<a@[]>", "<a@[IPv6:]>", "<a@[IPv6:1:2:3:4:5:6:7]>",
            "<a@[IPv6:1:2:3:4:5:6:7::]>", "<a@[IPv6:1::2::3]>", "<a@[IPv6:12345::]>", "<a@[IPv6:1:]>", "<a@[IPv6::1]>",
            "<a@[IPv6:g::]>", "<a@[tag-:x]>", "<a@[:x]>", "<a@[t g:x]>", "<a@b(c)>", "<a@b;c>", "< a@b>", "<a@b >",
            "<@x>", "<@x:>", "<@x,a@b>", "<@x,:a@b>", "<@x,y:a@b>", "<@x :a@b>", "<x:a@b>", "<a\u{0}@b>", "<\t@b>",
        ])
    func refused(text: String) {
        #expect(mailbox(text) == nil)
    }

    @Test("a source route is accepted and ignored", arguments: ["@x", "@x,@y.z", "@a-b.c,@d,@e"])
    func routes(route: String) {
        #expect(mailbox("<\(route):a@b>") == "a@b")
        #expect(mailbox("<\(route):postmaster>") == "postmaster")
    }

    @Test(
        "4.1.1.2, 4.5.1: the null path, and postmaster without a domain, have kinds of their own; others need a domain")
    func kinds() throws {
        #expect(try extent("<>").get().kind == .null)
        #expect(try extent("<PostMaster>").get().kind == .postmaster)
        #expect(try extent("<a@b>").get().kind == .domain)
        #expect(try extent("<a@[1.2.3.4]>").get().kind == .literal)
        #expect(extent("<root>") == .failure(.noDomain))
        #expect(extent("<\"postmaster\">") == .failure(.noDomain))
    }

    @Test("4.5.3.1: a local part has at most 64 octets, a label 63, a path 256")
    func lengths() {
        let label = String(repeating: "d", count: 63)
        #expect(mailbox("<\(String(repeating: "a", count: 64))@b>") != nil)
        #expect(extent("<\(String(repeating: "a", count: 65))@b>") == .failure(.tooLong))
        #expect(mailbox("<a@\(label)>") != nil)
        #expect(mailbox("<a@\(label)d>") == nil)
        // Three labels, and the rest of 256 octets with brackets, local part and @.
        let long = "a@\(label).\(label).\(label)."
        #expect(mailbox("<\(long)\(String(repeating: "e", count: 254 - long.utf8.count))>") != nil)
        #expect(extent("<\(long)\(String(repeating: "e", count: 255 - long.utf8.count))>") == .failure(.tooLong))
    }

    @Test("RFC 3629: UTF-8 must be well-formed")
    func malformedUTF8() {
        let broken: [[UInt8]] = [
            [0x80], [0xc0, 0x80], [0xc3], [0xe0, 0x80, 0x80], [0xed, 0xa0, 0x80], [0xe2, 0x82],
            [0xf0, 0x80, 0x80, 0x80],
            [0xf4, 0x90, 0x80, 0x80], [0xf5, 0x80, 0x80, 0x80], [0xff], [0xe2, 0x82, 0x41],
        ]
        for bytes in broken {
            #expect(extent([0x3c] + bytes + Array("@b>".utf8)) == .failure(.syntax), "\(bytes)")
        }
    }

    @Test("profile lab accepts addresses without brackets")
    func withoutBrackets() {
        #expect(mailbox("a@b", .optional) == "a@b")
        #expect(mailbox("<a@b>", .optional) == "a@b")
        #expect(mailbox("a@b>", .optional) == nil)
        #expect(mailbox("", .optional) == nil)
        #expect(mailbox("postmaster", .optional) == "postmaster")
    }

    @Test(
        "the name of a local part has no quotes of the grammar",
        arguments: [("<a@b>", "a"), ("<\"a\"@b>", "a"), ("<\"a\\ b\\\"\"@c>", "a b\""), ("<\"\"@c>", ""), ("<>", "")])
    func unquoted(row: (String, String)) throws {
        let bytes = Array(row.0.utf8)
        let path = try extent(row.0).get().path(in: bytes.span)
        var text = ShortText()
        path.appendLocalPart(to: &text)
        let name = text.bytes.text
        #expect(name == row.1)
    }

    @Test(
        "the argument of HELO is a domain or an address literal, or not",
        arguments: [
            ("a", true), ("a.b-c.d", true), ("[1.2.3.4]", true), ("[IPv6:::1]", true), ("", false), ("a_b", false),
            ("a.", false), ("[1.2.3]", false), ("1.2.3.4", true), ("é", false), ("[1.2.3.4]x", false), ("a b", false),
        ])
    func domains(row: (String, Bool)) {
        let bytes = Array(row.0.utf8)
        #expect(bytes.span.isDomainOrAddressLiteral == row.1)
    }
}
