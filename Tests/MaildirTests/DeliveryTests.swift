// Deliveries to Maildirs on a real file system. Tests/HandlerTests/EsmtpFaultTests.swift has the tests in which a
// system call fails or the process is killed, with strace.
import Glibc
import HandlerKit
import LinuxSystem
import TestSupport
import Testing

@testable import Maildir

@Suite("deliveries")
struct DeliveryTests {
    let directory: TemporaryDirectory
    let delivery = Delivery(host: "mx.example.org", maximumMaildirs: 10)

    init() throws { directory = try TemporaryDirectory() }

    @Test("a delivered message is in new, with its Return-Path and its recipient, and tmp is empty again")
    func delivered() throws {
        try delivery.add("ada@example.org", from: "bob@example.net", maildir: try directory.maildir("ada"))
        delivery.write("Subject: x\r\n\r\nbody\r\n")
        #expect(try directory.names("ada/tmp").count == 1)
        #expect(try directory.names("ada/new").isEmpty)
        try delivery.commit()
        #expect(try directory.names("ada/tmp").isEmpty)
        #expect(
            try directory.texts("ada/new") == [
                "Return-Path: <bob@example.net>\nDelivered-To: ada@example.org\nSubject: x\n\nbody\n"
            ])
        let name = try #require(try directory.names("ada/new").first)
        #expect(try TemporaryDirectory.mode(of: "\(directory.path)/ada/new/\(name)") == 0o600)
    }

    @Test("the Maildir of each recipient gets the message, and the null sender is <>")
    func several() throws {
        for name in ["ada", "bob", "eve"] {
            try delivery.add("\(name)@example.org", maildir: try directory.maildir(name))
        }
        #expect(delivery.maildirCount == 3)
        delivery.write(String(repeating: "0123456789\r\n", count: 10000))
        try delivery.commit()
        for name in ["ada", "bob", "eve"] {
            let texts = try directory.texts("\(name)/new")
            let text = "Return-Path: <>\nDelivered-To: \(name)@example.org\n"
            #expect(texts == [text + String(repeating: "0123456789\n", count: 10000)])
        }
    }

    @Test("the Maildir of two recipients gets one copy that names both, also by two paths")
    func shared() throws {
        let maildir = try directory.maildir("ada")
        try delivery.add("ada@example.org", maildir: maildir)
        try delivery.add(
            "postmaster", maildir: "\(directory.path)/../\(directory.path.split(separator: "/").last ?? "")/ada/")
        #expect(delivery.maildirCount == 1)
        try delivery.commit()
        #expect(
            try directory.texts("ada/new") == [
                "Return-Path: <>\nDelivered-To: ada@example.org\nDelivered-To: postmaster\n"
            ])
    }

    @Test("a message that is discarded leaves no file, and the next one has no part of it")
    func discarded() throws {
        let maildir = try directory.maildir("ada")
        try delivery.add("ada@example.org", maildir: maildir)
        delivery.write("first\r")
        delivery.discard()
        #expect(try directory.names("ada/tmp").isEmpty)
        try delivery.add("ada@example.org", maildir: maildir)
        delivery.write("second\r\n")
        try delivery.commit()
        #expect(try directory.texts("ada/new") == ["Return-Path: <>\nDelivered-To: ada@example.org\nsecond\n"])
    }

    @Test("tmp, new and cur are made in a directory that exists; the Maildir itself is not made")
    func missing() throws {
        let path = try directory.makeDirectory("ada")
        try delivery.add("ada@example.org", maildir: path)
        try delivery.commit()
        #expect(try directory.names("ada") == ["cur", "new", "tmp"])
        for part in ["cur", "new", "tmp"] { #expect(try TemporaryDirectory.mode(of: "\(path)/\(part)") == 0o700) }
        #expect(throws: StoreError(.openMaildir, ENOENT)) {
            try delivery.add("eve@example.org", maildir: "\(directory.path)/eve")
        }
    }

    @Test("symbolic links in place of a Maildir or its parts are not followed")
    func links() throws {
        let path = try directory.maildir("real")
        // Sound: the calls do not keep the paths.
        #expect(unsafe symlink(path, "\(directory.path)/link") == 0)
        for slashes in ["", "/", "//"] {
            #expect(throws: StoreError.self) { try delivery.add("a@b", maildir: "\(directory.path)/link\(slashes)") }
        }
        for part in ["tmp", "new", "cur"] {
            let maildir = try directory.maildir("of-\(part)")
            let place = "\(maildir)/\(part)"
            #expect(unsafe rmdir(place) == 0 && symlink("\(path)/\(part)", place) == 0)
            #expect(throws: StoreError.self) { try delivery.add("a@b", maildir: maildir) }
        }
        try delivery.commit()
        #expect(try directory.names("real/tmp").isEmpty && directory.names("real/new").isEmpty)
    }

    @Test("a recipient whose Maildir cannot take mail does not affect the others")
    func oneFails() throws {
        try delivery.add("ada@example.org", maildir: try directory.maildir("ada"))
        try directory.write("file", "no directory\n")
        #expect(throws: StoreError(.openMaildir, ENOTDIR)) {
            try delivery.add("eve@example.org", maildir: "\(directory.path)/file")
        }
        delivery.write("text\r\n")
        try delivery.commit()
        #expect(try directory.names("ada/new").count == 1)
    }

    @Test("a message with an announced size above the disk's is refused before it comes")
    func tooLarge() throws {
        let maildir = try directory.maildir("ada")
        let error = StoreError(.checkRoom, ENOSPC)
        #expect(throws: error) { try delivery.add("ada@example.org", maildir: maildir, size: 1 << 60) }
        #expect(error.isFull)
        #expect(try directory.names("ada/tmp").isEmpty)
    }

    @Test("an error between two moves is thrown with the line of the Maildir, and the files that were moved stay")
    func partial() throws {
        try delivery.add("ada@example.org", maildir: try directory.maildir("ada"))
        let eve = try directory.maildir("eve")
        try delivery.add("eve@example.org", maildir: eve, line: 7)
        delivery.write("text\r\n")
        // Sound: the calls do not keep the paths.
        #expect(unsafe rmdir("\(eve)/new") == 0)
        #expect(throws: DeliveryError(StoreError(.openMaildir, ENOENT), line: 7)) { try delivery.commit() }
        #expect(try directory.names("ada/new").count == 1)
        #expect(try directory.names("eve/tmp").isEmpty)
    }

    @Test("no descriptor stays open after a message, delivered or discarded")
    func descriptors() throws {
        let paths = try (0..<10).map { try directory.maildir("m\($0)") }
        for round in 0..<20 {
            for path in paths { try delivery.add("a@b", maildir: path) }
            if round % 2 == 0 { try delivery.commit() } else { delivery.discard() }
        }
        #expect(delivery.maildirCount == 0)
        #expect(openDescriptors(below: directory.path).isEmpty)
    }
}
