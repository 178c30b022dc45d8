// Programs of the administrator that are asked about a client before a handler is started: `checks = [...]`.
// They are what PreConnection handlers are in mod_perl. Facts about the client are in their environment.

/// The checks of a service.
package struct Checks: Hashable, Sendable {
    /// In the order of the file; the first one that does not end with status 0 refuses.
    package var programs: [HandlerCommand] = []
    /// The time for all programs together for one connection, including the wait for their turn.
    package var timeout: Duration = .seconds(5)
    /// How long an answer is valid for its source; 0: only for the connections that wait for it.
    package var cache: Duration = .seconds(60)

    /// The most programs of a service.
    package static let most = 4
    /// How many sources of a service are checked at once. The others wait for their turn.
    package static let atOnce = 16

    package init() {}
}
