// What sends on a channel between two of our processes in the name of one of them. Package LinuxSystem has the form:
// FramePipe.swift, MessageSocket.swift.
import Foundation
import Glibc
import LinuxSystem
import TestSupport

/// Sends frames in a pipe, beside the process that has it.
final class ForgedFrames: Sendable {
    private let pipe: DescriptorCopy

    init(from writer: Int32, to reader: Int32) throws {
        // A reader that has ended is an error of write(2) and no signal.
        signal(SIGPIPE, SIG_IGN)
        pipe = try DescriptorCopy(.pipe(from: writer, to: reader))
    }

    static func frame(_ content: [UInt8]) -> [UInt8] {
        [UInt8(content.count & 0xff), UInt8(content.count >> 8)] + content
    }

    /// Sends a well-formed frame of 1 to 4094 bytes.
    ///
    /// - Returns: whether there is still a reader.
    @discardableResult
    func send(_ content: [UInt8]) throws -> Bool { try send(raw: Self.frame(content)) }

    /// Sends bytes of any form, at most 4096. Waits while the pipe is full.
    @discardableResult
    func send(raw bytes: [UInt8]) throws -> Bool {
        while write(pipe.number, bytes, bytes.count) != bytes.count {
            if errno == EPIPE { return false }
            guard errno == EAGAIN || errno == EINTR else { throw HarnessError("write: errno \(errno)") }
            try pipe.wait(for: POLLOUT)
        }
        return true
    }
}

/// Sends messages on a socket, beside the process that has it.
final class ForgedMessages: Sendable {
    private let sender: DescriptorCopy
    private let receiver: DescriptorCopy

    init(from process: Int32, to other: Int32) throws {
        signal(SIGPIPE, SIG_IGN)
        let ends = try ForeignDescriptor.socket(from: process, to: other)
        (sender, receiver) = try (DescriptorCopy(ends.sender), DescriptorCopy(ends.receiver))
    }

    /// Sends a message with copies of descriptors. Waits while the socket is full.
    ///
    /// - Returns: whether there is still a receiver.
    @discardableResult
    func send(_ bytes: [UInt8], passing numbers: [Int32] = []) throws -> Bool {
        while let error = problem(bytes, numbers) {
            if error.errno.rawValue == EPIPE { return false }
            guard error.errno == .again else { throw error }
            try sender.wait(for: POLLOUT)
        }
        return true
    }

    private func problem(_ bytes: [UInt8], _ numbers: [Int32]) -> SystemError? {
        do throws(SystemError) {
            try TestSupport.send(bytes, passing: numbers, over: sender.number)
            return nil
        } catch {
            return error
        }
    }

    /// Takes the next message that was sent to the receiver, which must be stopped.
    func take() throws -> [UInt8] {
        try receiver.wait(for: POLLIN)
        var bytes = [UInt8](repeating: 0, count: 4096)
        let count = recv(receiver.number, &bytes, bytes.count, Int32(MSG_DONTWAIT))
        guard count > 0 else { throw HarnessError("recv: errno \(errno)") }
        return Array(bytes[..<count])
    }

    /// Whether the receiver has taken every message.
    var isEmpty: Bool {
        var entry = pollfd(fd: receiver.number, events: Int16(POLLIN), revents: 0)
        return poll(&entry, 1, 0) == 0
    }
}

/// Threads that each send again and again, as fast as the receivers take it, until ``stop()``.
final class Flood: @unchecked Sendable {
    private let condition = NSCondition()
    private var isOver = false
    private var working: Int
    private var sent = 0

    /// - Parameter senders: each sends one message, and returns whether there is still a receiver.
    init(_ senders: [() throws -> Bool]) {
        working = senders.count
        for sender in senders {
            // Each thread calls one of the senders, and no other thread does.
            nonisolated(unsafe) let send = sender
            let thread = Thread { [self] in
                var count = 0
                while !condition.withLock({ isOver }), (try? send()) == true { count += 1 }
                condition.withLock {
                    sent += count
                    working -= 1
                    condition.broadcast()
                }
            }
            thread.start()
        }
    }

    /// Ends the threads, and returns how many messages they have sent.
    func stop() -> Int {
        condition.withLock {
            isOver = true
            while working > 0 { condition.wait() }
            return sent
        }
    }
}

/// Sends one message after the other, from the first to the last and again.
func sender(of contents: [[UInt8]], _ frames: ForgedFrames) -> () throws -> Bool {
    var index = 0
    return {
        index = (index + 1) % contents.count
        return try frames.send(contents[index])
    }
}
