// crlf: a filter that makes every LF a CR LF, and leaves each CR LF unchanged.
import HandlerKit

struct NetworkLines: ByteFilter {
    /// At most two bytes come out for one.
    static var mostForOneByte: Int { 2 }

    /// The last byte of the push before is kept, because the output must not depend on how the stream was cut.
    private var isAfterReturn = false

    mutating func push(_ bytes: borrowing Span<UInt8>, to writer: inout ByteWriter) throws(ConnectionError) {
        for index in bytes.indices {
            let byte = bytes[index]
            if byte == 0x0a && !isAfterReturn { try writer.write(byte: 0x0d) }
            try writer.write(byte: byte)
            isAfterReturn = byte == 0x0d
        }
    }
}

@main
struct Main {
    /// Filters one stream.
    static func main() {
        Options(usage: "crlf").finish()
        serveFilter(NetworkLines())
    }
}
