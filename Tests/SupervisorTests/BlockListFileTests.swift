import Addresses
import Admission
import HostDefinition
import LinuxSystem
import ServiceModel
import TestSupport
import Testing

@testable import Supervisor

private func line(_ text: String, _ list: BlockListFile) throws -> Int? {
    find(try #require(IPAddress(text)), in: list.table)
}

private func find(_ address: IPAddress, in table: borrowing SharedBytes) -> Int? {
    BlockList.line(matching: address, in: table.bytes)
}

/// Whether the watch reports a change of the list's file.
private func notices(_ list: BlockListFile) throws -> Bool {
    try noticed(by: try #require(list.watchNumber)) { () throws(SystemError) in try list.hasChanged() }
}

struct BlockListFileTests {
    private let directory: TemporaryDirectory
    private var path: String { directory.path + "/blocked" }

    init() throws { directory = try TemporaryDirectory() }

    @Test("without a file no address is blocked, and nothing changes")
    func none() throws {
        let list = try BlockListFile(path: nil)
        #expect(try line("192.0.2.7", list) == nil)
        #expect(list.watchNumber == nil)
        #expect(try !list.hasChanged())
        #expect(try list.readAgain() == nil)
    }

    @Test("a changed file is read again as a whole; the same text written again changes nothing")
    func changes() throws {
        try directory.write("blocked", "192.0.2.7\n")
        let list = try BlockListFile(path: path)
        #expect(try line("192.0.2.7", list) == 1)
        #expect(try !list.hasChanged())
        try directory.write("blocked", "# nothing\n192.0.2.8\n::1\n")
        #expect(try notices(list))
        #expect(try list.readAgain() == 2)
        #expect(try line("192.0.2.7", list) == nil)
        #expect(try line("192.0.2.8", list) == 2)
        try Files.replace(path, with: "# nothing\n192.0.2.8\n::1\n", mode: 0o644)
        #expect(try notices(list))
        #expect(try list.readAgain() == nil)
        try Files.replace(path, with: "", mode: 0o644)
        #expect(try list.readAgain() == 0)
        #expect(try line("192.0.2.8", list) == nil)
    }

    @Test("a list at fault, gone or unreadable leaves the old one in force")
    func keeps() throws {
        try directory.write("blocked", "192.0.2.7\n")
        let list = try BlockListFile(path: path)
        try directory.write("blocked", "192.0.2.8\n nonsense\n")
        let error = #expect(throws: HostDefinitionError.self) { try list.readAgain() }
        #expect(error?.lines.first?.hasPrefix("\(path):2:2: error: 'nonsense' is not an IP address") == true)
        #expect(error?.problems.first?.position == SourcePosition(file: path, line: 2, column: 2))
        #expect(try line("192.0.2.7", list) == 1)
        #expect(try line("192.0.2.8", list) == nil)
        try Files.remove(path)
        #expect(try notices(list))
        #expect(
            throws: HostDefinitionError(
                Problem(
                    .file(path), key: "block_list", errno: "ENOENT", message: "open: ENOENT (No such file or directory)"
                ))
        ) {
            try list.readAgain()
        }
        #expect(try line("192.0.2.7", list) == 1)
        try directory.write("blocked", "192.0.2.7\n::1\n")
        #expect(try notices(list))
        #expect(try list.readAgain() == 2)
    }

    @Test(
        "at the start a list that cannot be read is an error, never an empty list", arguments: ["192.0.2.300\n", nil])
    func failsClosed(text: String?) throws {
        if let text { try directory.write("blocked", text) }
        #expect(throws: HostDefinitionError.self) { _ = try BlockListFile(path: path) }
    }
}
