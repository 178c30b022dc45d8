// What the process was started with: its arguments, its environment, and the names that Doorward gave what it serves.
// Promises: nothing is copied, and an absent variable is nil, not empty.
// Source: design.md 5.
internal import CHandler

/// The process's arguments; number 0 is its own name.
public enum Arguments {
    /// The argument of this number, or nil behind the last one.
    public static subscript(index: Int) -> StaticBytes? {
        // Sound: the kernel's argument strings live as long as the process.
        unsafe chandler_argument(index).map { unsafe StaticBytes(immortal: $0) }
    }
}

/// The process's environment.
public enum Environment {
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
}

/// What Doorward calls what it started this handler for. By hand, or under another super-server, both are nil.
public enum Service {
    /// The service's name: its file's, without the ending.
    public static var name: StaticBytes? { Environment["DOORWARD_SERVICE"] }
    /// The connection's name in Doorward's log.
    public static var connection: StaticBytes? { Environment["DOORWARD_CONNECTION"] }
}
