// The settings of the handler, from its arguments.
import HandlerKit

/// The arguments, after a check that they fit together.
struct Settings {
    /// The name of the service in the greeting.
    let name: StaticBytes
    let motd: StaticBytes
    let utmp: StaticBytes
    /// The directory of further commands.
    let programs: StaticBytes?
    let programLimits: ProgramLimits
    let requirements: Requirements
    let passwords: StaticBytes?
    let groups: StaticBytes?
    let failureDelay: Duration
    let loginTimeout: Duration
    let idleLimit: Duration

    /// Reads the options, or ends the process with a message if they are wrong.
    static func read() -> Settings {
        var options = Options(
            usage: """
                command [--name NAME] [--motd FILE] [--utmp FILE] [--idle-limit TIME]
                       [--commands DIR] [--command-timeout TIME] [--command-output SIZE]
                       [--require "user NAME..." | --require "group NAME..." | --require valid-user]...
                       [--auth-file FILE] [--group-file FILE] [--login-timeout TIME] [--failure-delay TIME]
                """)
        let settings = Settings(
            name: options.text("--name") ?? ProcessEnvironment.serviceName ?? "command",
            motd: options.text("--motd") ?? "/etc/motd",
            utmp: options.text("--utmp") ?? "/run/utmp",
            programs: options.text("--commands"),
            programLimits: ProgramLimits(
                time: options.duration(
                    "--command-timeout", default: .seconds(10), allowed: .milliseconds(1)...(.seconds(3600))),
                output: options.size("--command-output", default: 65536, allowed: 1...(1 << 30))),
            requirements: Requirements(list: options.all("--require")),
            passwords: options.text("--auth-file"),
            groups: options.text("--group-file"),
            failureDelay: options.duration(
                "--failure-delay", default: .seconds(2), allowed: .zero...(.seconds(30))),
            loginTimeout: options.duration(
                "--login-timeout", default: .seconds(60), allowed: .seconds(1)...(.seconds(3600))),
            idleLimit: options.duration(
                "--idle-limit", default: .seconds(600), allowed: .seconds(1)...(.seconds(86400))))
        options.finish()
        settings.check()
        return settings
    }

    /// Refuses the options of a login that cannot work, or that would silently not take place.
    private func check() {
        guard requirements.areSpelledWell else {
            Options.refuse("--require", "not a requirement; allowed: \"user NAME...\", \"group NAME...\", valid-user")
        }
        if requirements.isEmpty {
            if passwords != nil { Options.refuse("--auth-file", "nobody is asked for a password without --require") }
            if groups != nil { Options.refuse("--group-file", "no group is asked for without --require") }
        } else {
            if passwords == nil { Options.refuse("--require", "needs --auth-file") }
            if requirements.namesGroup && groups == nil { Options.refuse("--require", "a group needs --group-file") }
        }
    }
}
