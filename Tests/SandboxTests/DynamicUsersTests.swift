import Sandbox
import Testing

/// Two names with a search that begins at the same number, and that number.
private func collision() -> (String, String, UInt32)? {
    var seen: [UInt32: String] = [:]
    for index in 0..<20000 {
        var users = DynamicUsers()
        guard let number = users.number(for: "s\(index)", isTaken: { _ in false }) else { return nil }
        if let other = seen[number] { return (other, "s\(index)", number) }
        seen[number] = "s\(index)"
    }
    return nil
}

/// The number of a service, which must exist.
private func give(
    _ users: inout DynamicUsers, _ name: String, _ isTaken: (UInt32) -> Bool = { _ in false }
) throws -> UInt32 {
    let number = users.number(for: name, isTaken: isTaken)
    return try #require(number)
}

struct DynamicUsersTests {
    @Test(
        "a service keeps its number, and another machine mostly gives it the same", arguments: ["a", "smtp", "x-1_2"])
    func stable(name: String) throws {
        var (first, second) = (DynamicUsers(), DynamicUsers())
        let number = try give(&first, name)
        #expect(DynamicUsers.range.contains(number))
        #expect(try give(&second, name) == number)
        // A known number stays, whatever account has it by now.
        #expect(try give(&first, name) { _ in true } == number)
    }

    @Test("two services with the same first number get two numbers, in the order of asking")
    func collisions() throws {
        let (first, second, number) = try #require(collision())
        var users = DynamicUsers()
        #expect(try give(&users, first) == number)
        let other = try give(&users, second)
        #expect(other == (number == DynamicUsers.range.upperBound ? DynamicUsers.range.lowerBound : number + 1))
        #expect(users.numbers == [first: number, second: other])
    }

    @Test("the number of an account or group is skipped, also around the end of the range")
    func taken() throws {
        var users = DynamicUsers()
        let isTaken = { (number: UInt32) in number != 80000 && number != 89999 }
        let given = [try give(&users, "a", isTaken), try give(&users, "b", isTaken)]
        #expect(given.sorted() == [80000, 89999])
        let third = users.number(for: "c", isTaken: isTaken)
        #expect(third == nil)
        #expect(users.numbers.count == 2)
    }

    @Test("a range without free numbers gives no number")
    func usedUp() {
        var users = DynamicUsers()
        let number = users.number(for: "a", isTaken: { _ in true })
        #expect(number == nil)
        #expect(users.numbers.isEmpty)
    }

    @Test("the file reads back, sorted by number")
    func roundTrip() throws {
        var users = DynamicUsers()
        for index in 0..<50 { _ = users.number(for: "s\(index)", isTaken: { _ in false }) }
        #expect(DynamicUsers(text: users.text) == users)
        let text = "80001 b\n80005 a\n"
        #expect(DynamicUsers(text: text)?.text == text)
        #expect(DynamicUsers(text: "")?.numbers.isEmpty == true)
    }

    @Test(
        "a file of another shape gives no numbers",
        arguments: [
            "80000", "80000\n", "a 80000\n", "80000 a b\n", "79999 a\n", "90000 a\n", "0 a\n", "-1 a\n",
            "80000 a\n80000 b\n",
            "80000 a\n80001 a\n", "99999999999 a\n", "0x13880 a\n", "80000\ta\n", "80000 a\r\n",
            "80000 a\r\n80001 b\r\n",
            "80000 a\u{0}\n", "80000 \u{301}\n", "+80000 a\n", "080000 a\n",
            " 80000 a\n", "80000  a\n", "80000 \n", "80000 a \n",
        ])
    func malformed(text: String) {
        #expect(DynamicUsers(text: text) == nil)
    }
}
