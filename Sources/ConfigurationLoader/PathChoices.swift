// What the command line says about where things are; it wins over doorward.toml.

/// Where files are, as far as the command line says.
package struct PathChoices: Hashable, Sendable {
    /// doorward.toml; nil: none is read.
    package var configuration: String?
    package var services: String?
    package var handlers: String?
    package var state: String?

    package init() {}
}
