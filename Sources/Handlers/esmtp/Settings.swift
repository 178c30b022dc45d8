// The settings of esmtp, from its arguments.
import HandlerKit
import SMTP

/// The arguments of esmtp.
struct Settings {
    /// The settings of the engine.
    var configuration: SMTPConfiguration
    /// The path of the recipients file.
    let recipients: StaticBytes
    /// The text of the 554 that every client gets, or nil if esmtp takes mail.
    let refusal: StaticBytes?

    private enum ProfileOption: StaticBytes, CaseIterable {
        case internet, lab
    }

    /// Reads the arguments, and ends the process if they are wrong.
    static func read() -> Settings {
        var options = Options(
            usage: """
                esmtp --hostname NAME --recipients FILE [--profile internet|lab] [--max-size BYTES] \
                [--max-recipients N] [--max-messages N] [--command-timeout SECONDS] [--data-timeout SECONDS] \
                [--log-level 0-4] [--refuse TEXT]
                """)
        guard let hostname = options.text("--hostname") else {
            Options.refuse("--hostname", "is needed: the name of this host, as its MX record has it")
        }
        guard let recipients = options.text("--recipients") else {
            Options.refuse("--recipients", "is needed: the path of a file of addresses and Maildirs")
        }
        guard hostname.bytes.isDomainOrAddressLiteral else {
            Options.refuse(
                "--hostname", "not allowed: needs a domain's name such as mx.example.org, or an address as [192.0.2.1]")
        }

        var configuration = SMTPConfiguration(hostname: hostname)
        configuration.profile =
            options.choice("--profile", default: ProfileOption.internet) == .lab ? .lab : .internet
        let limits = configuration.limits
        configuration.limits.messageSize = options.size(
            "--max-size", default: limits.messageSize, allowed: 65536...1 << 40)
        configuration.limits.recipients = options.number(
            "--max-recipients", default: limits.recipients, allowed: 1...1000)
        configuration.limits.messages = options.number(
            "--max-messages", default: limits.messages, allowed: 1...SMTPLimits.mostMessages)
        let command = options.number("--command-timeout", default: 300, allowed: 1...86400)
        configuration.timeouts.command = .seconds(command)
        let data = options.number("--data-timeout", default: 180, allowed: 1...86400)
        configuration.timeouts.dataBlock = .seconds(data)
        configuration.timeouts.dataStart = .seconds(min(data, 120))
        let level = options.number("--log-level", default: configuration.logLevel.rawValue, allowed: 0...4)
        configuration.logLevel = SMTPLogLevel(rawValue: level) ?? configuration.logLevel
        let refusal = options.text("--refuse")
        options.finish()
        return Settings(configuration: configuration, recipients: recipients, refusal: refusal)
    }
}
