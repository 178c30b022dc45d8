// The ends of channels, for tests in which one process has both.
internal import Glibc
package import LinuxSystem

/// The end of the process that would have been started, beside the parent's.
package func childEnd(of channel: borrowing ProcessChannel) throws(SystemError) -> ChildEnd {
    let numbers = channel.child.numbers
    return ChildEnd(
        adopting: ChildEnd.Numbers(orders: try copy(of: numbers.orders), reports: try copy(of: numbers.reports)))
}

/// The two ends of a channel between processes of which neither trusts the other.
package struct FrameChannelEnds: ~Copyable {
    package var gate: FrameChannel?
    package var resolver: FrameChannel?

    package init() throws(SystemError) {
        var other: FrameChannel?
        gate = try FrameChannelPair().takeOne { other = consume $0 }
        resolver = other.take()
    }
}

private func copy(of number: Int32) throws(SystemError) -> Int32 { try Descriptor.duplicate(of: number).release() }

/// Calls `body` while this thread has SIGPIPE blocked, as our processes have it, and takes the signal away again.
package func withoutPipeSignal(_ body: () throws -> Void) rethrows {
    var (pipe, before) = (sigset_t(), sigset_t())
    // Sound: each call gets sets of its own, and uses them only while it runs.
    unsafe sigemptyset(&pipe)
    unsafe sigaddset(&pipe, SIGPIPE)
    unsafe pthread_sigmask(SIG_BLOCK, &pipe, &before)
    defer {
        var atOnce = timespec()
        _ = unsafe sigtimedwait(&pipe, nil, &atOnce)
        unsafe pthread_sigmask(SIG_SETMASK, &before, nil)
    }
    try body()
}
