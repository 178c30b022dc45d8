/// What Doorward may do on this machine.
package enum Privilege: Hashable, Sendable {
    /// Doorward takes every step.
    case root
    /// Doorward leaves out what needs root, and says so.
    case ordinary

    /// The privilege of this process.
    package static var current: Privilege { Accounts.isRoot ? .root : .ordinary }
}
