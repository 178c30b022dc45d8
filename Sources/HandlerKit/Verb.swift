// One entry of a verb table: the word that a line begins with, the arguments that follow, and the command that they
// make.
// Promises that a verb is a whole word, that a match leaves nothing of the line over, and that matching allocates
// nothing.

/// A set of groups of verbs. A protocol defines its own, with numbers from 1 to 31:
///
///     extension VerbGroups { static let member = VerbGroups(1) }
public struct VerbGroups: OptionSet, Sendable {
    /// One bit for each group.
    public let rawValue: UInt32

    /// The set with these bits.
    public init(rawValue: UInt32) { self.rawValue = rawValue }

    /// The group with a number.
    /// - Parameter number: 1 to 31; 0 is `standard`.
    public init(_ number: UInt32) {
        precondition(number < 32)
        rawValue = 1 << number
    }

    /// The group of the verbs that name no group.
    public static var standard: VerbGroups { VerbGroups(rawValue: 1) }
}

/// How the letters of a verb compare.
public enum LetterCase: Sendable {
    /// `quit` is not `QUIT`.
    case exact
    /// `quit` is `QUIT`: ASCII letters are the same in both cases. Arguments keep their case.
    case ignored
}

/// A line to match, and how to match it.
public struct VerbQuery {
    /// The line without its ending.
    let line: InputSlice
    /// How the letters of a verb compare.
    let letters: LetterCase
    /// The groups whose verbs match.
    let enabled: VerbGroups
}

/// One or more verbs, in the order in which they are written.
public protocol VerbRules<Command> {
    /// The command of a line, usually an enum.
    associatedtype Command

    /// Returns the command of the first verb that matches, or nil.
    func command(of query: VerbQuery, in connection: borrowing Connection) -> Command?
    /// Appends the name of each enabled verb, with a blank before it.
    func appendNames(enabled: VerbGroups, to text: inout ShortText)
}

/// The arguments of a verb, and the command that they make.
public protocol VerbPattern<Command> {
    /// The command of a line.
    associatedtype Command

    /// Returns the command, or nil if the arguments do not match.
    /// - Parameter rest: the line after the verb, with its blanks.
    func command(_ rest: InputSlice, in connection: borrowing Connection) -> Command?
}

/// A verb. It matches a line that is its name and its arguments, with blanks between them, and nothing more.
///
///     Verb("ADD", .number, as: Command.add, in: .member)
///
/// A name may contain blanks. A name that ends in a sign, such as `MAIL FROM:`, needs no blank after it.
public struct Verb<Pattern: VerbPattern>: VerbRules {
    /// The command of a line.
    public typealias Command = Pattern.Command

    private let name: StaticBytes
    private let groups: VerbGroups
    private let pattern: Pattern

    private init(_ name: StaticBytes, _ groups: VerbGroups, _ pattern: Pattern) {
        precondition(name.count > 0)
        self.name = name
        self.groups = groups
        self.pattern = pattern
    }

    /// A verb without arguments.
    public init<Command>(
        _ name: StaticBytes, as command: Command, in groups: VerbGroups = .standard
    ) where Pattern == NoArguments<Command> {
        self.init(name, groups, NoArguments(result: command))
    }

    /// A verb with one argument.
    public init<A, Command>(
        _ name: StaticBytes, _ a: A, as make: @escaping (A.Value) -> Command, in groups: VerbGroups = .standard
    ) where Pattern == OneArgument<A, Command> {
        self.init(name, groups, OneArgument(a: a, make: make))
    }

    /// A verb with two arguments.
    public init<A, B, Command>(
        _ name: StaticBytes, _ a: A, _ b: B, as make: @escaping (A.Value, B.Value) -> Command,
        in groups: VerbGroups = .standard
    ) where Pattern == TwoArguments<A, B, Command> {
        self.init(name, groups, TwoArguments(a: a, b: b, make: make))
    }

    /// A verb with three arguments.
    public init<A, B, C, Command>(
        _ name: StaticBytes, _ a: A, _ b: B, _ c: C, as make: @escaping (A.Value, B.Value, C.Value) -> Command,
        in groups: VerbGroups = .standard
    ) where Pattern == ThreeArguments<A, B, C, Command> {
        self.init(name, groups, ThreeArguments(a: a, b: b, c: c, make: make))
    }

    /// Returns the command, or nil if the line does not match or no group of the verb is enabled.
    public func command(of query: VerbQuery, in connection: borrowing Connection) -> Command? {
        guard !groups.isDisjoint(with: query.enabled),
            connection.bytes(of: query.line).begins(withVerb: name, query.letters)
        else { return nil }
        return pattern.command(query.line.dropFirst(name.count), in: connection)
    }

    /// Appends the name, if a group of the verb is enabled.
    public func appendNames(enabled: VerbGroups, to text: inout ShortText) {
        guard !groups.isDisjoint(with: enabled) else { return }
        text.append(" ")
        text.append(name)
    }
}

extension Span<UInt8> {
    /// Whether these bytes begin with the verb as a whole word.
    func begins(withVerb verb: StaticBytes, _ letters: LetterCase) -> Bool {
        guard count >= verb.count else { return false }
        let name = verb.bytes
        for index in name.indices {
            let same = letters == .exact ? self[index] == name[index] : self[index].lowered == name[index].lowered
            if !same { return false }
        }
        return count == verb.count || self[verb.count].isBlank || !name[verb.count - 1].isLetterOrDigit
    }
}

extension UInt8 {
    /// Whether it is a space or a tab.
    var isBlank: Bool { self == 0x20 || self == 0x09 }
    /// The byte, or the lower case of it if it is an ASCII letter.
    var lowered: UInt8 { self >= 0x41 && self <= 0x5a ? self | 0x20 : self }
    /// Whether it is an ASCII digit.
    var isDigit: Bool { self >= 0x30 && self <= 0x39 }
    /// Whether it is an ASCII letter or digit.
    public var isLetterOrDigit: Bool { isDigit || lowered >= 0x61 && lowered <= 0x7a }
}
