// Bytes, texts and files for the tests of Maildirs.
import Glibc
import LinuxSystem
import TestSupport

@testable import HandlerKit
@testable import Maildir

/// The bytes of a span as text.
func text(_ bytes: borrowing Span<UInt8>) -> String {
    String(decoding: bytes.indices.map { bytes[$0] }, as: UTF8.self)
}

/// A text that lives as long as the process, as arguments do.
func immortal(_ text: String) -> StaticBytes {
    // Sound: the copy is never freed.
    unsafe StaticBytes(immortal: unsafe strdup(text))
}

extension TemporaryDirectory {
    /// The names in a subdirectory, in order.
    func names(_ name: String) throws -> [String] { try Files.names(in: "\(path)/\(name)").sorted() }

    /// The text of each file in a subdirectory, in the order of the names.
    func texts(_ name: String) throws -> [String] {
        try names(name).map { file in
            let bytes = try Files.read("\(path)/\(name)/\(file)", most: 1 << 24)
            return String(decoding: bytes, as: UTF8.self)
        }
    }

    /// Makes an empty Maildir and returns its path.
    func maildir(_ name: String) throws -> String {
        for part in ["tmp", "new", "cur"] { try makeDirectory("\(name)/\(part)") }
        return "\(path)/\(name)"
    }
}

extension Delivery {
    /// Adds a recipient.
    func add(_ recipient: String, from sender: String = "", maildir: String, size: Int = 0, line: Int = 1)
        throws(StoreError)
    {
        try add(
            recipient: Array(recipient.utf8).span, sender: Array(sender.utf8).span,
            maildir: Pathname(Array(maildir.utf8).span), announcedSize: size, line: line)
    }

    func write(_ text: String) { write(Array(text.utf8).span) }
}

/// The paths of the files that this process has open below a directory, which are those of one test.
func openDescriptors(below directory: String) -> [String] {
    (0..<1024).compactMap { number in
        var target = [UInt8](repeating: 0, count: 4096)
        // Sound: the call fills at most the size of the array.
        let length = unsafe target.withUnsafeMutableBufferPointer { buffer in
            unsafe buffer.withMemoryRebound(to: CChar.self) {
                unsafe readlink("/proc/self/fd/\(number)", $0.baseAddress!, $0.count)
            }
        }
        let path = String(decoding: target.prefix(max(0, length)), as: UTF8.self)
        return path.hasPrefix(directory) ? path : nil
    }
}
