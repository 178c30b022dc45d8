/// What Doorward may do on this machine.
package enum Privilege: Hashable, Sendable {
    /// Every step is taken.
    case root
    /// What needs root is left out, and said.
    case ordinary

    /// What this process has.
    package static var current: Privilege { Accounts.isRoot ? .root : .ordinary }
}
