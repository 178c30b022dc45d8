// What the process was started with: its arguments, its environment, and the peer that the environment names.
// Promises: nothing is copied, and an absent variable is nil, not empty.
// Sources: design.md 5; the names are UCSPI's (cr.yp.to/proto/ucspi.txt) and Doorward's own.
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

/// Who is on the other end, as Doorward says in the environment. By hand, over pipes, all of it is nil.
public enum Peer {
    /// `TCP`, `IPC`, …: whose variables the others are.
    public static var transport: StaticBytes? { Environment["PROTO"] }
    /// The peer's address as text; an IPv4 peer is always written as IPv4.
    public static var address: StaticBytes? { Environment["TCPREMOTEIP"] }
    /// The peer's port, in decimal.
    public static var port: StaticBytes? { Environment["TCPREMOTEPORT"] }
    /// The service that this handler serves.
    public static var service: StaticBytes? { Environment["DOORWARD_SERVICE"] }
    /// The connection's name in Doorward's log.
    public static var connection: StaticBytes? { Environment["DOORWARD_CONNECTION"] }
}
