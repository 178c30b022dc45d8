// What the command line says; it wins over doorward.toml.

/// Where a supervisor finds and keeps things.
package struct SupervisorOptions: Hashable, Sendable {
    /// doorward.toml; nil: none is read.
    package var configuration: String?
    package var services: String?
    package var handlers: String?
    package var state: String?
    /// Gets a line `SERVICE ADDRESS` for each open listener and is then closed.
    package var readyNumber: Int32?

    package init() {}
}
