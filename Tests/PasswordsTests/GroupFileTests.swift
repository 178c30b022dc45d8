// Group files.
import Glibc
import HandlerKit
import Testing

@testable import Passwords

@Suite("group files")
struct GroupFileTests {
    private func isMember(_ text: String, _ user: String, of groups: String) throws -> Bool {
        let descriptor = file(bytes(text))
        defer { close(descriptor) }
        let (user, groups) = (bytes(user), bytes(groups))
        return try GroupFile.membership(descriptor, of: user.span) { $0.isWord(of: groups.span) }.isMember
    }

    private static let text = """
        # people
        admin: dougm  doug
        \tstaff:\tanna
        empty:
        admin: late
        no colon here
        : dougm
        admin:glued
        #admin: comment
        """

    @Test(
        "the users of a group are listed after its name, in one line or several",
        arguments: [
            ("dougm", "admin", true), ("doug", "admin", true), ("late", "admin", true), ("anna", "staff", true),
            ("anna", "admin", false), ("anna", "admin staff", true), ("dougm", "staff", false), ("dou", "admin", false),
            ("dougm", "adm", false), ("dougm", "", false), ("", "admin", false), ("comment", "admin", false),
            ("here", "no", false), ("glued", "admin", true), ("admin:", "admin", false),
            ("dougm doug", "admin", false),
        ])
    func members(user: String, groups: String, expected: Bool) throws {
        #expect(try isMember(Self.text, user, of: groups) == expected)
    }

    @Test("a line that is too long is ignored, and its number returned")
    func longLine() throws {
        let long = "# x\nadmin: " + String(repeating: "somebody ", count: 600) + "dougm\nadmin: anna\n"
        let descriptor = file(bytes(long))
        defer { close(descriptor) }
        let user = bytes("anna")
        let found = try GroupFile.membership(descriptor, of: user.span) { $0.equals("admin") }
        #expect(found.isMember)
        #expect(found.tooLongLine == 2)
        #expect(try !isMember(long, "dougm", of: "admin"))
    }
}
