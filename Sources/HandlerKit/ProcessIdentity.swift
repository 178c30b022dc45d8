// The identity of this process, for names that must not occur twice. Source: getpid(2).
internal import CHandler

/// This process, as the kernel names it.
public enum ProcessIdentity {
    /// The process id.
    public static var pid: UInt32 { UInt32(bitPattern: chandler_process_id()) }
}
