// Mail is safe when any system call fails, and when the process is killed at any call. The tests use strace's fault
// injection, so that the program under test is the one that is shipped, without hooks. They need strace (Debian:
// strace). The rule is always the same: a client that got 250 has the whole message in every Maildir, and new never has
// a part of a message.
// Source: strace(1), -e inject; RFC 5321 6.1.
import Glibc
import LinuxSystem
import TestSupport
import Testing

@Suite("esmtp when something fails", .serialized)
struct EsmtpFaultTests {
    /// The system calls by which mail is stored.
    private static let storing = [
        "openat", "mkdirat", "fstat", "newfstatat", "write", "pread64", "fsync", "rename", "renameat", "renameat2",
        "unlinkat", "fstatfs", "close", "sendto",
    ]
    private let message = "Subject: fault\r\n\r\n" + String(repeating: "0123456789abcdef\r\n", count: 4000)

    /// The outcome of one delivery to two recipients.
    private struct DeliveryOutcome {
        let reply: String
        let status: Int32
        let log: String
        let boxes: Mailboxes

        /// The number of Maildirs that have the message; -1 if one has a part of it or another one.
        func delivered(_ message: String) throws -> Int {
            var count = 0
            for name in boxes.names {
                let messages = try boxes.messages(name)
                guard messages.allSatisfy({ $0.hasSuffix("\n" + message.withoutCarriageReturns) }) else { return -1 }
                count += messages.isEmpty ? 0 : 1
            }
            return count
        }
    }

    /// Delivers a message to two recipients under strace.
    private func deliver(_ options: [String], new: [String] = ["ada", "eve"]) throws -> DeliveryOutcome {
        let boxes = try Mailboxes(new)
        let command = ["-qq"] + options + ["--", programPath("esmtp")] + boxes.arguments
        var client = MailClient(RunningHandler("/usr/bin/strace", command, over: .socket))
        let codes = client.begin(to: boxes.names.map { "\($0)@example.org" })
        var reply = codes.dropFirst(3).first { !$0.hasPrefix("2") } ?? ""
        if codes.allSatisfy({ $0.hasPrefix("2") }) { reply = client.send(message: message + "end") }
        client.handler.endInput()
        _ = client.handler.receiveAll()
        let ending = client.handler.wait()
        return DeliveryOutcome(reply: reply, status: ending.status, log: ending.log, boxes: boxes)
    }

    /// The calls of one delivery after the greeting, as name and number, and the lines of the trace.
    private func record(_ names: [String]) throws -> (calls: [(name: String, number: Int)], lines: [String]) {
        let directory = try TemporaryDirectory()
        let path = "\(directory.path)/trace"
        // With `?` strace ignores a name that this machine does not have.
        let result = try deliver([
            "-y", "-s", "80", "-o", path, "-e", "trace=" + names.map { "?\($0)" }.joined(separator: ","),
        ])
        #expect(result.reply.hasPrefix("250"))
        let lines = String(decoding: try Files.read(path, most: 1 << 24), as: UTF8.self).split(separator: "\n")
        var counts: [String: Int] = [:]
        var calls: [(String, Int)] = []
        var isGreeted = false
        for line in lines {
            let name = String(line.prefix { $0 != "(" })
            counts[name, default: 0] += 1
            if isGreeted { calls.append((name, counts[name] ?? 0)) }
            isGreeted = isGreeted || line.contains("\"220 ")
        }
        #expect(calls.count > 40)
        return (calls, lines.map(String.init))
    }

    @Test("files are written and synced, then moved, then each new is synced, and only then 250 is sent")
    func order() throws {
        let lines = try record(Self.storing).lines
        func places(_ isOne: (String) -> Bool) -> [Int] { lines.indices.filter { isOne(lines[$0]) } }
        let written = places { $0.hasPrefix("write(") && $0.isAboutTemporaryFile }
        let synced = places { $0.hasPrefix("fsync(") && $0.isAboutTemporaryFile }
        let moved = places { $0.hasPrefix("rename") }
        let directories = places { $0.hasPrefix("fsync(") && $0.contains("/new>") }
        let said = places { $0.hasPrefix("sendto(1") && $0.contains("accepted as") }
        #expect(synced.count == 2 && moved.count == 2 && directories.count == 2 && said.count == 1, "\(lines)")
        #expect((written.last ?? .max) < (synced.first ?? -1))
        #expect((synced.last ?? .max) < (moved.first ?? -1))
        #expect(zip(moved, directories).allSatisfy { $0 < $1 })
        #expect((directories.last ?? .max) < (said.first ?? -1))
    }

    @Test("a process that is killed at any call of a delivery loses no message after 250, and delivers no part of one")
    func killed() throws {
        for (name, number) in try record(Self.storing).calls {
            let result = try deliver(["-o", "/dev/null", "-e", "inject=\(name):signal=KILL:when=\(number)"])
            let delivered = try result.delivered(message + "end\r\n")
            #expect(delivered >= 0, "a part of a message after \(name) \(number)")
            #expect(!result.reply.hasPrefix("250") || delivered == 2, "lost after \(name) \(number)")
            #expect(try result.boxes.temporaryFiles() <= 2)
        }
    }

    @Test(
        "if any call fails, 250 still means delivered, any other reply is 4yz, and tmp is empty again",
        arguments: ["EIO", "ENOSPC"])
    func failing(error: String) throws {
        // The delivery does not fail if the close of a synced file fails.
        for (name, number) in try record(Self.storing.filter { $0 != "close" }).calls {
            let result = try deliver(["-o", "/dev/null", "-e", "inject=\(name):error=\(error):when=\(number)"])
            let delivered = try result.delivered(message + "end\r\n")
            #expect(delivered >= 0, "a part of a message when \(name) \(number) failed")
            #expect(result.status < 1000)
            if result.reply.hasPrefix("250") {
                #expect(delivered == 2, "lost when \(name) \(number) failed")
            } else {
                // The reply is empty if the write of the reply itself failed.
                #expect(result.reply.isEmpty || result.reply.hasPrefix("4"), "\(name) \(number): \(result.reply)")
            }
            if name != "unlinkat" { #expect(try result.boxes.temporaryFiles() == 0, "\(name) \(number)") }
        }
    }

    @Test(
        "a failure for lack of room is 452 4.3.1, any other is 451 4.3.0, and the log has the act and the reason",
        arguments: [
            ("fsync", "EIO", "451 4.3.0", "recipients:1 act=sync-file errno=5"),
            ("fsync", "ENOSPC", "452 4.3.1", "act=sync-file errno=28"),
            ("fsync", "EDQUOT", "452 4.3.1", "act=sync-file errno=122"),
            ("/^rename", "EROFS", "451 4.3.0", "recipients:1 act=move-to-new errno=30 remedy=user,[files].write"),
        ])
    func reasons(call: String, error: String, reply: String, log: String) throws {
        let result = try deliver(["-o", "/dev/null", "-e", "inject=\(call):error=\(error):when=1"])
        #expect(result.reply.hasPrefix(reply), "\(result.reply)")
        #expect(result.log.contains(log), "\(result.log)")
        #expect(try result.delivered(message) == 0)
    }

    @Test(
        "a new that cannot be synced is 451, though it may have the message: a second copy is possible, but never none")
    func directorySync() throws {
        let result = try deliver(["-o", "/dev/null", "-e", "inject=fsync:error=EIO:when=3"])
        #expect(result.reply.hasPrefix("451 4.3.0"))
        #expect(result.log.contains(" at=\(result.boxes.recipients):1 act=sync-new errno=5"))
        #expect(try result.delivered(message + "end\r\n") == 1)
        #expect(try result.boxes.temporaryFiles() == 0)
    }

    @Test(
        "if a second recipient cannot be added to the file that it shares, the first does not get the message either"
    )
    func sharedFile() throws {
        let boxes = try Mailboxes()
        try boxes.write("ada@example.org ada\nalias@example.org ada\n")
        // The first two writes are Return-Path and the first Delivered-To.
        let command = ["-qq", "-o", "/dev/null", "-e", "inject=write:error=ENOSPC:when=3", "--", programPath("esmtp")]
        var client = MailClient(RunningHandler("/usr/bin/strace", command + boxes.arguments, over: .socket))
        #expect(client.begin(to: ["ada@example.org", "alias@example.org"]).suffix(2) == ["250", "452"])
        #expect(client.send(message: "text").hasPrefix("452 4.3.1"))
        client.handler.hangUp()
        _ = client.handler.wait()
        #expect(try boxes.messages("ada").isEmpty)
        #expect(try boxes.temporaryFiles() == 0)
    }

    @Test("if the second Maildir fails at the end, the log names that one")
    func named() throws {
        let result = try deliver(["-o", "/dev/null", "-e", "inject=fsync:error=EIO:when=2"])
        #expect(result.reply.hasPrefix("451 4.3.0"))
        #expect(result.log.contains(" at=\(result.boxes.recipients):2 act=sync-file errno=5"))
    }

    @Test("with few descriptors, the recipients that were accepted still get their mail", arguments: 12...19)
    func descriptors(most: Int) throws {
        let boxes = try Mailboxes((0..<8).map { "u\($0)" })
        let command = ["--nofile=\(most)", programPath("esmtp")] + boxes.arguments
        var client = MailClient(RunningHandler("/usr/bin/prlimit", command, over: .socket))
        let codes = client.begin(to: boxes.names.map { "\($0)@example.org" }).dropFirst(3)
        #expect(codes.first == "250" && codes.last == "451")
        #expect(client.send(message: "text").hasPrefix("250 "))
        client.handler.hangUp()
        _ = client.handler.wait()
        for (name, code) in zip(boxes.names, codes) {
            #expect(try boxes.messages(name).count == (code == "250" ? 1 : 0))
        }
    }

    @Test("a file that would grow beyond [limits] file_size is 452, and no signal kills the handler")
    func fileSize() throws {
        let boxes = try Mailboxes()
        let command = ["--fsize=100000", programPath("esmtp")] + boxes.arguments
        var client = MailClient(RunningHandler("/usr/bin/prlimit", command, over: .socket))
        _ = client.begin(to: ["ada@example.org"])
        #expect(client.send(message: String(repeating: message, count: 4)).hasPrefix("452 4.3.1"))
        #expect(client.say("NOOP").hasPrefix("250 "))
        client.handler.hangUp()
        let ending = client.handler.wait()
        #expect(ending.log.contains("act=write-in-tmp errno=27 remedy=[limits].file_size"))
        #expect(try boxes.temporaryFiles() == 0)
    }
}

extension String {
    /// Whether a line of the trace is about an open file in the tmp of a Maildir.
    fileprivate var isAboutTemporaryFile: Bool { contains("/ada/tmp/") || contains("/eve/tmp/") }

    /// The text without CRs, removed byte by byte, because CR LF is one Character in Swift.
    fileprivate var withoutCarriageReturns: String { String(decoding: utf8.filter { $0 != 0x0d }, as: UTF8.self) }
}
