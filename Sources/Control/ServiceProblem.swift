// The reason why the definition of a service is not in force: data for programs, a sentence for people.
package import ServiceModel
package import Wire

/// The reason why the definition of a service is not in force.
package struct ServiceProblem: Hashable, Sendable, CustomStringConvertible {
    /// For people.
    package var message: String
    /// `EADDRINUSE`; nil when no system call failed, or when a gate has named the error in its message.
    package var errno: String?
    /// The setting that is at fault, `listen`; nil when it is not known.
    package var key: String?
    /// The place of the setting; nil when it is not known.
    package var position: SourcePosition?
    /// Whether a gate still serves the previous definition.
    package var isOldInForce = false

    package init(message: String) { self.message = message }

    /// The message, and whether the previous definition is still served.
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
