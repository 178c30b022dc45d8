// What a sandbox leaves for each child to take on between clone and exec: made by Sandbox, followed by Spawner.

/// Descriptors that outlive every child, and what is to be done with them.
package struct ChildConfinement: Hashable, Sendable {
    /// A Landlock ruleset that each child makes a domain of its own from; nil: none.
    package var domain: Int32?
    /// Whether that domain keeps signals inside.
    package var scopesSignals = false
    /// The directory that bare handler names are from, where no path leads there; nil: the path does.
    package var handlerDirectory: Int32?

    package static let none = ChildConfinement()

    package init(domain: Int32? = nil, scopesSignals: Bool = false, handlerDirectory: Int32? = nil) {
        self.domain = domain
        self.scopesSignals = scopesSignals
        self.handlerDirectory = handlerDirectory
    }
}
