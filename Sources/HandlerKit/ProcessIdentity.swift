// What tells one process from another.
internal import CHandler

/// This process, as the kernel names it.
public enum ProcessIdentity {
    /// This process's id.
    public static var pid: UInt32 { UInt32(bitPattern: chandler_process_id()) }
}
