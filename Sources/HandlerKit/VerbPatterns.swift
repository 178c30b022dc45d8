// The arguments that may follow a verb: none, or one to three. Verb's initialisers make these types; handlers do not
// name them.

/// No arguments.
public struct NoArguments<Command>: VerbPattern {
    let result: Command

    /// Returns the command if nothing follows the verb.
    public func command(_ rest: InputSlice, in connection: borrowing Connection) -> Command? {
        rest.isEmpty ? result : nil
    }
}

/// One argument.
public struct OneArgument<A: VerbArgument, Command>: VerbPattern {
    let a: A
    let make: (A.Value) -> Command

    /// Returns the command if the argument matches and nothing follows.
    public func command(_ rest: InputSlice, in connection: borrowing Connection) -> Command? {
        var rest = rest
        guard let first = a.take(from: &rest, of: connection), rest.isEmpty else { return nil }
        return make(first)
    }
}

/// Two arguments.
public struct TwoArguments<A: VerbArgument, B: VerbArgument, Command>: VerbPattern {
    let a: A
    let b: B
    let make: (A.Value, B.Value) -> Command

    /// Returns the command if both arguments match and nothing follows.
    public func command(_ rest: InputSlice, in connection: borrowing Connection) -> Command? {
        var rest = rest
        guard let first = a.take(from: &rest, of: connection), let second = b.take(from: &rest, of: connection),
            rest.isEmpty
        else { return nil }
        return make(first, second)
    }
}

/// Three arguments.
public struct ThreeArguments<A: VerbArgument, B: VerbArgument, C: VerbArgument, Command>: VerbPattern {
    let a: A
    let b: B
    let c: C
    let make: (A.Value, B.Value, C.Value) -> Command

    /// Returns the command if all arguments match and nothing follows.
    public func command(_ rest: InputSlice, in connection: borrowing Connection) -> Command? {
        var rest = rest
        guard let first = a.take(from: &rest, of: connection), let second = b.take(from: &rest, of: connection),
            let third = c.take(from: &rest, of: connection), rest.isEmpty
        else { return nil }
        return make(first, second, third)
    }
}
