// What connects two of our own processes: a channel between the supervisor and a process that it has started, and one
// between two of those.
// What goes down may carry descriptors and memory; what goes up carries bytes and nothing else. So no process closes,
// receives or waits for something that a less trusted one has prepared.

/// The supervisor's end of its channel with a process that it has started.
package struct ParentEnd: ~Copyable {
    private let orders: MessageSender
    private var reports: FrameReader

    package init(orders: consuming MessageSender, reports: consuming FrameReader) {
        self.orders = orders
        self.reports = reports
    }

    /// What tells a poller that there is something to ``receive()``.
    package var number: Int32 { reports.number }

    /// Sends one message. Errors: as ``MessageSender/send(_:passing:)``.
    package func send(_ bytes: [UInt8], passing passed: [Int32] = []) throws(SystemError) {
        try orders.send(bytes, passing: passed)
    }

    /// The next frame. Errors: as ``FrameReader/receive()``.
    package mutating func receive() throws(SystemError) -> FrameReader.Received { try reports.receive() }
}

/// The end of the process that was started.
package struct ChildEnd: ~Copyable {
    private let orders: MessageReceiver
    private let reports: FrameWriter

    /// The descriptors of an end, to be taken over by the process that it is for.
    package struct Numbers: Hashable, Sendable {
        package let orders: Int32
        package let reports: Int32

        package init(orders: Int32, reports: Int32) {
            self.orders = orders
            self.reports = reports
        }

        package var all: [Int32] { [orders, reports] }
    }

    /// Takes over an end, by the numbers that it had before a fork.
    package init(adopting numbers: Numbers) {
        orders = MessageReceiver(adopting: numbers.orders)
        reports = FrameWriter(adopting: numbers.reports)
    }

    fileprivate init(orders: consuming MessageReceiver, reports: consuming FrameWriter) {
        self.orders = orders
        self.reports = reports
    }

    /// What tells a poller that there is something to ``receive()``.
    package var number: Int32 { orders.number }

    package var numbers: Numbers { Numbers(orders: orders.number, reports: reports.number) }

    /// The next message; closed when the supervisor is gone. Errors: recvmsg(2).
    package func receive() throws(SystemError) -> MessageChannel.Received { try orders.receive() }

    /// Sends a frame, or drops it: ``FrameWriter/offer(_:)``.
    @discardableResult
    package func offer(_ bytes: [UInt8]) -> Bool { reports.offer(bytes) }
}

/// Both ends of a channel with a process that is about to be started.
package struct ProcessChannel: ~Copyable {
    package let parent: ParentEnd
    package let child: ChildEnd

    /// Errors: socketpair(2), pipe(2).
    package init() throws(SystemError) {
        let socket = try MessageSocket()
        let pipe = try FramePipe()
        parent = ParentEnd(orders: socket.sender, reports: pipe.reader)
        child = ChildEnd(orders: socket.receiver, reports: pipe.writer)
    }

    /// The supervisor's end. The child has a copy of the other one by the fork, and this process closes its own.
    package consuming func takeParentEnd() -> ParentEnd { parent }
}

/// One end of a channel between two processes of which neither trusts the other: a pipe in each direction.
package struct FrameChannel: ~Copyable {
    private var reader: FrameReader
    private let writer: FrameWriter

    /// The descriptors of an end, to be taken over by the process that it is for.
    package struct Numbers: Hashable, Sendable {
        package let reader: Int32
        package let writer: Int32

        package init(reader: Int32, writer: Int32) {
            self.reader = reader
            self.writer = writer
        }

        /// In the order in which a message passes them.
        package var all: [Int32] { [reader, writer] }
    }

    /// Takes over an end, by its numbers.
    package init(adopting numbers: Numbers) {
        self.init(FrameReader(adopting: numbers.reader), FrameWriter(adopting: numbers.writer))
    }

    /// Takes over the end that came with a message; nil when it did not come whole.
    package init?(_ passed: consuming PassedDescriptors) {
        guard let reader = passed.first.take(), let writer = passed.second.take() else { return nil }
        self.init(FrameReader(reader), FrameWriter(writer))
    }

    fileprivate init(_ reader: consuming FrameReader, _ writer: consuming FrameWriter) {
        self.reader = reader
        self.writer = writer
    }

    /// What tells a poller that there is something to ``receive()``.
    package var number: Int32 { reader.number }

    package var numbers: Numbers { Numbers(reader: reader.number, writer: writer.number) }

    /// The next frame. Errors: as ``FrameReader/receive()``.
    package mutating func receive() throws(SystemError) -> FrameReader.Received { try reader.receive() }

    /// Sends a frame, or drops it: ``FrameWriter/offer(_:)``.
    @discardableResult
    package func offer(_ bytes: [UInt8]) -> Bool { writer.offer(bytes) }
}

/// Both ends of a channel between two processes.
package struct FrameChannelPair: ~Copyable {
    package let one: FrameChannel
    package let other: FrameChannel

    /// Errors: pipe(2).
    package init() throws(SystemError) {
        let there = try FramePipe()
        let back = try FramePipe()
        one = FrameChannel(back.reader, there.writer)
        other = FrameChannel(there.reader, back.writer)
    }

    /// Returns one end, and gives the other one to a third process.
    package consuming func takeOne(giving take: (consuming FrameChannel) -> Void) -> FrameChannel {
        take(other)
        return one
    }
}
