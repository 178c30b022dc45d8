// Messages from a process to one that it trusts less, in that direction only. They may carry descriptors and memory, so
// nothing comes back this way: a descriptor that arrived here would be the receiver's to close, and its sender could
// make that take long. FramePipe.swift has the other direction.
internal import CLinux

/// The sending end of a SEQPACKET pair; non-blocking. The kernel refuses what is sent to it.
package struct MessageSender: ~Copyable {
    private let channel: MessageChannel

    /// Takes over an end, by its number.
    package init(adopting number: Int32) { channel = MessageChannel(adopting: number) }

    package var number: Int32 { channel.number }

    /// Sends one message of at most 4096 bytes, and with it copies of at most two descriptors.
    ///
    /// Errors: sendmsg(2); EAGAIN when the receiver has not read the former ones, EPIPE when it is gone.
    package func send(_ bytes: [UInt8], passing passed: [Int32] = []) throws(SystemError) {
        try channel.send(bytes, passing: passed)
    }
}

/// The receiving end; non-blocking.
package struct MessageReceiver: ~Copyable {
    private let channel: MessageChannel

    /// Takes over an end, by its number.
    package init(adopting number: Int32) { channel = MessageChannel(adopting: number) }

    package var number: Int32 { channel.number }

    /// The next message.
    ///
    /// Errors: recvmsg(2).
    package func receive() throws(SystemError) -> MessageChannel.Received { try channel.receive() }
}

/// The two ends of a socket for messages.
package struct MessageSocket: ~Copyable {
    package let sender: MessageSender
    package let receiver: MessageReceiver

    /// Errors: socketpair(2).
    package init() throws(SystemError) {
        let ends = unsafe try descriptorPair("socketpair") { unsafe clinux_message_pair($0) }
        sender = MessageSender(adopting: ends.first)
        receiver = MessageReceiver(adopting: ends.second)
    }

    /// The sending end; closes the other one.
    package consuming func takeSender() -> MessageSender { sender }
    /// The receiving end; closes the other one.
    package consuming func takeReceiver() -> MessageReceiver { receiver }
}
