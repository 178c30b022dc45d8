// The channel between the supervisor and one gate: short messages, each whole or not sent, some with a descriptor.
internal import CLinux

/// One end of a SEQPACKET pair; non-blocking.
package struct MessageChannel: ~Copyable {
    private let descriptor: Descriptor

    private init(_ descriptor: consuming Descriptor) { self.descriptor = descriptor }

    /// Takes over an end, by the number that it had before a fork.
    package init(adopting number: Int32) { descriptor = Descriptor(owning: number) }

    package var number: Int32 { descriptor.number }

    /// Two ends that are connected to each other.
    package static func pair() throws(SystemError) -> MessagePair {
        var ends: (Int32, Int32) = (-1, -1)
        _ = try retrying("socketpair") {
            // Sound: the tuple is two adjacent 32-bit integers, as the call expects.
            unsafe withUnsafeMutableBytes(of: &ends) {
                unsafe clinux_message_pair($0.baseAddress!.assumingMemoryBound(to: Int32.self))
            }
        }
        return MessagePair(
            supervisor: MessageChannel(Descriptor(owning: ends.0)), gate: MessageChannel(Descriptor(owning: ends.1)))
    }

    /// Sends one message, and with it a copy of a descriptor if one is passed.
    ///
    /// Errors: sendmsg(2); EPIPE when the other end is gone.
    package func send(_ bytes: [UInt8], passing passed: Int32? = nil) throws(SystemError) {
        _ = try retryingBytes("sendmsg") {
            // Sound: the call uses the array only while it runs.
            unsafe bytes.withUnsafeBytes { unsafe clinux_send(number, $0.baseAddress, $0.count, passed ?? -1) }
        }
    }

    /// Sends a message that its receiver can do without: it is dropped when the other end is busy, because this process
    /// waits for no other, and when the other end is gone, which ``receive()`` tells.
    ///
    /// - Returns: whether the message was sent.
    @discardableResult
    package func offer(_ bytes: [UInt8]) -> Bool {
        do throws(SystemError) {
            try send(bytes)
            return true
        } catch {
            return false
        }
    }

    /// What ``receive()`` found.
    package enum Received: ~Copyable {
        case nothing
        case closed
        case message([UInt8], Descriptor?)
    }

    /// The next message. The call cuts one of more than 4096 bytes; this project sends none.
    ///
    /// Errors: recvmsg(2).
    package func receive() throws(SystemError) -> Received {
        var bytes = [UInt8](repeating: 0, count: 4096)
        var passed: Int32 = -1
        let count: Int
        do throws(SystemError) {
            count = try retryingBytes("recvmsg") {
                // Sound: the call uses the array only while it runs.
                unsafe bytes.withUnsafeMutableBytes {
                    unsafe clinux_receive(number, $0.baseAddress, $0.count, &passed)
                }
            }
        } catch  where error.errno == .again {
            return .nothing
        } catch  where error.errno == .connectionReset {
            return .closed
        }
        let descriptor: Descriptor? = passed >= 0 ? Descriptor(owning: passed) : nil
        return count == 0 ? .closed : .message(Array(bytes[..<count]), descriptor)
    }
}

/// The two ends of a channel.
package struct MessagePair: ~Copyable {
    package let supervisor: MessageChannel
    package let gate: MessageChannel

    /// The supervisor's end. The gate has a copy of the other end by the fork, and this process closes its own.
    package consuming func takeSupervisorEnd() -> MessageChannel { supervisor }

    /// Returns the gate's end and gives the supervisor's end to a third process.
    ///
    /// - Returns: the gate's end.
    package consuming func takeGateEnd(giving take: (consuming MessageChannel) -> Void) -> MessageChannel {
        take(supervisor)
        return gate
    }

    package init(supervisor: consuming MessageChannel, gate: consuming MessageChannel) {
        self.supervisor = supervisor
        self.gate = gate
    }
}
