// The way of a handler's descriptor 2 to its gate.
internal import CLinux

/// A pipe: each handler gets a copy of its writing end, and the gate reads the other end.
package struct HandlerPipe: ~Copyable {
    private let reader: Descriptor
    private let writer: Descriptor

    package init() throws(SystemError) {
        let ends = unsafe try descriptorPair("pipe") { unsafe clinux_pipe($0) }
        reader = Descriptor(owning: ends.first)
        writer = Descriptor(owning: ends.second)
    }

    /// The number to give to a poller.
    package var readerNumber: Int32 { reader.number }
    /// The number to give to a handler.
    package var writerNumber: Int32 { writer.number }

    /// Reads the bytes that are there, up to the size of the array. Returns 0 when there are none.
    package func read(into array: inout [UInt8]) throws(SystemError) -> Int {
        do throws(SystemError) {
            return try reader.read(into: &array)
        } catch  where error.errno == .again {
            return 0
        }
    }
}
