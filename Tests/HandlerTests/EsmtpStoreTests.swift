// esmtp on disks that are full or read-only, in a mount namespace of the test (root only), and with a message that is
// larger than the memory that it may use (the release handler only, because the figure is its own).
import Glibc
import TestSupport
import Testing

// Sound: the result is only compared with nil.
private let isReleaseHandler = unsafe getenv("DOORWARD_HANDLERS_DIR") != nil

@Suite("esmtp and its disk", .serialized)
struct EsmtpStoreTests {
    let boxes: Mailboxes

    init() throws { boxes = try Mailboxes() }

    /// Starts a handler whose Maildir is on a file system that a shell prepares; at the end the shell logs the files
    /// that are left.
    private func start(_ preparation: String) -> MailClient {
        let script = """
            set -e; cd \(boxes.directory.path); mount -t tmpfs -o size=256k none ada; \(preparation)
            "$@" || true; find ada -type f | sed 's,ada/\\([a-z]*\\)/.*,left in \\1,' >&2
            """
        let command = ["-m", "sh", "-c", script, "sh", programPath("esmtp")] + boxes.arguments
        return MailClient(
            RunningHandler("/usr/bin/unshare", command, over: .socket, environment: ["PATH=/usr/bin:/bin:/usr/sbin"]))
    }

    private func end(_ client: MailClient) -> String {
        client.handler.endInput()
        _ = client.handler.receiveAll()
        return client.handler.wait().log
    }

    @Test(
        "a disk that becomes full is 452, has no file of the message, and takes the next message",
        .enabled(if: getuid() == 0))
    func full() {
        var client = start("")
        _ = client.begin(to: ["ada@example.org"])
        let large = String(repeating: "0123456789abcdef\r\n", count: 30000)
        #expect(client.send(message: large).hasPrefix("452 4.3.1"))
        for line in ["MAIL FROM:<>", "RCPT TO:<ada@example.org>"] { #expect(client.say(line).hasPrefix("250")) }
        #expect(client.send(message: "small").hasPrefix("250 "))
        #expect(client.say("MAIL FROM:<> SIZE=1000000").hasPrefix("250"))
        #expect(client.say("RCPT TO:<ada@example.org>").hasPrefix("452 4.3.1"))
        let log = end(client)
        #expect(log.contains("act=write-in-tmp errno=28"))
        #expect(log.contains("act=find-room errno=28"))
        #expect(log.contains("left in new") && !log.contains("left in tmp"))
    }

    @Test("a disk that is full already is 452 to the recipient", .enabled(if: getuid() == 0))
    func alreadyFull() {
        var client = start("mkdir ada/tmp ada/new ada/cur; cat /dev/zero > ada/rest 2>/dev/null || true")
        #expect(client.begin(to: ["ada@example.org"]).last == "452")
        #expect(end(client).contains("act=write-in-tmp errno=28"))
    }

    @Test("a read-only store is 451, and the log has a remedy", .enabled(if: getuid() == 0))
    func readOnly() {
        var client = start("mkdir ada/tmp ada/new ada/cur; mount -o remount,ro ada")
        #expect(client.begin(to: ["ada@example.org"]).last == "451")
        #expect(end(client).contains("act=create-in-tmp errno=30 remedy=user,[files].write"))
    }

    @Test(
        "a message of 1 GB is stored whole, in at most 8 MB",
        .enabled(if: isReleaseHandler, "set DOORWARD_HANDLERS_DIR to the release handlers"), .timeLimit(.minutes(2)))
    func gigabyte() throws {
        let lines = 16384
        let block = Array(String(repeating: String(repeating: "x", count: 62) + "\r\n", count: lines).utf8)
        let arguments = boxes.arguments + ["--max-size", "2G"]
        var client = MailClient(RunningHandler("esmtp", arguments, over: .socket))
        _ = client.begin(to: ["ada@example.org"])
        #expect(client.say("DATA").hasPrefix("354"))
        for _ in 0..<1024 { client.handler.send(block) }
        client.handler.send(".\r\n")
        #expect(client.reply().hasPrefix("250 "))
        client.handler.endInput()
        let ending = client.handler.wait()
        #expect((1...8192).contains(ending.peakMemory), "KB")
        var status = stat()
        let file = try #require(try boxes.files("ada/new").first)
        // Sound: the call fills the structure.
        #expect(unsafe stat(file, &status) == 0)
        let content = 1024 * lines * 63
        #expect((content + 100...content + 500).contains(Int(status.st_size)))
    }
}
