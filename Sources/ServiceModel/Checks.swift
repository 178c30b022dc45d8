// Programs of the administrator's own that are asked about who comes, before a handler is started: `checks = [...]`.
// mod_perl's PreConnection handlers, as programs: what they know of a client is in their environment.

/// The checks of a service.
package struct Checks: Hashable, Sendable {
    /// In their order; the first that does not end with status 0 refuses.
    package var programs: [HandlerCommand] = []
    /// How long all of them together may take for one connection, waiting for their turn included.
    package var timeout: Duration = .seconds(5)
    /// How long an answer holds for the source that it was given for; 0: only for those who wait for it.
    package var cache: Duration = .seconds(60)

    /// How many programs there may be.
    package static let most = 4
    /// How many sources of a service are checked at once. The others wait for their turn.
    package static let atOnce = 16

    package init() {}
}
