import TestSupport
import Testing

@testable import ServiceModel

struct HoursTextTests {
    @Test(
        "days and times are read, over midnight and over the end of the week",
        arguments: [
            ("Mon-Wed 08:00-18:00", "Mon 08:00-18:00; Tue 08:00-18:00; Wed 08:00-18:00"),
            ("sat,SUN 10:00-12:00", "Sat 10:00-12:00; Sun 10:00-12:00"),
            ("Sun-Mon 00:00-00:01", "Mon 00:00-00:01; Sun 00:00-00:01"),
            ("Wed", "Wed 00:00-24:00"), ("Wed,Mon", "Mon 00:00-24:00; Wed 00:00-24:00"),
            ("Mon 08:00-12:00,13:00-18:00", "Mon 08:00-12:00; Mon 13:00-18:00"),
            ("Fri 22:00-06:00", "Fri 22:00-24:00; Sat 00:00-06:00"),
            ("Sun 22:00-06:00", "Mon 00:00-06:00; Sun 22:00-24:00"), ("Fri 22:00-00:00", "Fri 22:00-24:00"),
            ("Fri 22:00-24:00", "Fri 22:00-24:00"), ("Tue 12:00-18:00,08:00-12:00", "Tue 08:00-18:00"),
            (
                "23:59-24:00",
                "Mon 23:59-24:00; Tue 23:59-24:00; Wed 23:59-24:00; Thu 23:59-24:00; Fri 23:59-24:00; Sat 23:59-24:00; "
                    + "Sun 23:59-24:00"
            ),
        ])
    func texts(text: String, expected: String) throws {
        #expect(try Hours(text).description == expected)
    }

    @Test("hours of every whole day are always open")
    func everyDay() throws {
        for text in ["Mon-Sun", "00:00-24:00", "Wed-Tue 12:00-00:00,00:00-12:00"] {
            #expect(try Hours(text) == .always)
        }
        #expect(Hours().description == "never")
    }

    @Test(
        "the error of a malformed text has its place",
        arguments: [
            ("", 0, "nothing is written here"), ("Mo 08:00-18:00", 0, "this is not a day"),
            ("Monday", 0, "this is not a day"), ("Mon-", 4, "this is not a day"), ("Mon,", 4, "this is not a day"),
            ("Mon,,Tue", 4, "this is not a day"), (" Mon", 0, "this is not a day"), ("\u{e9}", 0, "this is not a day"),
            ("Mon  08:00-18:00", 4, "this is not a time from 00:00 to 23:59"), ("Mon ", 4, "this is not a time"),
            ("Mon 8:00-18:00", 4, "this is not a time"), ("Mon 08:00", 9, "the end of the time is missing"),
            ("Mon 08:00-", 10, "this is not a time from 00:00 to 24:00"), ("Mon 08:00-18:60", 10, "this is not a time"),
            ("Mon 08:00-24:01", 10, "this is not a time"), ("Mon 24:00-08:00", 4, "this is not a time"),
            ("Mon 08:00-08:00", 4, "this ends when it begins"), ("Mon 08:00-18:000", 10, "this is not a time"),
            ("Mon 08:00-18:00 UTC", 15, "this does not belong here"), ("Mon 08:00-18:00,", 16, "this is not a time"),
            ("Mon-Tue-Wed", 7, "this does not belong here"), ("Mon\t08:00-18:00", 3, "this does not belong here"),
            ("Mon 99999999999999999999:00-18:00", 4, "this is not a time"), ("08:00-18:00 Mon", 11, "this does not"),
        ])
    func faults(text: String, offset: Int, reason: String) {
        #expect {
            try Hours(text)
        } throws: { error in
            let error = error as? HoursError
            return error?.offset == offset && error?.reason.hasPrefix(reason) == true
        }
    }

    @Test("a text that is too long is read up to the bound only")
    func long() {
        let error = #expect(throws: HoursError.self) { try Hours(String(repeating: "Mon,", count: 100_000) + "Mon") }
        #expect(error?.offset == Hours.longestText)
    }

    @Test("any bytes are hours or an error inside the text", arguments: 0..<4)
    func mutations(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let bytes = Array("MonFri0128:-, ".utf8)
        for _ in 0..<2000 {
            var text = Array("Mon-Fri 08:00-18:00,20:00-02:00".utf8)
            for _ in 0...Int.random(in: 0..<3, using: &random) {
                let place = Int.random(in: 0..<text.count, using: &random)
                text[place] = try #require(bytes.randomElement(using: &random))
            }
            do {
                let hours = try Hours(String(decoding: text, as: UTF8.self))
                // The description reads back as the same hours.
                var again = Hours()
                for part in hours.description.split(separator: "; ") { again.formUnion(try Hours(String(part))) }
                try #require(again == hours)
            } catch let error as HoursError {
                try #require((0...text.count).contains(error.offset))
            }
        }
    }
}
