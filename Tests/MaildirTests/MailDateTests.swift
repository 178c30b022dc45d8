// Dates of mail, compared with those of the C library.
import Glibc
import HandlerKit
import TestSupport
import Testing

@testable import Maildir

@Suite("mail dates")
struct MailDateTests {
    private func written(_ seconds: Int64) -> String {
        var line = ShortText()
        MailDate(seconds: seconds).append(to: &line)
        return text(line.bytes)
    }

    @Test(
        "a date has the form of RFC 5322 3.3",
        arguments: [
            (0, "Thu, 01 Jan 1970 00:00:00 +0000"), (951_782_399, "Mon, 28 Feb 2000 23:59:59 +0000"),
            (951_782_400, "Tue, 29 Feb 2000 00:00:00 +0000"), (4_107_542_400, "Mon, 01 Mar 2100 00:00:00 +0000"),
            (-1, "Wed, 31 Dec 1969 23:59:59 +0000"), (1_795_259_301, "Sat, 21 Nov 2026 11:08:21 +0000"),
        ])
    func table(seconds: Int64, expected: String) {
        #expect(written(seconds) == expected)
    }

    @Test("10000 dates of four centuries are those of gmtime")
    func beside() {
        var generator = SeededGenerator(seed: 5322)
        for _ in 0..<10000 {
            var seconds = Int.random(in: -6_000_000_000...7_000_000_000, using: &generator)
            var parts = unsafe tm()
            var buffer = [CChar](repeating: 0, count: 64)
            // Sound: the calls fill variables and a buffer with its size, and the format is a C string.
            unsafe gmtime_r(&seconds, &parts)
            let length = unsafe strftime(&buffer, buffer.count, "%a, %d %b %Y %H:%M:%S +0000", &parts)
            let expected = String(decoding: buffer.prefix(length).map { UInt8(bitPattern: $0) }, as: UTF8.self)
            #expect(written(Int64(seconds)) == expected)
        }
    }
}
