// The session after the login: a greeting, then commands until quit or the end of input.
import HandlerKit

/// The built-in commands.
enum BuiltInCommand {
    case motd
    case date
    case who
    case quit
}

/// The session of one user.
struct Session: ~Copyable {
    private let settings: Settings
    private let user: ShortText
    private let programs: ProgramNames

    /// - Parameter user: the name of the user; empty without a login.
    init(settings: Settings, user: consuming ShortText) {
        self.settings = settings
        self.user = user
        programs = settings.programs.map { Self.programs(in: $0) } ?? ProgramNames()
    }

    /// Answers commands until the end of the session.
    func run(_ connection: inout Connection) throws(ConnectionError) -> ExitStatus {
        let verbs = VerbTable {
            Verb("motd", as: BuiltInCommand.motd)
            Verb("date", as: BuiltInCommand.date)
            Verb("who", as: BuiltInCommand.who)
            Verb("quit", as: BuiltInCommand.quit)
        }
        var names = ShortText()
        verbs.appendNames(to: &names)
        try connection.write("Welcome to ")
        try connection.write(settings.name)
        try write("\nAvailable commands:", names, to: &connection)
        while let event = try connection.nextLine(maximumLength: 1024) {
            guard case .line(let line) = event else {
                try connection.write("Line too long\n")
                continue
            }
            let text = connection.withoutReturns(line.text)
            switch verbs.command(of: text, in: connection) {
            case .motd?: try writeMotd(to: &connection)
            case .date?: try writeDate(to: &connection)
            case .who?:
                if try !connection.writeSessions(of: settings.utmp) {
                    try connection.write("The list of users cannot be read here\n")
                }
            case .quit?: return .done
            case nil:
                if text.isEmpty { continue }
                if let number = programs.number(of: connection.bytes(of: text)) {
                    try start(programs[number], for: &connection)
                } else {
                    try write("Commands:", names, to: &connection)
                }
            }
        }
        return .done
    }

    /// Writes a line with the names of all commands.
    private func write(
        _ beginning: StaticBytes, _ names: borrowing ShortText, to connection: inout Connection
    ) throws(ConnectionError) {
        try connection.write(beginning)
        try connection.write(names)
        for number in 0..<programs.count {
            try connection.write(" ")
            try connection.write(programs[number].bytes)
        }
        try connection.write("\n")
    }

    private func writeMotd(to connection: inout Connection) throws(ConnectionError) {
        guard let file = OpenFile.orLog(file: settings.motd) else {
            return try connection.write("There is no message of the day\n")
        }
        var buffer = ReadBuffer()
        while buffer.read(from: file.descriptor) { try connection.write(buffer.bytes) }
    }

    private func writeDate(to connection: inout Connection) throws(ConnectionError) {
        var text = ShortText()
        LocalDate.now.appendFull(to: &text)
        text.append("\n")
        try connection.write(text)
    }

    private func start(_ name: ProgramName, for connection: inout Connection) throws(ConnectionError) {
        guard let directory = settings.programs, var program = Self.program(directory, name, user) else {
            try connection.write(name.bytes)
            return try connection.write(": cannot be started\n")
        }
        let cause: StaticBytes
        switch try program.run(within: settings.programLimits, to: &connection) {
        case .itself(0): return
        case .itself(let status):
            var line = LogLine("command failed")
            line.add("name", name.bytes)
            line.add("status", status)
            return line.send()
        case .timePassed: cause = "time"
        case .outputLimit: cause = "output"
        }
        try connection.write("\n")
        try connection.write(name.bytes)
        try connection.write(cause == "time" ? ": took too long\n" : ": too much output\n")
        var line = LogLine("command stopped")
        line.add("name", name.bytes)
        line.add("limit", cause)
        line.send()
    }

    private static func program(
        _ directory: StaticBytes, _ name: ProgramName, _ user: borrowing ShortText
    ) -> RunningProgram? {
        do throws(FileError) {
            return try RunningProgram(directory: directory, name: name.bytes, user: user.bytes)
        } catch {
            var line = LogLine("cannot start command")
            line.add("name", name.bytes)
            line.add("errno", Int(error.errno))
            line.send()
            return nil
        }
    }

    private static func programs(in directory: StaticBytes) -> ProgramNames {
        do throws(FileError) {
            return try ProgramNames(directory: directory) { name in
                name.equals("motd") || name.equals("date") || name.equals("who") || name.equals("quit")
            }
        } catch {
            error.log("cannot read", directory)
            return ProgramNames()
        }
    }
}

extension Connection {
    /// The text of a line without CRs at its end, all of which the original removes too.
    func withoutReturns(_ text: InputSlice) -> InputSlice {
        let bytes = bytes(of: text)
        var count = bytes.count
        while count > 0, bytes[count - 1] == 0x0d { count -= 1 }
        return text.prefix(count)
    }
}
