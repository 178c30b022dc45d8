// A socket that carries messages, each whole or not sent, some with descriptors. The two ends of a control connection
// have one each; MessageSocket.swift has the ends of one that carries messages in one direction only.
internal import CLinux

/// One end of a SEQPACKET socket.
package struct MessageChannel: ~Copyable {
    private let descriptor: Descriptor

    /// Takes over an end, by its number.
    package init(adopting number: Int32) { descriptor = Descriptor(owning: number) }

    package var number: Int32 { descriptor.number }

    /// Sends one message, and with it copies of the descriptors that are passed, at most two.
    ///
    /// Errors: sendmsg(2); EPIPE when the other end is gone.
    package func send(_ bytes: [UInt8], passing passed: [Int32] = []) throws(SystemError) {
        _ = try retryingBytes("sendmsg") {
            // Sound: the call uses both arrays only while it runs, and gets their counts.
            unsafe bytes.withUnsafeBytes { bytes in
                unsafe passed.withUnsafeBufferPointer {
                    unsafe clinux_send(number, bytes.baseAddress, bytes.count, $0.baseAddress, $0.count)
                }
            }
        }
    }

    /// What ``receive()`` found.
    package enum Received: ~Copyable {
        case nothing
        case closed
        case message([UInt8], PassedDescriptors)
    }

    /// The next message. The call cuts one of more than 4096 bytes; this project sends none.
    ///
    /// Errors: recvmsg(2).
    package func receive() throws(SystemError) -> Received {
        var bytes = [UInt8](repeating: 0, count: 4096)
        var passed: (Int32, Int32) = (-1, -1)
        let count: Int
        do throws(SystemError) {
            count = try retryingBytes("recvmsg") {
                // Sound: the call uses the array and the tuple, which is two adjacent 32-bit integers, only while it
                // runs.
                unsafe bytes.withUnsafeMutableBytes { bytes in
                    unsafe withUnsafeMutableBytes(of: &passed) {
                        unsafe clinux_receive(
                            number, bytes.baseAddress, bytes.count,
                            $0.baseAddress!.assumingMemoryBound(to: Int32.self))
                    }
                }
            }
        } catch  where error.errno == .again {
            return .nothing
        } catch  where error.errno == .connectionReset {
            return .closed
        }
        let descriptors = PassedDescriptors(passed.0, passed.1)
        return count == 0 ? .closed : .message(Array(bytes[..<count]), descriptors)
    }
}

/// The descriptors that came with a message. Those that are not taken are closed.
package struct PassedDescriptors: ~Copyable {
    package var first: Descriptor?
    package var second: Descriptor?

    /// - Parameters: the numbers; -1 for none.
    init(_ first: Int32, _ second: Int32) {
        self.first = first >= 0 ? Descriptor(owning: first) : nil
        self.second = second >= 0 ? Descriptor(owning: second) : nil
    }

    /// The first one; the other one is closed.
    package consuming func takeFirst() -> Descriptor? { first }
}
