// What handlers write to their descriptor 2, on its way to their gate.
internal import CLinux

/// A pipe of which one end is given away, again and again, and the other is read when there is something.
package struct HandlerPipe: ~Copyable {
    private let reader: Descriptor
    private let writer: Descriptor

    package init() throws(SystemError) {
        var ends: (Int32, Int32) = (-1, -1)
        _ = try retrying("pipe") {
            unsafe withUnsafeMutableBytes(of: &ends) {
                // Sound: the tuple is two ints, one after the other.
                unsafe clinux_pipe($0.bindMemory(to: Int32.self).baseAddress)
            }
        }
        reader = Descriptor(owning: ends.0)
        writer = Descriptor(owning: ends.1)
    }

    /// For a poller.
    package var readerNumber: Int32 { reader.number }
    /// For those who write.
    package var writerNumber: Int32 { writer.number }

    /// Reads what is there, as far as the array goes; 0 when nothing is.
    package func read(into array: inout [UInt8]) throws(SystemError) -> Int {
        do throws(SystemError) {
            return try reader.read(into: &array)
        } catch  where error.errno == .again {
            return 0
        }
    }
}
