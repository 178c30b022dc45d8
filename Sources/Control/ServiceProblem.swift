// The reason why the definition of a service is not in force: data for programs, a sentence for people.
package import HostDefinition
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
    /// The place of the setting, in the file of the service or in that of the defaults; nil when no file sets it.
    package var position: SourcePosition?
    /// Whether a gate still serves the previous definition.
    package var isOldInForce = false

    package init(message: String) { self.message = message }

    /// The reason why no gate of a definition serves, with the setting that it names.
    package init(reason: String, of definition: ServiceDefinition) {
        self.init(message: reason)
        let setting = definition.setting(namedIn: reason)
        key = setting?.key
        position = setting?.position
    }

    /// A fault of the service's file.
    package init(_ fault: Problem, isOldInForce: Bool) {
        self.init(message: fault.message)
        errno = fault.errno
        key = fault.key
        position = fault.position
        self.isOldInForce = isOldInForce
    }

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
