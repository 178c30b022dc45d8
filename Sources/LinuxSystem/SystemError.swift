// Turns the result of a C function into a Swift error; no other place does.
// Retries EINTR, and never on close. EBADF and EFAULT are bugs of this program, and trap.
internal import CLinux

/// A failed system call: the act, and the reason.
package struct SystemError: Error, Hashable, CustomStringConvertible {
    /// The act in the words of the log: `accept`, `bind`, `open`.
    package let act: String
    package let errno: Errno

    package init(_ act: String, _ errno: Errno) {
        self.act = act
        self.errno = errno
    }

    /// `bind: EADDRINUSE (Address already in use)`.
    package var description: String { "\(act): \(errno)" }
}

/// An error number with its name.
package struct Errno: Hashable, Sendable, CustomStringConvertible {
    package let rawValue: Int32

    package init(_ rawValue: Int32) { self.rawValue = rawValue }

    /// `EADDRINUSE`.
    package var name: String {
        // Sound: glibc returns a static string or NULL (strerrorname_np(3)).
        guard let text = unsafe clinux_error_name(rawValue) else { return "errno \(rawValue)" }
        return unsafe String(cString: text)
    }

    /// `EADDRINUSE (Address already in use)`.
    package var description: String {
        // Sound: as for `name`.
        guard let text = unsafe clinux_error_text(rawValue) else { return name }
        return unsafe "\(name) (\(String(cString: text)))"
    }

    // The numbers are those of Linux's generic table, the same on x86-64 and aarch64 (asm-generic/errno*.h).
    package static let notPermitted = Errno(1)
    package static let noEntry = Errno(2)
    package static let noProcess = Errno(3)
    package static let interrupted = Errno(4)
    package static let badDescriptor = Errno(9)
    package static let again = Errno(11)
    package static let noMemory = Errno(12)
    package static let access = Errno(13)
    package static let badAddress = Errno(14)
    package static let busy = Errno(16)
    package static let exists = Errno(17)
    package static let notDirectory = Errno(20)
    package static let isDirectory = Errno(21)
    package static let invalid = Errno(22)
    package static let filesExhausted = Errno(24)
    package static let fileTooLarge = Errno(27)
    package static let noSpace = Errno(28)
    package static let addressInUse = Errno(98)
    package static let protocolViolation = Errno(71)
    package static let connectionReset = Errno(104)
    package static let timedOut = Errno(110)
    package static let connectionRefused = Errno(111)

    /// Whether accept(2) passes on, with this error, what happened to the new connection, which is gone.
    ///
    /// Source: accept(2), "Error handling": ENETDOWN, EPROTO, ENOPROTOOPT, EHOSTDOWN, ENONET, EHOSTUNREACH, EOPNOTSUPP,
    /// ENETUNREACH; and ECONNABORTED, ECONNRESET, ETIMEDOUT.
    package var isOfAcceptedConnection: Bool { [100, 71, 92, 112, 64, 113, 95, 101, 103, 104, 110].contains(rawValue) }

    /// Whether the call may succeed later, when this process or the machine has more memory or descriptors: ENOMEM,
    /// ENFILE, EMFILE, ENOSPC, ENOBUFS.
    package var isLackOfResources: Bool { [12, 23, 24, 28, 105].contains(rawValue) }
}

/// Runs a call that returns -errno on failure, and repeats it when a signal interrupted it.
package func retrying(_ act: StaticString, _ call: () -> Int32) throws(SystemError) -> Int32 {
    while true {
        let result = call()
        if result >= 0 { return result }
        let errno = Errno(-result)
        if errno == .interrupted { continue }
        precondition(errno != .badDescriptor && errno != .badAddress, "\(act): \(errno)")
        throw SystemError("\(act)", errno)
    }
}

/// The same as ``retrying(_:_:)``, for calls that return a number of bytes.
package func retryingBytes(_ act: StaticString, _ call: () -> Int) throws(SystemError) -> Int {
    while true {
        let result = call()
        if result >= 0 { return result }
        let errno = Errno(Int32(-result))
        if errno == .interrupted { continue }
        precondition(errno != .badDescriptor && errno != .badAddress, "\(act): \(errno)")
        throw SystemError("\(act)", errno)
    }
}

/// The errno of the library call that has just failed. For libcap, which reports in no other way.
package func lastErrno() -> Errno { Errno(clinux_last_error()) }
