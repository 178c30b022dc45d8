import Testing

@testable import LinuxSystem

@Test("root is found by name and by number, and an unknown name finds no user")
func accounts() throws {
    let root = Accounts.User(name: "root", uid: 0, gid: 0)
    #expect(try Accounts.user(named: "root") == root)
    #expect(try Accounts.user(uid: 0) == root)
    #expect(try Accounts.group(named: "root") == 0)
    #expect(try Accounts.hasGroup(0))
    #expect(try Accounts.user(named: "no such user") == nil)
    #expect(try Accounts.user(named: "") == nil)
    #expect(try Accounts.user(uid: 4_000_000_000) == nil)
    #expect(try Accounts.group(named: "no such group") == nil)
    #expect(try !Accounts.hasGroup(4_000_000_000))
    #expect(Accounts.isRoot == (Accounts.effectiveUser == 0))
}
