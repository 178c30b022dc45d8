// smtp-lab: a mail server for testing programs that send mail. It accepts the recipients of its options, answers with
// faults as often as they say, and records everything: messages as files, events as lines of JSON.
// Promises: it never sends mail on; with the same --seed the same addresses meet the same faults, in any order of
// sessions.
// Never use it for mail that must not be lost: it sends 250 before the message is safe on the disk.
// Its purpose is that of MailHog and Mailpit.
import CHandler
import HandlerKit
import SMTP

/// How strictly it treats line endings and brackets.
enum ProfileOption: StaticBytes, CaseIterable {
    /// As strictly as a server on the Internet should.
    case internet
    /// Leniently.
    case lab
}

@main
struct SMTPLab {
    /// Reads the options and holds one session.
    static func main() {
        var options = Options(
            usage: """
                smtp-lab [--hostname NAME] [--profile lab|internet] [--accept PATTERN]... \
                [--fault WHERE=WHAT[@PERCENT%]]... [--seed NUMBER] [--directory PATH] [--log FILE] [--max-size BYTES]
                """)
        var configuration = SMTPConfiguration(hostname: options.text("--hostname") ?? "smtp-lab.test")
        let profile = options.choice("--profile", default: ProfileOption.lab)
        configuration.profile = profile == .lab ? .lab : .internet
        configuration.limits.messageSize = options.size(
            "--max-size", default: configuration.limits.messageSize, allowed: 1...1 << 40)
        configuration.limits.messages = SMTPLimits.mostMessages
        configuration.limits.errors = 1000
        configuration.limits.errorsBeforeDelay = 1000
        configuration.limits.idleCommands = 1_000_000
        configuration.logLevel = .nothing
        let accepted = options.all("--accept")
        let faults = FaultRules(
            texts: options.all("--fault"),
            seed: options.number("--seed", default: Int(RandomBits.next() >> 2), allowed: 0...Int.max))
        let directory = options.text("--directory")
        let logPath = options.text("--log")
        options.finish()
        faults.refuseUnreadable()
        let log = JSONLog(descriptor: logPath.map { openLog($0) } ?? 2)
        serve { connection throws(ConnectionError) in
            let policy = LabPolicy(accepted: accepted, faults: faults, directory: directory, log: log)
            var server = SMTPServer(policy, configuration)
            return try server.run(on: &connection)
        }
    }

    /// Opens the file that events are appended to; ends the process if it cannot be opened.
    private static func openLog(_ path: StaticBytes) -> Int32 {
        let descriptor = unsafe FilePath(path).withCString { unsafe chandler_append_to_file($0) }
        if descriptor < 0 { Options.refuse("--log", "cannot be opened for appending") }
        return descriptor
    }
}
