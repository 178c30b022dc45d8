// A message as a file: `ID.eml` exists only with the whole message. Until its end the file is `.ID.part`.
// Promises the bytes as the client sent them, with CR LF. Does not promise that they survive a crash: nothing is
// synced.
import CHandler
import HandlerKit
import SMTP

/// The file of the message that is being received.
struct MessageFile: ~Copyable {
    private let directory: StaticBytes
    private let id: MessageID
    private let descriptor: Int32
    /// The first error, as -errno, or 0.
    private(set) var failure: Int32 = 0

    /// Creates the file.
    init(in directory: StaticBytes, _ id: MessageID) {
        self.directory = directory
        self.id = id
        descriptor = unsafe Self.path(directory, "/.", id, ".part").withCString { unsafe chandler_create_file($0) }
        failure = min(0, descriptor)
    }

    private static func path(
        _ directory: StaticBytes, _ before: StaticBytes, _ id: MessageID, _ after: StaticBytes
    ) -> FilePath {
        var path = FilePath(directory)
        path.append(before)
        path.append(id)
        path.append(after)
        return path
    }

    /// Writes bytes; does nothing after an error.
    mutating func write(_ bytes: Span<UInt8>) {
        var written = 0
        while failure == 0, written < bytes.count {
            // Sound: the address and the count are those of the rest, which is not empty.
            let result = unsafe bytes.extracting(written..<bytes.count).withUnsafeBufferPointer { buffer in
                unsafe chandler_write(descriptor, buffer.baseAddress!, buffer.count)
            }
            if result < 0 { failure = Int32(result) } else { written += result }
        }
    }

    /// Renames the file to its final name, or removes it after an error. Returns the error, or 0.
    consuming func finish() -> Int32 {
        if descriptor < 0 { return failure }
        let closed = chandler_close(descriptor)
        if failure == 0 { failure = closed }
        if failure == 0 {
            failure = unsafe Self.path(directory, "/.", id, ".part").withCString { from in
                unsafe Self.path(directory, "/", id, ".eml").withCString { unsafe chandler_rename_file(from, $0) }
            }
        }
        if failure != 0 { remove() }
        return failure
    }

    /// Removes the file.
    consuming func discard() {
        if descriptor < 0 { return }
        _ = chandler_close(descriptor)
        remove()
    }

    private func remove() {
        // Dropped on purpose: a file that stays is `.ID.part`, which is not a message.
        _ = unsafe Self.path(directory, "/.", id, ".part").withCString { unsafe chandler_remove_file($0) }
    }
}
