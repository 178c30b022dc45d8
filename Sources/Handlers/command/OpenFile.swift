// Files that a session reads. Each is opened when it is needed, so a changed file counts at once.
internal import CHandler
import HandlerKit

/// The reason for which a file cannot be opened, or a program not be started, as an errno.
struct FileError: Error {
    let errno: Int32
}

/// An open file or directory.
struct OpenFile: ~Copyable {
    let descriptor: Int32

    deinit {
        // Dropped on purpose: nothing was written, so a failed close loses nothing.
        _ = chandler_close(descriptor)
    }

    private init(_ result: Int32) throws(FileError) {
        guard result >= 0 else { throw FileError(errno: -result) }
        descriptor = result
    }

    /// Opens a regular file.
    init(file path: StaticBytes) throws(FileError) {
        // Sound: the address and the count are those of the path.
        try self.init(unsafe path.bytes.withAddress { unsafe chandler_open_file($0, $1) })
    }

    /// Opens a directory.
    init(directory path: StaticBytes) throws(FileError) {
        // Sound: the address and the count are those of the path.
        try self.init(unsafe path.bytes.withAddress { unsafe chandler_open_directory($0, $1) })
    }

    /// Opens a regular file, or logs the reason why it cannot be opened.
    static func orLog(file path: StaticBytes) -> OpenFile? {
        do throws(FileError) {
            return try OpenFile(file: path)
        } catch {
            error.log("cannot read", path)
            return nil
        }
    }
}

extension FileError {
    /// Logs the event, with the path and the errno.
    func log(_ event: StaticBytes, _ path: StaticBytes) {
        var line = LogLine(event)
        line.add("path", path)
        line.add("errno", Int(errno))
        line.send()
    }
}

extension Span<UInt8> {
    /// Passes the address and the number of the bytes to a C function.
    func withAddress<Result>(_ body: (UnsafeRawPointer, Int) -> Result) -> Result {
        unsafe withUnsafeBytes { bytes in
            // Sound: with a count of 0 no byte is read, so any address may be passed.
            let start = unsafe bytes.baseAddress ?? UnsafeRawPointer(bitPattern: 1)!
            return unsafe body(start, bytes.count)
        }
    }
}
