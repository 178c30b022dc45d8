// The owner of a file descriptor. Closes it exactly once, when the owner's life ends.
internal import CLinux

/// An open descriptor. It is close-on-exec, like every descriptor that LinuxSystem makes.
package struct Descriptor: ~Copyable {
    /// The number, for messages and for the one function that fills a spawn plan.
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
        // A failure to close says nothing about this process, so there is nothing to do with the result: on Linux the
        // descriptor is gone whatever close(2) returns, and its error is about data that a handler wrote.
        _ = clinux_close(number)
    }

    /// Gives up ownership without closing.
    package consuming func release() -> Int32 {
        let number = number
        discard self
        return number
    }

    /// Reads once into an array, up to its size. Returns 0 at the end.
    ///
    /// Errors: read(2).
    package func read(into array: inout [UInt8]) throws(SystemError) -> Int {
        try retryingBytes("read") {
            // Sound: the call uses the array only while it runs, and gets its size.
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

/// The numbers of two descriptors that one call makes, for their owners to take over.
///
/// - Parameter make: fills an array of two.
/// Errors: those of the call.
func descriptorPair(
    _ act: StaticString, _ make: (UnsafeMutablePointer<Int32>) -> Int32
) throws(SystemError) -> (first: Int32, second: Int32) {
    var numbers: (Int32, Int32) = (-1, -1)
    _ = try retrying(act) {
        // Sound: the tuple is two adjacent 32-bit integers, as the call expects, and is used only while it runs.
        unsafe withUnsafeMutableBytes(of: &numbers) {
            unsafe make($0.baseAddress!.assumingMemoryBound(to: Int32.self))
        }
    }
    return numbers
}

/// Writes everything to a descriptor with another owner, the log or a pipe. Makes one call, and more only when the
/// kernel took a part of the bytes.
///
/// Errors: write(2).
package func writeBytes(_ bytes: borrowing Span<UInt8>, to number: Int32) throws(SystemError) {
    var written = 0
    while written < bytes.count {
        let from = written
        written += try retryingBytes("write") {
            // Sound: `from` is inside the span, which is borrowed while the call runs.
            unsafe bytes.withUnsafeBytes { unsafe clinux_write(number, $0.baseAddress! + from, $0.count - from) }
        }
    }
}
