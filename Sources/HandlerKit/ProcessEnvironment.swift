// The environment that the process was started with, and the names of the service and the connection in it.
// Promises: nothing is copied, and an absent variable is nil, not empty.
// Source: doorward(8) for the variables that Doorward sets.
internal import CHandler

/// The process's environment.
public enum ProcessEnvironment {
    /// The entry with this number as NAME=value, in the order of the environment, or nil after the last one.
    public static subscript(index: Int) -> StaticBytes? {
        // Sound: the kernel's environment strings live as long as the process.
        unsafe chandler_environment(index).map { unsafe StaticBytes(immortal: $0) }
    }

    /// The value of the first variable with this name.
    public static subscript(name: StaticBytes) -> StaticBytes? {
        var index = 0
        while let entry = self[index] {
            if let value = entry.removing(prefix: name)?.removing(prefix: "=") { return value }
            index += 1
        }
        return nil
    }

    /// The name of the service: that of its file, without the ending. Nil by hand, or under another super-server.
    public static var serviceName: StaticBytes? { ProcessEnvironment["DOORWARD_SERVICE"] }
    /// The name of the connection in Doorward's log. Nil by hand, or under another super-server.
    public static var connectionName: StaticBytes? { ProcessEnvironment["DOORWARD_CONNECTION"] }
}
