// A text of limited length, built without allocation: a reply with a number in it, or a log line.
// Promises to stay within its capacity: bytes that do not fit are left out, and `isTruncated` is then true.
internal import Text

/// A text in a buffer of fixed size.
public struct ShortText: ~Copyable {
    /// The most bytes of a text.
    public static var capacity: Int { 1024 }

    private var storage = InlineArray<1024, UInt8>(repeating: 0)
    private var count = 0
    /// Whether bytes were left out because they did not fit.
    public private(set) var isTruncated = false

    /// An empty text.
    public init() {}

    /// The bytes so far.
    public var bytes: Span<UInt8> {
        @_lifetime(borrow self)
        get { storage.span.extracting(0..<count) }
    }

    /// Appends one byte unchanged.
    public mutating func append(byte: UInt8) {
        guard count < Self.capacity else {
            isTruncated = true
            return
        }
        storage[count] = byte
        count += 1
    }

    /// Appends bytes unchanged.
    public mutating func append(_ text: StaticBytes) {
        let bytes = text.bytes
        for index in bytes.indices { append(byte: bytes[index]) }
    }

    /// Appends a number in decimal.
    public mutating func append(_ number: Int) {
        if number < 0 { append(byte: 0x2d) }
        append(digitsOf: UInt64(number.magnitude), base: 10, minimumWidth: 1)
    }

    /// Appends a number in lower case hexadecimal, with leading zeros up to a width.
    public mutating func append(hexadecimal number: UInt64, minimumWidth: Int = 1) {
        append(digitsOf: number, base: 16, minimumWidth: minimumWidth)
    }

    /// Appends a number in octal, with leading zeros up to a width.
    public mutating func append(octal number: UInt64, minimumWidth: Int = 1) {
        append(digitsOf: number, base: 8, minimumWidth: minimumWidth)
    }

    /// Appends any bytes as one word, as Doorward's log has it: a byte that is not visible ASCII, a quote and a
    /// backslash become `\xHH`.
    @inline(never)
    public mutating func append(escaping bytes: borrowing Span<UInt8>) {
        for index in bytes.indices { EscapedByte(bytes[index]).forEach { append(byte: $0) } }
    }

    /// Appends an LF. If the text is full or was truncated, `~` and the LF take the place of its last two bytes.
    mutating func endLine() {
        if isTruncated || count == Self.capacity {
            count = Self.capacity - 2
            append(byte: 0x7e)
        }
        append(byte: .lineFeed)
    }

    /// Appends the digits of a number, the most significant first.
    private mutating func append(digitsOf number: UInt64, base: UInt64, minimumWidth: Int) {
        if number >= base || minimumWidth > 1 {
            append(digitsOf: number / base, base: base, minimumWidth: minimumWidth - 1)
        }
        let digit = UInt8(number % base)
        append(byte: digit < 10 ? 0x30 + digit : 0x57 + digit)
    }
}
