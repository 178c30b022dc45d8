// Every kind of reading, one after the other in any order, against an oracle that has the whole stream.
import CHandler
import Glibc
import Testing

@testable import HandlerKit

/// SplitMix64: the same numbers in every run. Source: Steele, Lea, Flood, "Fast splittable pseudorandom number
/// generators".
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ mixed >> 27) &* 0x94d0_49bb_1331_11eb
        return mixed ^ mixed >> 31
    }
}

/// One read, of any kind.
enum ReadOperation {
    case line(Int)
    case paragraph
    case chunk(Int)
    case block(Int)
    case bytes(Int)
    case fixedLength(Int)
    case delimited(StaticBytes)

    static func random(using generator: inout SeededGenerator) -> ReadOperation {
        switch Int.random(in: 0..<7, using: &generator) {
        case 0: .line(.random(in: 1...15, using: &generator))
        case 1: .paragraph
        case 2: .chunk(.random(in: 1...20, using: &generator))
        case 3: .block(.random(in: 1...16, using: &generator))
        case 4: .bytes(.random(in: 1...3, using: &generator))
        case 5: .fixedLength(.random(in: 0...40, using: &generator))
        default: .delimited(["\r\n.\r\n", "\n", "a", ".\r", "\r\n\r\n", "aa\r"].randomElement(using: &generator)!)
        }
    }
}

/// The result of one read.
enum ReadOutcome: Equatable {
    case line([UInt8])
    case tooLong
    case bytes([UInt8])
    case blankLine([UInt8])
    case end
    case endedEarly([UInt8])
}

/// The whole stream, and the number of bytes that were read.
struct Oracle {
    let stream: [UInt8]
    var position = 0

    private var rest: ArraySlice<UInt8> { stream[position...] }

    private mutating func take(_ count: Int) -> [UInt8] {
        defer { position += count }
        return Array(rest.prefix(count))
    }

    /// Whether this is a correct result. The size of a chunk or a paragraph depends on the reads, so only its bounds
    /// are checked.
    mutating func judge(_ reading: ReadOperation, _ outcome: ReadOutcome) -> Bool {
        switch reading {
        case .line(let maximum): outcome == line(maximum)
        case .paragraph: isGoodParagraph(outcome)
        case .chunk(let maximum): isGoodPiece(outcome, atMost: maximum)
        case .block(let size): outcome == (rest.isEmpty ? .end : .bytes(take(min(size, rest.count))))
        case .bytes(let count):
            outcome == (rest.isEmpty ? .end : rest.count < count ? .endedEarly([]) : .bytes(take(count)))
        case .fixedLength(let count):
            outcome == (rest.count < count ? .endedEarly(take(rest.count)) : .bytes(take(count)))
        case .delimited(let mark): outcome == delimited(mark)
        }
    }

    private mutating func line(_ maximum: Int) -> ReadOutcome {
        if rest.isEmpty { return .end }
        let length = rest.firstIndex(of: 0x0a).map { $0 + 1 - position } ?? rest.count
        let line = take(length)
        return length > maximum ? .tooLong : .line(line)
    }

    private mutating func delimited(_ mark: StaticBytes) -> ReadOutcome {
        let mark = mark.bytes.indices.map { mark.bytes[$0] }
        for start in rest.indices where stream[start...].starts(with: mark) {
            let body = take(start - position)
            _ = take(mark.count)
            return .bytes(body)
        }
        return .endedEarly(take(rest.count))
    }

    private func blankLine(at index: Int) -> Int {
        guard index == 0 || stream[index - 1] == 0x0a else { return 0 }
        return stream[index...].starts(with: [0x0a]) ? 1 : stream[index...].starts(with: [0x0d, 0x0a]) ? 2 : 0
    }

    private mutating func isGoodParagraph(_ outcome: ReadOutcome) -> Bool {
        let blank = rest.isEmpty ? 0 : blankLine(at: position)
        if blank > 0 { return outcome == .blankLine(take(blank)) }
        let border = rest.indices.dropFirst().first { blankLine(at: $0) > 0 }
        return isGoodPiece(outcome, atMost: (border ?? stream.count) - position)
    }

    private mutating func isGoodPiece(_ outcome: ReadOutcome, atMost maximum: Int) -> Bool {
        if rest.isEmpty { return outcome == .end }
        guard case .bytes(let bytes) = outcome, (1...maximum).contains(bytes.count) else { return false }
        return bytes == take(bytes.count)
    }
}

extension Connection {
    /// Performs one read.
    mutating func perform(_ reading: ReadOperation) throws(ConnectionError) -> ReadOutcome {
        var all: [UInt8] = []
        do throws(ConnectionError) {
            switch reading {
            case .line(let maximum):
                switch try nextLine(maximumLength: maximum) {
                case .line(let line)?: return .line(array(line.bytes))
                case .tooLong?: return .tooLong
                case nil: return .end
                }
            case .paragraph:
                guard let paragraph = try nextParagraph() else { return .end }
                return paragraph.isBlankLine ? .blankLine(array(paragraph.bytes)) : .bytes(array(paragraph.bytes))
            case .chunk(let maximum): return try nextChunk(maximumCount: maximum).map { .bytes(array($0)) } ?? .end
            case .block(let size): return try nextBlock(size: size).map { .bytes(array($0)) } ?? .end
            case .bytes(let count): return try nextBytes(count: count).map { .bytes(array($0)) } ?? .end
            case .fixedLength(let count):
                var body = FixedLengthBody(count)
                while let piece = try nextPiece(of: &body) { all += array(piece) }
            case .delimited(let mark):
                var body = DelimitedBody(endingWith: mark)
                while let piece = try nextPiece(of: &body) { all += array(piece) }
            }
            return .bytes(all)
        } catch .endedEarly {
            return .endedEarly(all)
        }
    }

    /// The bytes of a slice, as an array.
    func array(_ slice: InputSlice) -> [UInt8] {
        let bytes = bytes(of: slice)
        return bytes.indices.map { bytes[$0] }
    }
}

@Suite("switching")
struct SwitchingTests {
    private func pieces(of stream: [UInt8], using generator: inout SeededGenerator) -> [[UInt8]] {
        switch Int.random(in: 0..<3, using: &generator) {
        case 0: return Segmentation.whole.pieces(of: stream)
        case 1: return Segmentation.bytes.pieces(of: stream)
        default:
            var pieces: [[UInt8]] = []
            var rest = stream[...]
            while !rest.isEmpty {
                let count = Int.random(in: 1...30, using: &generator)
                pieces.append(Array(rest.prefix(count)))
                rest = rest.dropFirst(count)
            }
            return pieces
        }
    }

    @Test("kinds of reading in random order lose no byte and add none", arguments: 0..<20)
    func anyOrder(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<100 {
            let length = Int.random(in: 0...150, using: &generator)
            let alphabet: [UInt8] = [0x61, 0x62, 0x2e, 0x0d, 0x0a]
            let stream = (0..<length).map { _ in alphabet.randomElement(using: &generator)! }
            let pieces = pieces(of: stream, using: &generator)
            let pair = SocketPair(SOCK_STREAM)
            let packets = SocketPair(SOCK_SEQPACKET)
            let isPacketed = Bool.random(using: &generator)
            if isPacketed { packets.peers.send(pieces) } else { pair.peers.send(pieces) }
            shutdown(packets.peers.number, Int32(SHUT_WR))
            shutdown(pair.peers.number, Int32(SHUT_WR))
            let input = isPacketed ? packets.ours.number : pair.ours.number
            // The kernel would cut packets that do not fit, so the buffer has room for the largest.
            var connection = Connection(input: input, output: -1, capacity: isPacketed ? 200 : 16)
            if Bool.random(using: &generator) { connection.idleLimit = .seconds(60) }
            var oracle = Oracle(stream: stream)
            var acts: [ReadOperation] = []
            repeat {
                acts.append(.random(using: &generator))
                let outcome = try connection.perform(acts.last!)
                let isGood = oracle.judge(acts.last!, outcome)
                #expect(isGood, "\(stream) in \(pieces), \(acts): \(outcome)")
                if !isGood { return }
                if case .endedEarly = outcome { break }
            } while oracle.position < stream.count
        }
    }

    @Test("the vector search finds what a search byte by byte finds, at every length and place")
    func searching() {
        var generator = SeededGenerator(seed: 1)
        for length in 0..<200 {
            for alphabet in [[0x0a, 0x0d, 0x61], [0x0a, 0x61, 0x61, 0x61, 0x61, 0x61, 0x61, 0x61, 0x61]] {
                let bytes = (0..<length).map { _ in UInt8(alphabet.randomElement(using: &generator)!) }
                for start in 0..<min(17, length) {
                    let rest = Array(bytes[start...])
                    let (byte, blank) = unsafe rest.withUnsafeBytes {
                        // Sound: the address and the count are those of the array, which is not empty.
                        unsafe (
                            chandler_find($0.baseAddress!, 0x0a, $0.count),
                            chandler_find_blank_line($0.baseAddress!, $0.count)
                        )
                    }
                    #expect(byte == rest.firstIndex(of: 0x0a) ?? -1)
                    let expected = rest.indices.dropFirst().first { index in
                        let next = rest[index...]
                        return rest[index - 1] == 0x0a
                            && (next.starts(with: [0x0a]) || next.starts(with: [0x0d, 0x0a]) || next == [0x0d])
                    }
                    #expect(blank == expected ?? -1, "\(rest)")
                }
            }
        }
    }
}
