// What a key is useless without, or useless beside: data, so that one place checks all of it.
// A key from `[defaults]` is never at fault: only some services may have the other key.

/// A condition under which a key does something.
package enum Constraint: Hashable, Sendable {
    /// Another key must be there too.
    case needs(String)
    /// Another key must have this value.
    case needsValue(of: String, String)
    /// The service must listen on a unix socket.
    case needsUnixSocket
    /// The service must listen on an address.
    case needsAddress
    /// Another key must not have this value, unless the key's own value is empty.
    case uselessWith(key: String, value: String)
    /// The same, where a message says in words what each of the two wants.
    case contradicts(key: String, value: String, says: String, otherSays: String)
    /// A sensor bans every client at once, and starts nothing.
    case uselessForSensor(because: String)
}
