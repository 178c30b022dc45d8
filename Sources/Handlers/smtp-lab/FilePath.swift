// A path put together without allocating.
import HandlerKit
import SMTP

/// A path of at most 1023 bytes.
struct FilePath: ~Copyable {
    private var text = ShortText()

    /// - Parameter text: the path, or its beginning.
    init(_ text: StaticBytes) { self.text.append(text) }

    /// Whether it did not fit.
    var isTooLong: Bool { text.isTruncated || text.bytes.count == ShortText.capacity }

    /// Appends to its last component.
    mutating func append(_ text: StaticBytes) { self.text.append(text) }

    /// Appends a message's name.
    mutating func append(_ id: MessageID) { id.append(to: &text) }

    /// Calls a function with the path as C has it; -36, ENAMETOOLONG, if it is too long.
    consuming func withCString(_ body: (UnsafePointer<CChar>) -> Int32) -> Int32 {
        if isTooLong { return -36 }
        text.append(byte: 0)
        // Sound: the bytes end with the NUL that was just appended.
        return unsafe text.bytes.withUnsafeBufferPointer { buffer in
            unsafe buffer.withMemoryRebound(to: CChar.self) { unsafe body($0.baseAddress!) }
        }
    }
}
