// Counters that one process writes and another reads at any time, without a message: a fork shares their memory.
internal import CLinux

/// Counters, all 0 at first. A forked copy of this object counts in the same memory.
@safe
package final class SharedCounters: @unchecked Sendable {
    private let memory: UnsafeMutablePointer<UInt64>
    package let count: Int

    /// Errors: mmap(2).
    package init(count: Int) throws(SystemError) {
        precondition(count > 0, "there are no counters")
        guard let memory = unsafe clinux_counters(count) else { throw SystemError("mmap", .noMemory) }
        unsafe self.memory = memory
        self.count = count
    }

    deinit {
        // Sound: frees this process's own mapping only; another process keeps its own.
        unsafe clinux_counters_free(memory, count)
    }

    /// The value of a counter.
    package subscript(index: Int) -> UInt64 {
        get { unsafe clinux_counted(place(index)) }
        set { unsafe clinux_set_counter(place(index), newValue) }
    }

    /// Adds one to a counter.
    package func increment(_ index: Int) { unsafe clinux_count(place(index)) }

    private func place(_ index: Int) -> UnsafeMutablePointer<UInt64> {
        precondition((0..<count).contains(index), "there is no such counter")
        return unsafe memory + index
    }
}
