// Waiting for descriptors to become readable: epoll(7), level-triggered.
internal import CLinux

/// A set of descriptors, each with a token that comes back when it is readable, closed or in error.
package struct Poller: ~Copyable {
    private let descriptor: Descriptor
    private var events = InlineArray<64, clinux_event>(repeating: clinux_event())

    package init() throws(SystemError) {
        descriptor = Descriptor(owning: try retrying("epoll_create1") { clinux_poll_create() })
    }

    package var number: Int32 { descriptor.number }

    /// The number of tokens that one wait returns at most; after that many, more may be ready.
    package var mostAtOnce: Int { events.count }

    package func add(_ number: Int32, token: UInt64) throws(SystemError) {
        _ = try retrying("epoll_ctl") { clinux_poll_add(descriptor.number, number, token) }
    }

    package func remove(_ number: Int32) throws(SystemError) {
        _ = try retrying("epoll_ctl") { clinux_poll_remove(descriptor.number, number) }
    }

    /// Waits, and returns how many tokens are ready. A signal ends the wait, and so does SIGCONT of a process that was
    /// stopped; what is ready then is told all the same.
    ///
    /// - Parameter timeoutNanoseconds: nil waits without a limit; zero or a negative time does not wait.
    package mutating func wait(timeoutNanoseconds: Int64?) throws(SystemError) -> Int {
        // Rounds up, so that a loop does not spin through the last part of a millisecond.
        let milliseconds = timeoutNanoseconds.map { nanoseconds in
            Int32(clamping: max(nanoseconds, 0) / 1_000_000 + (nanoseconds % 1_000_000 > 0 ? 1 : 0))
        }
        var result = poll(milliseconds: milliseconds ?? -1)
        if Errno(-result) == .interrupted { result = poll(milliseconds: 0) }
        guard result >= 0 else { throw SystemError("epoll_wait", Errno(-result)) }
        return Int(result)
    }

    private mutating func poll(milliseconds: Int32) -> Int32 {
        var span = events.mutableSpan
        // Sound: the call fills the span's own buffer, and gets its count.
        return unsafe span.withUnsafeMutableBufferPointer {
            unsafe clinux_poll_wait(descriptor.number, $0.baseAddress, Int32($0.count), milliseconds)
        }
    }

    /// The token of the ready descriptor at `index`, which is below the result of ``wait(timeoutNanoseconds:)``.
    package func token(at index: Int) -> UInt64 { events[index].token }
}

extension Poller {
    /// Waits for room in one descriptor or input in another; for a process that has only these two to wait for, of
    /// which one may be a file on a disk: epoll refuses that, and it always has room.
    ///
    /// - Parameters:
    ///   - input: -1 for none.
    ///   - milliseconds: nil waits without a limit.
    /// - Returns: neither after the time, or after a signal.
    /// Errors: poll(2).
    package static func waitForEither(
        output: Int32, input: Int32, milliseconds: Int32?
    ) throws(SystemError) -> (output: Bool, input: Bool) {
        let ready = try retrying("poll") { clinux_wait_for_either(output, input, milliseconds ?? -1) }
        return (ready & 1 != 0, ready & 2 != 0)
    }
}
