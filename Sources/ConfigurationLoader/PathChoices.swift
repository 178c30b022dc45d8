// The paths that the command line chooses; they replace those of doorward.toml.

/// The paths of files and directories; nil for each that the command line does not name.
package struct PathChoices: Hashable, Sendable {
    /// The path of doorward.toml; nil: none is read.
    package var configuration: String?
    package var services: String?
    package var handlers: String?
    package var state: String?

    package init() {}
}
