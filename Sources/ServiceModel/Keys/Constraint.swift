// Conditions on other keys without which a key does nothing: data, so that one place checks all of it.
// A key of `[defaults]` is no fault without its condition: perhaps only some services meet it.

/// A condition under which a key does something.
package enum Constraint: Hashable, Sendable {
    /// The file must set another key too.
    case needs(String)
    /// Another key must have this value.
    case needsValue(of: String, String)
    /// The service must listen on a unix socket.
    case needsUnixSocket
    /// The service must listen on an address.
    case needsAddress
    /// Another key must not have this value, unless the key's own value is empty.
    case uselessWith(key: String, value: String)
    /// As ``uselessWith(key:value:)``, with words for the message: what each of the two keys wants.
    case contradicts(key: String, value: String, says: String, otherSays: String)
    /// A sensor bans every client at once, and starts nothing.
    case uselessForSensor(because: String)
}
