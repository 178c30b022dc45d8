// The form of a key's value: its type, its unit and its bounds. Configuration reads by the form, `explain` and the
// manual's test show by it, and the round trip tests of the wire are generated from it.

/// The form of a setting's value.
package indirect enum Form: Hashable, Sendable {
    /// `true` or `false`.
    case flag
    /// A whole number of a range.
    case count(ClosedRange<Int>)
    /// A number with two decimals, kept in hundredths.
    case decimal(ClosedRange<Int>)
    /// `"30s"`; kept in nanoseconds.
    case duration(LeastDuration)
    /// `"64M"`; kept in bytes.
    case size(LeastSize)
    /// `"30/min"`.
    case rate
    /// Octal digits in quotes.
    case octal(most: UInt32)
    /// One of a few words.
    case choice([String])
    /// A path from the directory of the file.
    case path
    /// A path that begins with a slash.
    case absolutePath
    /// A user's name or number; kept as the number.
    case user
    /// A group's name or number; kept as the number.
    case group
    /// A list of groups.
    case groups
    /// A list of addresses and prefixes. With `example`, an empty list is a fault.
    case prefixes(example: String?)
    /// A list of name servers, one or more.
    case nameServers(most: Int)
    /// A list of absolute paths.
    case paths
    /// A program with its arguments.
    case program
    /// A list of programs; a message calls them by the name.
    case programs(most: Int, called: String)
    /// A value of the inner form, or `"unlimited"`.
    case orUnlimited(Form)
    /// A form of a single key, which Configuration reads by a function of its own.
    case own(OwnForm)

    /// The shortest duration that is allowed.
    package enum LeastDuration: Hashable, Sendable {
        case any
        case moreThanZero
        /// At least a second.
        case second
        /// At least a second, and whole seconds.
        case wholeSeconds
    }

    /// The smallest size that is allowed.
    package enum LeastSize: Hashable, Sendable { case any, moreThanZero }
}

/// The forms of a single key each.
package enum OwnForm: String, Hashable, Sendable, CaseIterable {
    case listen, user, capabilities, access, environment, denyMessage, hours, timeZone, dnsbl, network, systemCalls
    case privateTemporary, root, exitPoints
}
