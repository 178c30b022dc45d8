// Files that are read while a session lasts, each opened where it is needed: so a changed one is seen at once.
internal import CHandler
import HandlerKit

/// Why a file or a program is not to be had: an errno.
struct FileError: Error {
    let errno: Int32
}

/// An open file or directory.
struct OpenFile: ~Copyable {
    let descriptor: Int32

    deinit {
        // Dropped on purpose: nothing was written.
        _ = chandler_close(descriptor)
    }

    private init(_ result: Int32) throws(FileError) {
        guard result >= 0 else { throw FileError(errno: -result) }
        descriptor = result
    }

    /// Opens a regular file.
    init(file path: StaticBytes) throws(FileError) {
        // Sound: an address goes with its count.
        try self.init(unsafe path.bytes.withAddress { unsafe chandler_open_file($0, $1) })
    }

    /// Opens a directory.
    init(directory path: StaticBytes) throws(FileError) {
        // Sound: an address goes with its count.
        try self.init(unsafe path.bytes.withAddress { unsafe chandler_open_directory($0, $1) })
    }

    /// Opens a regular file, or says in the log why not.
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
    /// Says in the log what cannot be done with which path.
    func log(_ event: StaticBytes, _ path: StaticBytes) {
        var line = LogLine(event)
        line.add("path", path)
        line.add("errno", Int(errno))
        line.send()
    }
}

extension Span<UInt8> {
    /// Gives the address and the number of the bytes to a C function.
    func withAddress<Result>(_ body: (UnsafeRawPointer, Int) -> Result) -> Result {
        unsafe withUnsafeBytes { bytes in
            // Sound: with a count of 0, nothing is looked at, so any address will do.
            let start = unsafe bytes.baseAddress ?? UnsafeRawPointer(bitPattern: 1)!
            return unsafe body(start, bytes.count)
        }
    }
}
