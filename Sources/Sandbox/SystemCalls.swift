// Placeholder for the table of system calls that is being written elsewhere.

package enum SystemCalls {
    /// Why this is not the name of a system call; nil when it is one.
    package static func problem(with name: String) -> String? { nil }
}
