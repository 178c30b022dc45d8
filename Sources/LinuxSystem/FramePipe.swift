// Messages to a process from one that it trusts less: frames in a pipe, which carries nothing but bytes.
// Frame: the count of the bytes that follow, as two bytes, the low one first, and then those bytes. A whole frame is at
// most PIPE_BUF bytes long, so the kernel takes all of it at once or nothing. Source: pipe(7).
// The reader promises that any bytes have a result, that it never waits, and that it keeps at most one frame.
internal import CLinux

/// The form of a frame. Pure.
package enum Frame {
    private static let headBytes = 2
    /// PIPE_BUF without the head.
    package static let mostBytes = 4096 - headBytes

    /// A frame of 1 to ``mostBytes`` bytes.
    static func whole(_ bytes: [UInt8]) -> [UInt8] {
        precondition((1...mostBytes).contains(bytes.count), "a frame has 1 to \(mostBytes) bytes")
        return [UInt8(bytes.count & 0xff), UInt8(bytes.count >> 8)] + bytes
    }

    /// The number of bytes to read next, when these have come of a frame; 0: it is whole. nil: no frame begins so.
    static func missing(after part: [UInt8]) -> Int? {
        guard part.count >= headBytes else { return headBytes - part.count }
        let count = Int(part[0]) | Int(part[1]) << 8
        return (1...mostBytes).contains(count) ? headBytes + count - part.count : nil
    }

    /// The bytes in a whole frame.
    static func content(of whole: [UInt8]) -> [UInt8] { Array(whole.dropFirst(headBytes)) }
}

/// The reading end; non-blocking.
package struct FrameReader: ~Copyable {
    private let descriptor: Descriptor
    /// What has come of the next frame.
    private var part: [UInt8] = []

    /// Takes over an end.
    package init(_ descriptor: consuming Descriptor) { self.descriptor = descriptor }

    /// Takes over an end, by its number.
    package init(adopting number: Int32) { self.init(Descriptor(owning: number)) }

    package var number: Int32 { descriptor.number }

    /// What ``receive()`` found.
    package enum Received: Hashable, Sendable {
        case nothing
        /// No writer is left.
        case closed
        case frame([UInt8])
        /// Bytes that are no frame. No later frame can be found.
        case malformed
    }

    /// The next frame. Reads not a byte of the one after it, so that a poller tells of that one.
    ///
    /// Errors: read(2).
    package mutating func receive() throws(SystemError) -> Received {
        while true {
            guard let missing = Frame.missing(after: part) else { return .malformed }
            if missing == 0 {
                defer { part = [] }
                return .frame(Frame.content(of: part))
            }
            var bytes = [UInt8](repeating: 0, count: missing)
            let count: Int
            do throws(SystemError) {
                count = try descriptor.read(into: &bytes)
            } catch  where error.errno == .again {
                return .nothing
            }
            guard count > 0 else { return .closed }
            part += bytes.prefix(count)
        }
    }
}

/// The writing end; non-blocking. Its process has SIGPIPE blocked or ignored.
package struct FrameWriter: ~Copyable {
    private let descriptor: Descriptor

    /// Takes over an end.
    package init(_ descriptor: consuming Descriptor) { self.descriptor = descriptor }

    /// Takes over an end, by its number.
    package init(adopting number: Int32) { self.init(Descriptor(owning: number)) }

    package var number: Int32 { descriptor.number }

    /// Sends a frame that its reader can do without: it is dropped when the pipe is full, because this process waits
    /// for no other, and when the reader is gone.
    ///
    /// - Parameter bytes: 1 to ``Frame/mostBytes``.
    /// - Returns: whether the frame was sent.
    @discardableResult
    package func offer(_ bytes: [UInt8]) -> Bool {
        do throws(SystemError) {
            try writeBytes(Frame.whole(bytes).span, to: number)
            return true
        } catch {
            return false
        }
    }
}

/// The two ends of a pipe for frames.
package struct FramePipe: ~Copyable {
    package let reader: FrameReader
    package let writer: FrameWriter

    /// Errors: pipe(2).
    package init() throws(SystemError) {
        let ends = unsafe try descriptorPair("pipe") { unsafe clinux_frame_pipe($0) }
        reader = FrameReader(adopting: ends.first)
        writer = FrameWriter(adopting: ends.second)
    }
}
