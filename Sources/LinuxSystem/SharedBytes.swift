// Bytes that one process builds and others read: sealed memory (memfd_create(2)), mapped read-only.
internal import CLinux

/// The owner of sealed memory and of its mapping here. No process can change the memory any more, not even its maker.
@safe
package struct SharedBytes: ~Copyable {
    package let descriptor: Descriptor
    private let address: UnsafeRawPointer
    private let count: Int

    /// Copies and seals. The bytes must not be empty.
    package init(sealing bytes: [UInt8], name: String) throws(SystemError) {
        let number = try retrying("memfd_create") {
            // Sound: the call uses the array only while it runs.
            unsafe bytes.withUnsafeBytes { unsafe clinux_sealed_memory(name, $0.baseAddress, $0.count) }
        }
        try self.init(mapping: Descriptor(owning: number))
    }

    /// Maps memory that another process sealed.
    package init(mapping descriptor: consuming Descriptor) throws(SystemError) {
        var count = 0
        // Sound: the call writes only `count`.
        guard let address = unsafe clinux_map_read_only(descriptor.number, &count) else {
            throw SystemError("mmap", .noMemory)
        }
        self.descriptor = descriptor
        unsafe self.address = UnsafeRawPointer(address)
        self.count = count
    }

    deinit {
        // Sound: only this owner has the mapping, and no span outlives its borrow of self.
        _ = unsafe clinux_unmap(address, count)
    }

    /// A copy of the bytes.
    package var array: [UInt8] {
        let bytes = bytes
        // Sound: the offsets are within the span.
        return (0..<bytes.byteCount).map { unsafe bytes.unsafeLoad(fromByteOffset: $0, as: UInt8.self) }
    }

    /// The bytes.
    package var bytes: RawSpan {
        @_lifetime(borrow self)
        borrowing get {
            // Sound: the mapping lives until deinit, and the span borrows self.
            unsafe _overrideLifetime(RawSpan(_unsafeStart: address, byteCount: count), borrowing: self)
        }
    }
}
