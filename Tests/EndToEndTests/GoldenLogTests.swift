// Golden logs: scenarios of clients, and beside each the record of what clients got, what was counted and what was
// logged. A change of the gates or the supervisor that shall change nothing for clients and administrators leaves every
// record as it is. To record anew after a meant change: DOORWARD_GOLDEN=write swift test --filter GoldenLogTests
import Foundation
import Testing

extension EndToEndTests {
    @Suite("Golden logs")
    struct GoldenLogTests {
        private static let directory = "Tests/EndToEndTests/GoldenLogs"

        private static var playable: [Scenario] { Scenario.all.filter(\.isPlayable) }

        @Test("a scenario leaves the record of its golden file", arguments: playable)
        func golden(_ scenario: Scenario) throws {
            let recording = try Recording(scenario)
            try scenario.play(recording)
            let record = try recording.end()
            let file = "\(Self.directory)/\(scenario.name).log"
            if ProcessInfo.processInfo.environment["DOORWARD_GOLDEN"] == "write" {
                try record.write(toFile: file, atomically: true, encoding: .utf8)
            }
            let golden = (try? String(contentsOfFile: file, encoding: .utf8)) ?? ""
            // A macro's expression would print both texts.
            if golden != record { Issue.record(difference(from: golden, to: record, file: file)) }
        }

        /// The lines that differ, `-` for those of the golden file.
        private func difference(from golden: String, to record: String, file: String) -> Comment {
            let lines = record.components(separatedBy: "\n").difference(from: golden.components(separatedBy: "\n"))
            let texts = lines.map { change in
                switch change {
                case .remove(let line, let text, _): (line, 0, "\(line + 1) - \(text)")
                case .insert(let line, let text, _): (line, 1, "\(line + 1) + \(text)")
                }
            }.sorted { ($0.0, $0.1) < ($1.0, $1.1) }.map(\.2)
            return Comment(rawValue: "\(file) differs:\n\(texts.joined(separator: "\n"))")
        }

        @Test("each golden file is that of a scenario, and each scenario has one")
        func files() throws {
            let files = try FileManager.default.contentsOfDirectory(atPath: Self.directory)
            #expect(files.sorted() == Scenario.all.map { $0.name + ".log" }.sorted())
        }
    }
}
