// Lookups in password files of every kind.
import Glibc
import HandlerKit
import Testing

@testable import Passwords

extension PasswordsTests {
    @Suite("password files", .serialized)
    struct PasswordFileTests {
        private func check(_ text: [UInt8], _ user: [UInt8], _ password: [UInt8]) throws -> PasswordResult {
            let descriptor = file(text)
            defer { close(descriptor) }
            return try PasswordFile.check(descriptor, user.span, password.span)
        }

        private func check(_ text: String, _ user: String, _ password: String = "foobar") throws -> PasswordResult {
            try check(bytes(text), bytes(user), bytes(password))
        }

        private static let foobar = "{SHA}iEPX+SQWIR3p67lj/0zigSWTKHg="

        @Test("comments and blank lines are skipped, the first entry of a user counts, further fields are ignored")
        func entries() throws {
            let other = "{SHA}C+7Hteo/D9vJXQ3UfzxbwnXaijM="
            let text = """
                # users
                #dougm:\(other)

                dougm:\(Self.foobar):Doug:more
                doug:\(other)
                dougm:\(other)
                nothing
                :\(Self.foobar)
                crlf:\(Self.foobar)\r
                last:\(Self.foobar)
                """
            #expect(try check(text, "dougm") == .right)
            #expect(try check(text, "dougm", "foo") == .wrongPassword)
            #expect(try check(text, "doug", "foo") == .right)
            for user in ["crlf", "last"] { #expect(try check(text, user) == .right) }
            for user in ["", "Dougm", "dougm ", "doug\0", "#dougm", "nothing", "dougm:\(Self.foobar)", "dou"] {
                #expect(try check(text, user) == .unknownUser, "\(user)")
            }
        }

        @Test("one file may have several formats")
        func mixed() throws {
            let kinds = ["m", "B", "2", "5", "d", "s"]
            let text = kinds.map { "\($0):\(htpasswd($0, "pass" + $0))" }.joined(separator: "\n")
            for kind in kinds {
                #expect(try check(text, kind, "pass" + kind) == .right)
                #expect(try check(text, kind, "pass") == .wrongPassword)
            }
        }

        @Test("a name may have any bytes except a colon")
        func namesOfAnyBytes() throws {
            let text = [0xff, 0xe9, 0x20, 0x01] + bytes(":\(Self.foobar)\n")
            #expect(try check(text, [0xff, 0xe9, 0x20, 0x01], bytes("foobar")) == .right)
            #expect(try check(text, [0xff, 0xe9, 0x20], bytes("foobar")) == .unknownUser)
        }

        @Test("an entry that is not usable is refused with its line, and allows no login")
        func refusedEntries() throws {
            let costly = "$2y$18$" + String(repeating: "a", count: 53)
            let text = "# x\nplain:foobar\nempty:\ncostly:\(costly)\nplain:\(Self.foobar)\n"
            #expect(try check(text, "plain") == .refusedEntry(line: 2, .unknownFormat))
            #expect(try check(text, "empty", "") == .refusedEntry(line: 3, .unknownFormat))
            #expect(try check(text, "costly") == .refusedEntry(line: 4, .tooCostly))
            #expect(try check(text, "nobody") == .unknownUser)
        }

        @Test("an empty file has no user")
        func empty() throws {
            #expect(try check("", "dougm") == .unknownUser)
            #expect(try check("\n\n#\n", "") == .unknownUser)
        }

        @Test("a line that is too long is not an entry, and the lines after it keep their numbers")
        func longLines() throws {
            let text = "long:" + String(repeating: "x", count: 3000) + "\nplain:foobar\ndougm:\(Self.foobar)\n"
            #expect(try check(text, "long") == .unknownUser)
            #expect(try check(text, "plain") == .refusedEntry(line: 2, .unknownFormat))
            #expect(try check(text, "dougm") == .right)
        }

        @Test("a lookup goes through fifty thousand entries")
        func large() throws {
            var text = ""
            for number in 0..<50_000 { text += "user\(number):\(Self.foobar)\n" }
            #expect(try check(text, "user49999") == .right)
            #expect(try check(text, "user50000") == .unknownUser)
        }

        @Test("the password of an unknown name is hashed as the first entry, so it takes as long as that of a user")
        func unknownNames() throws {
            let text = "# c\nbroken:plain\ndougm:\(line(of: "htpasswd -nbBC 9 u foobar").dropFirst(2))\n"
            // The time of the processor in this thread: other processes do not change it.
            func nanoseconds(_ user: String) throws -> Double {
                let times = try (0..<5).map { _ in
                    let start = processorTime(CLOCK_THREAD_CPUTIME_ID)
                    _ = try check(text, user, "wrong")
                    return processorTime(CLOCK_THREAD_CPUTIME_ID) - start
                }
                return Double(times.min()!)
            }
            let known = try nanoseconds("dougm")
            for name in ["nobody", "broken", "dougm:x", ""] {
                let ratio = try nanoseconds(name) / known
                // Without the hash it would be a thousandth.
                #expect(ratio > 0.5 && ratio < 2, "\(name): \(ratio)")
            }
        }
    }
}

private func processorTime(_ clock: clockid_t) -> Int64 {
    var time = timespec()
    // Sound: the call writes the variable that it is lent.
    unsafe clock_gettime(clock, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
}
