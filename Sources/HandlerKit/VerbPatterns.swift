// What may follow a verb: nothing, or one to three arguments. Made by Verb's initialisers; nobody writes these names.

/// A verb alone.
public struct NoArguments<Command>: VerbPattern {
    let result: Command

    /// The command, if nothing follows.
    public func command(_ rest: InputSlice, in connection: borrowing Connection) -> Command? {
        rest.isEmpty ? result : nil
    }
}

/// One argument.
public struct OneArgument<A: VerbArgument, Command>: VerbPattern {
    let a: A
    let make: (A.Value) -> Command

    /// The command, if the argument is as it should be and nothing follows.
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

    /// The command, if both arguments are as they should be and nothing follows.
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

    /// The command, if all arguments are as they should be and nothing follows.
    public func command(_ rest: InputSlice, in connection: borrowing Connection) -> Command? {
        var rest = rest
        guard let first = a.take(from: &rest, of: connection), let second = b.take(from: &rest, of: connection),
            let third = c.take(from: &rest, of: connection), rest.isEmpty
        else { return nil }
        return make(first, second, third)
    }
}
