// For all formats: every line has a fate, and every file can be read.

import HostDefinition
import TestSupport
import Testing

@testable import Import

struct ImportTests {
    private static let everySample: [(ImportFormat, String)] = [
        (.inetd, Samples.inetd), (.xinetd, Samples.xinetd), (.tcprules, Samples.tcprules),
    ]
    private static let pieces: [[UInt8]] =
        [
            "{", "}", "=", "+=", "-=", " ", "\t", "\n", "\r", "#", "\"", "'", ":", ",", "/", ".", "-", "0", "root",
            "no",
            "service x\n{\n", "only_from =", "deny_time = NEVER", "é", "\\", "@", "999999999999999999999", "#<off>#",
            "unix",
            "localhost", "::1", "internal", "/usr/sbin/tcpd",
        ].map { Array($0.utf8) } + [[0x00], [0xff], [0x1b], [0x7f]]

    /// Checks everything that must be true of any text.
    private func expectSound(_ text: [UInt8], _ format: ImportFormat) {
        let result = imported(text, format, service: format == .tcprules ? "smtp" : nil)
        let lines = text.split(separator: 10, omittingEmptySubsequences: false)
        for number in 1...lines.count where number < lines.count || !lines[number - 1].isEmpty {
            let fate = result.report.fate(of: Place(file: "f", line: number))
            #expect(fate != nil, "line \(number) of \(String(decoding: text, as: UTF8.self))")
            let isBlank = lines[number - 1].allSatisfy { [9, 13, 32].contains($0) }
            #expect(fate != .comment || isBlank || lines[number - 1].contains(UInt8(ascii: "#")))
        }
        for service in result.services {
            do {
                _ = try readBack(service)
            } catch {
                Issue.record("\(error) in \(service.fileText) from \(String(decoding: text, as: UTF8.self))")
            }
        }
        #expect(Set(result.services.map(\.name)).count == result.services.count)
        #expect(result.report.remarks.allSatisfy { $0.description.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7f } })
    }

    @Test("every line of a sample has a fate, and `check` can read every file", arguments: everySample)
    func samples(format: ImportFormat, text: String) {
        expectSound(Array(text.utf8), format)
        #expect(ImportFormat(ofText: Array(text.utf8)) == format)
    }

    @Test("the same is true of any text", arguments: everySample, 0..<3 as Range<UInt64>)
    func mutated(sample: (ImportFormat, String), seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<150 {
            var bytes = Array(sample.1.utf8)
            for _ in 0..<Int.random(in: 1...6, using: &generator) {
                let start = Int.random(in: 0...bytes.count, using: &generator)
                let length = min(Int.random(in: 0...12, using: &generator), bytes.count - start)
                if Bool.random(using: &generator) { bytes.removeSubrange(start..<start + length) }
                if Bool.random(using: &generator) {
                    bytes.insert(contentsOf: Self.pieces.randomElement(using: &generator) ?? [], at: start)
                }
            }
            expectSound(bytes, sample.0)
        }
    }

    @Test("a line that is not carried over has a remark, or its section has one", arguments: everySample)
    func remarks(format: ImportFormat, text: String) {
        let result = imported(text, format)
        let places = Set(result.report.remarks.map(\.place))
        for place in places where place.line > 0 { #expect(result.report.fate(of: place) != .comment) }
        let carried = text.split(separator: "\n", omittingEmptySubsequences: false).indices.filter {
            result.report.fate(of: Place(file: "f", line: $0 + 1)) == .carried
        }
        #expect(carried.allSatisfy { !places.contains(Place(file: "f", line: $0 + 1)) })
    }

    @Test("a second service on the same address is disabled, and the report says so")
    func conflict() throws {
        let result = imported(
            """
            ftp stream tcp nowait a /usr/sbin/x x
            ftp stream tcp4 nowait a /usr/sbin/y y
            #<off># ftp stream tcp nowait a /usr/sbin/z z
            """, .inetd)
        #expect(result.services.map(\.name) == ["ftp", "ftp-2", "ftp-3"])
        #expect(result.services.map(\.isEnabled) == [true, false, false])
        #expect(result.lineRemarks == ["f:2: note: ftp-2: switched off: 'ftp' listens on 0.0.0.0:21 already"])
    }

    @Test("rules of tcprules go to the service that they are imported for")
    func attached() throws {
        let files = [
            ImportSource(file: "i", format: .inetd, text: Array("smtp stream tcp nowait a /usr/sbin/x x".utf8)),
            ImportSource(file: "r", format: .tcprules, text: Array("10.:allow\n:deny\n".utf8)),
        ]
        let result = Imported(files, ports: testPorts, service: "smtp")
        #expect(result.access == nil && result.services.count == 1)
        #expect(result.services.first?[.access] == .list(["allow 10.0.0.0/8", "deny all"]))
    }

    @Test("rules for a service without a file make a file to fill in, which is disabled")
    func toFillIn() throws {
        let result = imported(":allow\n", .tcprules, service: "smtp")
        let service = try #require(result.services.first)
        let definition = try readBack(service)
        #expect(definition.activation == .disabled)
        #expect(service.addresses == ["0.0.0.0:25", "[::]:25"])
        #expect(result.report.remarks.map(\.directive) == ["--service smtp"])
    }

    @Test("rules without a service are the value of access")
    func loose() throws {
        let result = imported("10.:deny\n", .tcprules)
        #expect(result.services.isEmpty)
        #expect(result.access == "access = [\"deny 10.0.0.0/8\", \"allow all\"]\n")
    }

    @Test("ten thousand rules are read fast, and a file that is too long for a service is noted")
    func many() {
        let text = (0..<10_000).map { "10.\($0 / 250).\($0 % 250).7:deny\n" }.joined()
        let result = imported(text, .tcprules, service: "smtp")
        #expect(result.services.first?.fileText.utf8.count ?? 0 > 200_000)
        let longer = imported(text + text.replacing("10.", with: "11."), .tcprules, service: "smtp")
        #expect(longer.report.remarks.contains { $0.reason.contains("move refusals to the block list") })
    }
}
