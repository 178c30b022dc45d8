// A handler's own arguments: `--name value`. A handler says what it knows; everything else is refused by name.
// Promises: wrong arguments never start a session; the message goes to the log and names what is allowed.
// Never prints on the connection, but for --help, which nobody puts into a service file.
internal import CHandler

/// The arguments of the process, read option by option.
///
///     var options = Options(usage: "echo [--on-blank silent|echo|off]")
///     let onBlank = options.choice("--on-blank", default: OnBlank.silent)
///     options.finish()
public struct Options: ~Copyable {
    private var reader = OptionReader(argument: { Arguments[$0 + 1] })

    /// - Parameter usage: one line, which `--help` prints before it ends the process.
    public init(usage: StaticBytes) {
        guard Arguments[1] == "--help" else { return }
        // Dropped on purpose: if standard output is gone, so is whoever asked.
        for part: StaticBytes in ["usage: ", usage, "\n"] { _ = part.bytes.write(to: 1) }
        chandler_exit(ExitStatus.done.rawValue)
    }

    /// The value of an option, which must be one of an enum's cases. Given twice, the last one counts.
    public mutating func choice<Choice: RawRepresentable & CaseIterable>(
        _ name: StaticBytes, default choice: Choice
    ) -> Choice where Choice.RawValue == StaticBytes {
        do throws(OptionError) {
            guard let value = try reader.value(of: name) else { return choice }
            guard let choice = Choice(rawValue: value) else { throw .notAllowed(value) }
            return choice
        } catch {
            var text = error.message(about: name)
            text.append("; allowed:")
            for allowed in Choice.allCases {
                text.append(" ")
                text.append(allowed.rawValue)
            }
            refuse(text)
        }
    }

    /// Refuses every argument that no option asked for.
    public consuming func finish() {
        do throws(OptionError) {
            try reader.finish()
        } catch {
            refuse(error.message(about: "arguments"))
        }
    }
}

/// Why arguments are refused.
enum OptionError: Error, Equatable {
    /// The option is the last argument.
    case missingValue
    /// The value is none of those allowed.
    case notAllowed(StaticBytes)
    /// No option asked for this argument.
    case unknown(StaticBytes)
    /// More arguments than can be remembered, 64.
    case tooMany

    /// The error as text for the log.
    func message(about name: StaticBytes) -> ShortText {
        var text = ShortText()
        text.append(name)
        switch self {
        case .missingValue: text.append(": needs a value")
        case .notAllowed(let value):
            text.append(": not allowed: ")
            text.append(escaping: value.bytes)
        case .unknown(let argument):
            text.append(": unknown: ")
            text.append(escaping: argument.bytes)
        case .tooMany: text.append(": too many")
        }
        return text
    }
}

/// Finds options among arguments and remembers which ones were asked for.
struct OptionReader {
    /// The argument of this number, from 0, or nil behind the last one.
    let argument: (Int) -> StaticBytes?
    private var known: UInt64 = 0

    /// - Parameter argument: the argument of a number, from 0, or nil behind the last one.
    init(argument: @escaping (Int) -> StaticBytes?) {
        self.argument = argument
    }

    /// The last value given for an option, or nil if it was not given.
    mutating func value(of name: StaticBytes) throws(OptionError) -> StaticBytes? {
        var found: StaticBytes?
        var index = 0
        while let candidate = argument(index) {
            guard index < 62 else { throw .tooMany }
            if candidate == name {
                guard let value = argument(index + 1) else { throw .missingValue }
                found = value
                known |= 0b11 << UInt64(index)
            }
            index += 2
        }
        return found
    }

    /// Errors: the first argument that is neither an option that was asked for nor its value.
    func finish() throws(OptionError) {
        var index = 0
        while let candidate = argument(index) {
            guard index < 64 else { throw .tooMany }
            guard known & 1 << UInt64(index) != 0 else { throw .unknown(candidate) }
            index += 1
        }
    }
}

/// Says why on descriptor 2, and ends the process.
private func refuse(_ message: consuming ShortText) -> Never {
    message.endLine()
    // Dropped on purpose: the exit status says it too.
    _ = message.bytes.write(to: 2)
    chandler_exit(ExitStatus.permanentFailure.rawValue)
}
