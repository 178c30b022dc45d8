// How a stream reaches a connection under test: in one piece, byte by byte, or in two.

/// The pieces in which the bytes of a test reach the connection.
enum Segmentation: CustomStringConvertible {
    case whole
    case bytes
    case after(Int)

    func pieces(of bytes: [UInt8]) -> [[UInt8]] {
        switch self {
        case .whole: [bytes].filter { !$0.isEmpty }
        case .bytes: bytes.map { [$0] }
        case .after(let count): [Array(bytes.prefix(count)), Array(bytes.dropFirst(count))].filter { !$0.isEmpty }
        }
    }

    static func all(of bytes: [UInt8]) -> [Segmentation] {
        [.whole, .bytes] + bytes.indices.dropFirst().map { .after($0) }
    }

    var description: String {
        switch self {
        case .whole: "in one piece"
        case .bytes: "byte by byte"
        case .after(let count): "cut after \(count)"
        }
    }
}
