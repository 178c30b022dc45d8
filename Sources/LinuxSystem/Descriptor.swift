// The owner of a file descriptor: it is closed exactly once, when its owner ends.
internal import CLinux

/// An open descriptor. Close-on-exec, like every descriptor that LinuxSystem makes.
package struct Descriptor: ~Copyable {
    /// For the one function that fills a spawn plan, and for messages.
    package let number: Int32

    /// Takes ownership.
    package init(owning number: Int32) {
        precondition(number >= 0, "a descriptor is not negative")
        self.number = number
    }

    /// Another descriptor of the same open file, above 2. Source: fcntl(2), F_DUPFD_CLOEXEC.
    package static func duplicate(of number: Int32) throws(SystemError) -> Descriptor {
        Descriptor(owning: try retrying("dup") { clinux_duplicate(number) })
    }

    deinit {
        // close(2): on Linux the descriptor is gone whatever close returns, and what it returns is about data that a
        // handler wrote, not about us. So there is nothing to do with the result.
        _ = clinux_close(number)
    }

    /// Gives up ownership without closing.
    package consuming func release() -> Int32 {
        let number = number
        discard self
        return number
    }

    /// Reads once into an array, as far as it goes. 0 at the end.
    ///
    /// Errors: read(2).
    package func read(into array: inout [UInt8]) throws(SystemError) -> Int {
        try retryingBytes("read") {
            // Sound: the array is lent for the length of the call, with its size.
            unsafe array.withUnsafeMutableBytes { unsafe clinux_read(number, $0.baseAddress, $0.count) }
        }
    }

    /// Writes everything.
    ///
    /// Errors: write(2).
    package func writeAll(_ bytes: borrowing Span<UInt8>) throws(SystemError) {
        try writeBytes(bytes, to: number)
    }
}

/// Writes everything to a descriptor that somebody else owns, the log or a pipe: in one call, and on only if the kernel
/// took a part.
///
/// Errors: write(2).
package func writeBytes(_ bytes: borrowing Span<UInt8>, to number: Int32) throws(SystemError) {
    var written = 0
    while written < bytes.count {
        let from = written
        written += try retryingBytes("write") {
            // Sound: `from` is inside the span, which is borrowed for the length of the call.
            unsafe bytes.withUnsafeBytes { unsafe clinux_write(number, $0.baseAddress! + from, $0.count - from) }
        }
    }
}
