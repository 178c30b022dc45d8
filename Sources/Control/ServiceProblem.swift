// Why the definition of a service is not served: data for programs, a sentence for people.
package import ServiceModel
package import Wire

/// What keeps the definition of a service from being in force.
package struct ServiceProblem: Hashable, Sendable, CustomStringConvertible {
    /// For people.
    package var message: String
    /// `EADDRINUSE`; nil where no system call failed, or a gate has told it in its message.
    package var errno: String?
    /// The setting that is at fault, `listen`; nil where that is not known.
    package var key: String?
    /// Where the setting stands; nil where that is not known.
    package var position: SourcePosition?
    /// Whether a gate serves the definition before.
    package var isOldInForce = false

    package init(message: String) { self.message = message }

    /// The message, and what is served all the same.
    package var description: String {
        message + (isOldInForce ? "; the old definition stays in force" : "")
    }
}

extension ServiceProblem: WireValue {
    package func write(to writer: inout WireWriter) {
        writer.write(message)
        writer.write(errno)
        writer.write(key)
        writer.write(position)
        writer.write(isOldInForce)
    }

    package init(from reader: inout WireReader) throws(WireError) {
        self.init(message: try reader.text())
        errno = try reader.optional()
        key = try reader.optional()
        position = try reader.optional()
        isOldInForce = try reader.fact()
    }
}
