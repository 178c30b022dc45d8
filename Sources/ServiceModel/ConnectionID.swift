// The name of a connection in the log, in the environment of its handler and on the command line.
package import Text

/// The name of a connection: unique among the running gates of this machine.
package struct ConnectionID: Hashable, Sendable {
    /// The gate's process.
    package let pid: Int32
    /// Counted from 1 by the gate.
    package let number: UInt64

    package init(pid: Int32, number: UInt64) {
        self.pid = pid
        self.number = number
    }
}

extension ByteText {
    package mutating func append(_ connection: ConnectionID) {
        append(decimal: Int(connection.pid))
        append(UInt8(ascii: "."))
        append(decimal: connection.number)
    }
}
