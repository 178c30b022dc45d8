// smtp-lab: a mail server for trying out programs that send mail. It takes what it is asked to take, answers wrongly as often as it
// is asked to, and writes down everything: messages as files, events as lines of JSON.
// Promises: nothing is ever sent on; with the same --seed the same addresses meet the same faults, in whatever order sessions come.
// Never use it for mail that somebody wants: it says 250 before anything is safe on the disk.
// Source: shared/reference/protocols.md 3, last paragraphs: what MailHog and mailpit are used for.
import CHandler
import HandlerKit
import SMTP

/// How strict it is.
enum ProfileOption: StaticBytes, CaseIterable {
    /// As a server on the Internet should be.
    case internet
    /// Lenient about line endings and brackets.
    case lab
}

@main
struct SMTPLab {
    /// Reads the options and holds one session.
    static func main() {
        var options = Options(
            usage: """
                smtp-lab [--hostname NAME] [--profile lab|internet] [--accept PATTERN]... [--fault WHERE=WHAT[@PERCENT%]]... \
                [--seed NUMBER] [--directory PATH] [--log FILE] [--max-size BYTES]
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

    /// The file that events are appended to; the process ends if there can be none.
    private static func openLog(_ path: StaticBytes) -> Int32 {
        let descriptor = unsafe FilePath(path).withCString { unsafe chandler_append_to_file($0) }
        if descriptor < 0 { Options.refuse("--log", "cannot be opened for appending") }
        return descriptor
    }
}
