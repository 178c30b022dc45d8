// What the documents name is there: files, rooms, pages of the manual.
import Foundation
import Testing

extension EndToEndTests {
    @Suite("Documents")
    struct DocumentsTests {
        private static let root = URL(fileURLWithPath: Supervised.build + "/..").standardizedFileURL.path

        private func text(_ name: String) throws -> String {
            try String(contentsOfFile: "\(Self.root)/\(name)", encoding: .utf8)
        }

        private func names(in folder: String) throws -> [String] {
            try FileManager.default.contentsOfDirectory(atPath: "\(Self.root)/\(folder)")
        }

        /// The first column of each table with rooms, top to bottom: what both share, the supervisor's, the handlers'.
        private func columns() throws -> [[String]] {
            try text("docs/architecture.md").components(separatedBy: "| room | ").dropFirst().map { table in
                let rows = table.split(separator: "\n", omittingEmptySubsequences: false).prefix { $0 != "" }
                return rows.dropFirst(2).flatMap { row -> [String] in
                    let cell = row.split(separator: "|")[0].split(separator: "`", omittingEmptySubsequences: false)
                    return cell.enumerated().filter { $0.offset % 2 == 1 }.map { String($0.element) }
                }
            }
        }

        @Test("docs/architecture.md has every folder of Sources, and no other")
        func rooms() throws {
            #expect(try columns().flatMap { $0 }.sorted() == names(in: "Sources").sorted())
        }

        @Test("a room imports only rooms that stand above it in its table, or that both columns share")
        func arrows() throws {
            let columns = try columns()
            let all = Set(columns.flatMap { $0 })
            var count = 0
            for column in columns {
                for (place, room) in column.enumerated() {
                    let below = columns[0] + column[..<place]
                    let files = FileManager.default.enumerator(atPath: "\(Self.root)/Sources/\(room)")
                    while let file = files?.nextObject() as? String {
                        guard file.hasSuffix(".swift") else { continue }
                        for line in try text("Sources/\(room)/\(file)").split(separator: "\n") {
                            let words = line.hasPrefix("/") ? [] : line.split(separator: " ")
                            guard let index = words.firstIndex(of: "import"), index < 2, words.count == index + 2,
                                all.contains(String(words[index + 1]))
                            else { continue }
                            #expect(below.contains(String(words[index + 1])), "\(room)/\(file): \(line)")
                            count += 1
                        }
                    }
                }
            }
            #expect(count > 300)
        }

        @Test(
            "every link of a document to a file leads to one",
            arguments: [
                "README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md", "docs/architecture.md",
                "docs/migrating.md", "docs/security.md", "Benchmarks/README.md", "Benchmarks/RESULTS.md",
            ])
        func links(document: String) throws {
            let folder = URL(fileURLWithPath: "\(Self.root)/\(document)").deletingLastPathComponent()
            for part in try text(document).components(separatedBy: "](").dropFirst() {
                let target = part.prefix { $0 != ")" && $0 != "#" }
                guard !target.isEmpty, !target.contains(":") else { continue }
                let path = folder.appendingPathComponent(String(target)).path
                #expect(FileManager.default.fileExists(atPath: path), "\(target)")
            }
        }

        @Test("README names every page of the manual, and each page that a document names is there")
        func pages() throws {
            let there = Set(
                try names(in: "etc/man").map { name in
                    let parts = name.split(separator: ".")
                    return parts.dropLast().joined(separator: ".") + "(\(parts.last ?? ""))"
                })
            let documents = ["README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md"]
            let pages = try names(in: "docs").filter { $0.hasSuffix(".md") }.map { "docs/" + $0 }
            for document in documents + pages {
                let found = try text(document).matches(of: /doorward[a-z.-]*\([1-9]\)/).map { String($0.output) }
                #expect(there.isSuperset(of: found), "\(document): \(Set(found).subtracting(there))")
                if document == "README.md" { #expect(there.isSubset(of: found), "\(there.subtracting(found))") }
            }
        }

        @Test("every page of the manual is formatted without a warning")
        func warnings() throws {
            for page in try names(in: "etc/man") {
                let outcome = try run(["mandoc", "-T", "lint", "-W", "warning", "\(Self.root)/etc/man/\(page)"])
                #expect(outcome.status == 0 && outcome.output + outcome.error == "", "\(outcome.output)")
            }
        }

        @Test("each page that a page of the manual names is there")
        func crossReferences() throws {
            let there = Set(try names(in: "etc/man"))
            for page in there {
                let lines = try text("etc/man/\(page)").split(separator: "\n").filter { $0.hasPrefix(".Xr doorward") }
                for line in lines {
                    let words = line.split(separator: " ")
                    #expect(there.contains("\(words[1]).\(words[2])"), "\(page): \(line)")
                }
            }
        }
    }
}
