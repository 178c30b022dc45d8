// One line of a verb table: a word that a line may begin with, what may follow it, and the command that they make.
// Promises that a verb is a whole word, that nothing of the line is left over, and that matching allocates nothing.

/// A set of groups of verbs. A protocol names its own, with numbers from 1 to 31:
///
///     extension VerbGroups { static let member = VerbGroups(1) }
public struct VerbGroups: OptionSet, Sendable {
    /// One bit for each group.
    public let rawValue: UInt32

    /// The set of these bits.
    public init(rawValue: UInt32) { self.rawValue = rawValue }

    /// The group of a number.
    /// - Parameter number: 1 to 31; 0 is `standard`.
    public init(_ number: UInt32) {
        precondition(number < 32)
        rawValue = 1 << number
    }

    /// The group of verbs that name none.
    public static var standard: VerbGroups { VerbGroups(rawValue: 1) }
}

/// Whether `quit` is `QUIT`.
public enum LetterCase: Sendable {
    /// It is not.
    case exact
    /// It is: ASCII letters are the same in both cases. Arguments keep theirs.
    case ignored
}

/// A line, and how it is looked at.
public struct VerbQuery {
    /// The line without its ending.
    let line: InputSlice
    /// How letters compare.
    let letters: LetterCase
    /// The groups that are listened to.
    let enabled: VerbGroups
}

/// One or more verbs in their written order.
public protocol VerbRules<Command> {
    /// What a line becomes: usually an enum.
    associatedtype Command

    /// The command of the first verb that matches, or nil.
    func command(of query: VerbQuery, in connection: borrowing Connection) -> Command?
    /// Appends the name of each enabled verb, once, with a blank before it.
    func appendNames(enabled: VerbGroups, to text: inout ShortText)
}

/// What follows a verb, and the command it makes.
public protocol VerbPattern<Command> {
    /// What the line becomes.
    associatedtype Command

    /// The command, or nil if what follows is not as it should be.
    /// - Parameter rest: what follows the verb, with its blanks.
    func command(_ rest: InputSlice, in connection: borrowing Connection) -> Command?
}

/// A verb. It matches a line that begins with its name and goes on with its arguments, with blanks between, and nothing after.
///
///     Verb("ADD", .number, as: Command.add, in: .member)
///
/// A name may hold blanks, and one that ends in a sign, such as `MAIL FROM:`, needs no blank after it.
public struct Verb<Pattern: VerbPattern>: VerbRules {
    /// What the line becomes.
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

    /// The verb alone.
    public init<Command>(
        _ name: StaticBytes, as command: Command, in groups: VerbGroups = .standard
    ) where Pattern == NoArguments<Command> {
        self.init(name, groups, NoArguments(result: command))
    }

    /// The verb with one argument.
    public init<A, Command>(
        _ name: StaticBytes, _ a: A, as make: @escaping (A.Value) -> Command, in groups: VerbGroups = .standard
    ) where Pattern == OneArgument<A, Command> {
        self.init(name, groups, OneArgument(a: a, make: make))
    }

    /// The verb with two arguments.
    public init<A, B, Command>(
        _ name: StaticBytes, _ a: A, _ b: B, as make: @escaping (A.Value, B.Value) -> Command,
        in groups: VerbGroups = .standard
    ) where Pattern == TwoArguments<A, B, Command> {
        self.init(name, groups, TwoArguments(a: a, b: b, make: make))
    }

    /// The verb with three arguments.
    public init<A, B, C, Command>(
        _ name: StaticBytes, _ a: A, _ b: B, _ c: C, as make: @escaping (A.Value, B.Value, C.Value) -> Command,
        in groups: VerbGroups = .standard
    ) where Pattern == ThreeArguments<A, B, C, Command> {
        self.init(name, groups, ThreeArguments(a: a, b: b, c: c, make: make))
    }

    /// The command, if the line is this verb's and its group is enabled.
    public func command(of query: VerbQuery, in connection: borrowing Connection) -> Command? {
        guard !groups.isDisjoint(with: query.enabled),
            connection.bytes(of: query.line).begins(withVerb: name, query.letters)
        else { return nil }
        return pattern.command(query.line.dropFirst(name.count), in: connection)
    }

    /// Appends the name, if its group is enabled.
    public func appendNames(enabled: VerbGroups, to text: inout ShortText) {
        guard !groups.isDisjoint(with: enabled) else { return }
        text.append(" ")
        text.append(name)
    }
}

extension Span<UInt8> {
    /// Whether these bytes begin with a verb that is a word of its own there.
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
    /// A space or a tab.
    var isBlank: Bool { self == 0x20 || self == 0x09 }
    /// An ASCII letter in lower case; anything else as it is.
    var lowered: UInt8 { self >= 0x41 && self <= 0x5a ? self | 0x20 : self }
    /// Whether it is a digit of ASCII.
    var isDigit: Bool { self >= 0x30 && self <= 0x39 }
    /// Whether it is a letter or a digit of ASCII.
    public var isLetterOrDigit: Bool { isDigit || lowered >= 0x61 && lowered <= 0x7a }
}
