// Numbers that one process writes and another reads at any time, without a message: memory that both have since a fork.
internal import CLinux

/// Counters, all 0 at first. Whoever has a copy by fork counts in the same memory.
@safe
package final class SharedCounters: @unchecked Sendable {
    private let memory: UnsafeMutablePointer<UInt64>
    package let count: Int

    /// Errors: mmap(2).
    package init(count: Int) throws(SystemError) {
        precondition(count > 0, "there is something to count")
        guard let memory = unsafe clinux_counters(count) else { throw SystemError("mmap", .noMemory) }
        unsafe self.memory = memory
        self.count = count
    }

    deinit {
        // Sound: the mapping is this process's own; another one's lives on.
        unsafe clinux_counters_free(memory, count)
    }

    /// The value of a counter.
    package subscript(index: Int) -> UInt64 {
        get { unsafe clinux_counted(place(index)) }
        set { unsafe clinux_set_counter(place(index), newValue) }
    }

    /// One more.
    package func increment(_ index: Int) { unsafe clinux_count(place(index)) }

    private func place(_ index: Int) -> UnsafeMutablePointer<UInt64> {
        precondition((0..<count).contains(index), "there is no such counter")
        return unsafe memory + index
    }
}
