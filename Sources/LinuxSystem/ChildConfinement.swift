// The part of a sandbox that each child puts on between clone and exec: Sandbox makes it, Spawner applies it.

/// Descriptors that outlive every child, and how the child uses them.
package struct ChildConfinement: Hashable, Sendable {
    /// A Landlock ruleset; each child enters a domain of its own made from it. nil: none.
    package var domain: Int32?
    /// Whether that domain keeps signals inside.
    package var scopesSignals = false
    /// The directory of bare handler names when no path leads there; nil when one does.
    package var handlerDirectory: Int32?

    package static let none = ChildConfinement()

    package init(domain: Int32? = nil, scopesSignals: Bool = false, handlerDirectory: Int32? = nil) {
        self.domain = domain
        self.scopesSignals = scopesSignals
        self.handlerDirectory = handlerDirectory
    }
}
