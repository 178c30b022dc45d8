// A path that is built without allocation.
import HandlerKit
import SMTP

/// A path of at most 1023 bytes.
struct FilePath: ~Copyable {
    private var text = ShortText()

    /// - Parameter text: the path, or its beginning.
    init(_ text: StaticBytes) { self.text.append(text) }

    /// Whether the path does not fit.
    var isTooLong: Bool { text.isTruncated || text.bytes.count == ShortText.capacity }

    /// Appends text.
    mutating func append(_ text: StaticBytes) { self.text.append(text) }

    /// Appends the id of a message.
    mutating func append(_ id: MessageID) { id.append(to: &text) }

    /// Calls a function with the path as a C string; -36, ENAMETOOLONG, if it is too long.
    consuming func withCString(_ body: (UnsafePointer<CChar>) -> Int32) -> Int32 {
        if isTooLong { return -36 }
        text.append(byte: 0)
        // Sound: the bytes end with the NUL that was just appended.
        return unsafe text.bytes.withUnsafeBufferPointer { buffer in
            unsafe buffer.withMemoryRebound(to: CChar.self) { unsafe body($0.baseAddress!) }
        }
    }
}
