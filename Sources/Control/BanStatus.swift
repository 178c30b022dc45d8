// A ban, as `doorward blocked` shows it.
package import Addresses
package import Wire

/// A ban in force at one moment.
package struct BanStatus: Hashable, Sendable {
    package var prefix: IPPrefix
    /// The text of a BanCause.
    package var cause: String
    /// The time since it began.
    package var age: Duration
    /// The time until it ends; nil: it does not end.
    package var left: Duration?
    /// Connections that it refused.
    package var hits: Int
    /// Bans in a row, this one included.
    package var strikes: Int

    package init(prefix: IPPrefix, cause: String, age: Duration, left: Duration?, hits: Int, strikes: Int) {
        self.prefix = prefix
        self.cause = cause
        self.age = age
        self.left = left
        self.hits = hits
        self.strikes = strikes
    }
}

extension BanStatus: WireValue {
    package func write(to writer: inout WireWriter) {
        writer.write(prefix)
        writer.write(cause)
        writer.write(age)
        writer.write(left)
        writer.write(hits)
        writer.write(strikes)
    }

    package init(from reader: inout WireReader) throws(WireError) {
        self.init(
            prefix: try reader.value(), cause: try reader.text(), age: try reader.value(), left: try reader.optional(),
            hits: try reader.value(), strikes: try reader.value())
    }
}
