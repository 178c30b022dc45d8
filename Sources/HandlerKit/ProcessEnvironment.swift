// The environment that the process was started with, and the names that Doorward gave what it serves.
// Promises: nothing is copied, and an absent variable is nil, not empty.
// Source: design.md 5.
internal import CHandler

/// The process's environment.
public enum ProcessEnvironment {
    /// The entry of this number as NAME=value, in the order it was given, or nil behind the last one.
    public static subscript(index: Int) -> StaticBytes? {
        // Sound: the kernel's environment strings live as long as the process.
        unsafe chandler_environment(index).map { unsafe StaticBytes(immortal: $0) }
    }

    /// The value of the first variable of this name.
    public static subscript(name: StaticBytes) -> StaticBytes? {
        var index = 0
        while let entry = self[index] {
            if let value = entry.removing(prefix: name)?.removing(prefix: "=") { return value }
            index += 1
        }
        return nil
    }

    /// The service's name: its file's, without the ending. By hand, or under another super-server, it is nil.
    public static var serviceName: StaticBytes? { ProcessEnvironment["DOORWARD_SERVICE"] }
    /// The connection's name in Doorward's log. By hand, or under another super-server, it is nil.
    public static var connectionName: StaticBytes? { ProcessEnvironment["DOORWARD_CONNECTION"] }
}
