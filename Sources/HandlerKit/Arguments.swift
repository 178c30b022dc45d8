// The arguments that the process was started with. Promises: nothing is copied.
internal import CHandler

/// The process's arguments; number 0 is its own name.
public enum Arguments {
    /// The argument of this number, or nil after the last one.
    public static subscript(index: Int) -> StaticBytes? {
        // Sound: the kernel's argument strings live as long as the process.
        unsafe chandler_argument(index).map { unsafe StaticBytes(immortal: $0) }
    }
}
