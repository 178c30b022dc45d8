// How a stream is cut into reads: not at all, byte by byte, or in two.

/// The pieces of a stream, each of which is one read.
enum Segmentation: CustomStringConvertible {
    case whole
    case bytes
    case after(Int)

    /// In one piece, byte by byte, and in two pieces cut at every place.
    static func all(of bytes: [UInt8]) -> [Segmentation] {
        [.whole, .bytes] + bytes.indices.dropFirst().map { .after($0) }
    }

    func pieces(of bytes: [UInt8]) -> [[UInt8]] {
        switch self {
        case .whole: [bytes].filter { !$0.isEmpty }
        case .bytes: bytes.map { [$0] }
        case .after(let count): [Array(bytes.prefix(count)), Array(bytes.dropFirst(count))]
        }
    }

    var description: String {
        switch self {
        case .whole: "in one piece"
        case .bytes: "byte by byte"
        case .after(let count): "cut after \(count)"
        }
    }
}
