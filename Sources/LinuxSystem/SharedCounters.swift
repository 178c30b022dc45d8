// Counters that one process writes and another reads at any time, without a message. Their memory is
// a memfd, so that a program that this process executes can go on with it.
// Shape: a word with the version (upper half) and the number of counters, then the counters; each word is 8 bytes.
internal import CLinux

/// Counters, all 0 at first. A forked copy of this object counts in the same memory.
///
/// Any process that writes the counters may write anything, the first word too: that is read once, when the memory is
/// taken over, and the memory's size is the kernel's answer.
@safe
package final class SharedCounters: @unchecked Sendable {
    private let memory: UnsafeMutablePointer<UInt64>
    package let count: Int
    package let descriptor: Descriptor

    /// - Parameter version: of the meaning of the counters.
    /// Errors: memfd_create(2), mmap(2).
    package init(count: Int, version: UInt32) throws(SystemError) {
        precondition(count > 0, "there are no counters")
        let made = Descriptor(owning: try retrying("memfd_create") { clinux_counters_make(count + 1) })
        guard let memory = unsafe clinux_counters_map(made.number, count + 1) else {
            throw SystemError("mmap", .noMemory)
        }
        unsafe clinux_set_counter(memory, Self.head(count: count, version: version))
        unsafe self.memory = memory
        self.count = count
        descriptor = made
    }

    /// Takes over the memory of counters that a former program made; nil for counters of another version or number.
    package init?(adopting former: consuming Descriptor, count: Int, version: UInt32) {
        guard let memory = unsafe clinux_counters_map(former.number, count + 1) else { return nil }
        guard unsafe clinux_counted(memory) == Self.head(count: count, version: version) else {
            unsafe clinux_counters_free(memory, count + 1)
            return nil
        }
        unsafe self.memory = memory
        self.count = count
        descriptor = former
    }

    deinit {
        // Sound: frees this process's own mapping only; another process keeps its own.
        unsafe clinux_counters_free(memory, count + 1)
    }

    private static func head(count: Int, version: UInt32) -> UInt64 { UInt64(version) << 32 | UInt64(count) }

    /// The value of a counter.
    package subscript(index: Int) -> UInt64 {
        get { unsafe clinux_counted(place(index)) }
        set { unsafe clinux_set_counter(place(index), newValue) }
    }

    /// Adds one to a counter.
    package func increment(_ index: Int) { unsafe clinux_count(place(index)) }

    private func place(_ index: Int) -> UnsafeMutablePointer<UInt64> {
        precondition((0..<count).contains(index), "there is no such counter")
        return unsafe memory + 1 + index
    }
}
