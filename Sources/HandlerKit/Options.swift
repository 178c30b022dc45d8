// A handler's own arguments: `--name value`. A handler asks for the options that it knows; any other argument is
// refused by name.
// Promises: wrong arguments never start a session; the message goes to the log and names what is allowed.
// Never prints on the connection, except for --help, which is for a terminal and not for a service file.
internal import CHandler

/// The arguments of the process, which a handler reads option by option.
///
///     var options = Options(usage: "echo [--on-blank silent|echo|off]")
///     let onBlank = options.choice("--on-blank", default: OnBlank.silent)
///     options.finish()
public struct Options: ~Copyable {
    private var reader = OptionReader(argument: { Arguments[$0 + 1] })

    /// - Parameter usage: the line that `--help` prints before it ends the process.
    public init(usage: StaticBytes) {
        guard Arguments[1] == "--help" else { return }
        // Dropped on purpose: without standard output, there is no reader.
        for part: StaticBytes in ["usage: ", usage, "\n"] { _ = part.bytes.write(to: 1) }
        chandler_exit(ExitStatus.done.rawValue)
    }

    /// The value of an option, which must be one of an enum's cases. If the option is given twice, the last value
    /// counts.
    public mutating func choice<Choice: RawRepresentable & CaseIterable>(
        _ name: StaticBytes, default choice: Choice
    ) -> Choice where Choice.RawValue == StaticBytes {
        value(of: name, Choice.init(rawValue:)) { Self.append(Choice.self, to: &$0) } ?? choice
    }

    /// The first argument, which is no option: it must be there, and be one of an enum's cases. Call this before all
    /// options.
    ///
    ///     let command = options.word("command", Command.self)
    ///
    /// - Parameter name: the name of this argument in the message that refuses it.
    public mutating func word<Choice: RawRepresentable & CaseIterable>(
        _ name: StaticBytes, _: Choice.Type
    ) -> Choice where Choice.RawValue == StaticBytes {
        let word = reader.takeWord()
        if let word, let choice = Choice(rawValue: word) { return choice }
        var text = (word.map { OptionError.notAllowed($0) } ?? .missingValue).message(about: name)
        text.append("; allowed:")
        Self.append(Choice.self, to: &text)
        HandlerKit.refuse(text)
    }

    private static func append<Choice: RawRepresentable & CaseIterable>(
        _: Choice.Type, to text: inout ShortText
    ) where Choice.RawValue == StaticBytes {
        for allowed in Choice.allCases {
            text.append(" ")
            text.append(allowed.rawValue)
        }
    }

    /// The value of an option that is any text except an empty one, such as a name or a path; nil if the option is not
    /// given.
    public mutating func text(_ name: StaticBytes) -> StaticBytes? {
        value(of: name) {
            $0.count == 0 ? nil : $0
        } allowed: {
            $0.append(" a text that is not empty")
        }
    }

    /// The value of an option that is a whole number.
    public mutating func number(_ name: StaticBytes, default number: Int, allowed: ClosedRange<Int>) -> Int {
        value(of: name, within: allowed, { $0.bytes.decimalNumber }, "") { $1.append($0) } ?? number
    }

    /// The value of an option that is a time, as in a service file: a whole number with `ms`, `s`, `min` or `h`.
    public mutating func duration(
        _ name: StaticBytes, default duration: Duration, allowed: ClosedRange<Duration>
    ) -> Duration {
        value(of: name, within: allowed, { $0.duration }, ", as 500ms, 30s, 5min or 1h") { $1.append($0) } ?? duration
    }

    /// The value of an option that is a number of bytes, as in a service file: a whole number, perhaps with `K`, `M` or
    /// `G`.
    public mutating func size(_ name: StaticBytes, default size: Int, allowed: ClosedRange<Int>) -> Int {
        value(of: name, within: allowed, { $0.size }, " bytes, as 512, 64K or 1M") { $1.append($0) } ?? size
    }

    /// All values of an option that may be given several times.
    public mutating func all(_ name: StaticBytes) -> OptionValues {
        _ = text(name)
        return OptionValues(name: name, reader: reader)
    }

    /// Refuses an option, or the lack of one, for a reason that only the handler knows, and ends the process.
    ///
    ///     Options.refuse("--require", "needs --auth-file")
    public static func refuse(_ name: StaticBytes, _ reason: StaticBytes) -> Never {
        var text = ShortText()
        text.append(name)
        text.append(": ")
        text.append(reason)
        HandlerKit.refuse(text)
    }

    /// The last value of an option as a quantity within these bounds, or nil if it is not given.
    private mutating func value<Quantity: Comparable>(
        of name: StaticBytes, within allowed: ClosedRange<Quantity>, _ parse: (StaticBytes) -> Quantity?,
        _ examples: StaticBytes, _ append: (Quantity, inout ShortText) -> Void
    ) -> Quantity? {
        value(of: name) {
            parse($0).within(allowed)
        } allowed: { text in
            text.append(" ")
            append(allowed.lowerBound, &text)
            text.append(" to ")
            append(allowed.upperBound, &text)
            text.append(examples)
        }
    }

    /// The last value of an option, parsed, or nil if it is not given.
    private mutating func value<Value>(
        of name: StaticBytes, _ parse: (StaticBytes) -> Value?, allowed: (inout ShortText) -> Void
    ) -> Value? {
        do throws(OptionError) {
            guard let text = try reader.value(of: name) else { return nil }
            guard let value = parse(text) else { throw .notAllowed(text) }
            return value
        } catch {
            var text = error.message(about: name)
            text.append("; allowed:")
            allowed(&text)
            HandlerKit.refuse(text)
        }
    }

    /// Refuses every argument that the handler did not ask for.
    public consuming func finish() {
        do throws(OptionError) {
            try reader.finish()
        } catch {
            HandlerKit.refuse(error.message(about: "arguments"))
        }
    }
}

/// The values of an option that was given any number of times, in their order.
public struct OptionValues {
    let name: StaticBytes
    let reader: OptionReader

    /// The value with this number, from 0, or nil after the last one.
    public subscript(number: Int) -> StaticBytes? {
        var number = number
        var index = reader.first
        while let candidate = reader.argument(index) {
            if candidate == name {
                if number == 0 { return reader.argument(index + 1) }
                number -= 1
            }
            index += 2
        }
        return nil
    }
}

/// Why arguments are refused.
enum OptionError: Error, Equatable {
    /// The option is the last argument.
    case missingValue
    /// The value is not an allowed one.
    case notAllowed(StaticBytes)
    /// The handler did not ask for this argument.
    case unknown(StaticBytes)
    /// There are more than 64 arguments, which is how many the reader can note.
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

/// Finds options among arguments and notes which ones the handler asked for.
struct OptionReader {
    /// Returns the argument with a number, from 0, or nil after the last one.
    let argument: (Int) -> StaticBytes?
    private var known: UInt64 = 0
    /// The number of the first argument that is an option.
    private(set) var first = 0

    /// - Parameter argument: returns the argument with a number, from 0, or nil after the last one.
    init(argument: @escaping (Int) -> StaticBytes?) {
        self.argument = argument
    }

    /// The first argument, which is then not read as an option.
    mutating func takeWord() -> StaticBytes? {
        (first, known) = (1, known | 1)
        return argument(0)
    }

    /// The last value of an option, or nil if it is not given.
    mutating func value(of name: StaticBytes) throws(OptionError) -> StaticBytes? {
        var found: StaticBytes?
        var index = first
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

    /// Throws if an argument is left that is neither an option that the handler asked for nor its value.
    func finish() throws(OptionError) {
        var index = 0
        while let candidate = argument(index) {
            guard index < 64 else { throw .tooMany }
            guard known & 1 << UInt64(index) != 0 else { throw .unknown(candidate) }
            index += 1
        }
    }
}

/// Writes the message on descriptor 2, and ends the process.
private func refuse(_ message: consuming ShortText) -> Never {
    message.endLine()
    // Dropped on purpose: the exit status reports it too.
    _ = message.bytes.write(to: 2)
    chandler_exit(ExitStatus.permanentFailure.rawValue)
}
