// The reader that stands on toml++ alone beside the one that it replaces, which has a lexer ahead of TOMLKit. Both must
// give the same values at the same places, and the same fault at the same place. Each way in which a fault may differ
// is a case of `Difference`; ``difference(_:_:in:)`` says what must hold for it.

@testable import Definitions
import ServiceModel
import TestSupport
import Testing

@testable import Configuration

/// Why the new reader's fault is not the old one's.
private enum Difference: Hashable {
    /// toml++ finds something wrong before the place at which the lexer stops. The lexer went through the whole text
    /// first; TOMLKit, asked alone, says the same as the new reader.
    case toldFirst
    /// The place is the same; the lexer named the character, toml++ says what is wrong with it or with its value.
    case namedByTOMLPlusPlus
    /// The place is the text's end; the lexer named one of several things that may stand there.
    case missingAtEnd
    /// TOMLKit's own words, in the form that the lexer's messages have.
    case reworded
    /// A line ends with a carriage return and a line feed: its end is the first of the two.
    case endOfLine
    /// A carriage return without a line feed: toml++ names the character that stands where the line feed should.
    case carriageReturn
    /// A key in three quotes: the lexer took two of them for an empty key. toml++ looks for the closing three.
    case multiLineKey
    /// A NUL character was found first, wherever it stood; now what is not TOML comes first.
    case escapedNUL
    /// An escape that means nothing in a key: its own place, and not the key's.
    case escapeInKey
    /// The value that is nested too deep in inline tables, and not its key.
    case valueTooDeep
    /// A byte order mark was counted as a column by the old reader, and is not by toml++.
    case byteOrderMark
}

private enum Comparison: Hashable {
    case sameValues, sameFault
    case otherFault(Difference)
    /// Nothing explains it.
    case unexplained(String)
}

struct ReadersTests {
    @Test("every shipped file has the same values at the same places")
    func shipped() {
        #expect(shippedFiles.count >= 18)
        for file in shippedFiles { #expect(compare(file) == .sameValues, "\(String(decoding: file, as: UTF8.self))") }
    }

    @Test("every shipped file, broken in every way of many, has the same fault", arguments: shippedFiles)
    func broken(file: [UInt8]) {
        let all = tally(brokenVersions(of: file))
        let faults = all.filter { $0.key != .sameValues }.values.reduce(0, +)
        #expect(faults >= 30)
    }

    @Test("a changed service file is read the same, or has the same fault", arguments: 0..<8 as Range<UInt64>)
    func services(seed: UInt64) { #expect(tally(MutationCorpus.services(seed: seed))[.sameValues, default: 0] > 20) }

    @Test("a changed doorward.toml is read the same, or has the same fault", arguments: 0..<4 as Range<UInt64>)
    func hosts(seed: UInt64) { #expect(tally(MutationCorpus.hosts(seed: seed))[.sameValues, default: 0] > 20) }

    @Test(
        "whatever stands where a value should is the same value, or the same fault", arguments: 0..<4 as Range<UInt64>)
    func scalars(seed: UInt64) { #expect(tally(MutationCorpus.scalars(seed: seed))[.sameValues, default: 0] > 10) }

    @Test("TOML's pieces in any order are the same values, or the same fault", arguments: 0..<4 as Range<UInt64>)
    func medleys(seed: UInt64) { _ = tally(MutationCorpus.medleys(seed: seed)) }

    @Test("every kind of fault is the same fault")
    func kinds() { _ = tally(syntaxFaults.map { Array($0.text.utf8) }) }

    @Test("every kind of key and value is the same", arguments: placedTexts.map(\.text))
    func values(text: String) { #expect(compare(Array(text.utf8)) == .sameValues) }

    @Test("what is nested too deep is the same fault", arguments: deepTexts)
    func tooDeep(text: String) { _ = tally([Array(text.utf8)]) }

    /// Compares all, and expects a reason for each difference.
    private func tally(_ texts: [[UInt8]]) -> [Comparison: Int] {
        var counts: [Comparison: Int] = [:]
        for text in texts where !stopsTOMLKit(text) {
            let comparison = compare(text)
            counts[comparison, default: 0] += 1
            if case .unexplained(let what) = comparison {
                Issue.record("\(what)\n\(String(decoding: text, as: UTF8.self))")
            }
        }
        return counts
    }
}

/// The service files, the samples and doorward.toml, as they are shipped.
private let shippedFiles: [[UInt8]] = {
    let root = #filePath.prefix(upTo: #filePath.firstRange(of: "/Tests/ConfigurationTests/")!.lowerBound)
    let names = output(of: "ls '\(root)'/services/*.toml '\(root)'/etc/*.toml '\(root)'/etc/examples/*.toml")
    return names.split(separator: "\n").map { Array(output(of: "cat '\($0)'").utf8) }
}()

/// A file with one fault each: a byte of TOML's structure left out, doubled or replaced, a line twice, or cut off.
private func brokenVersions(of file: [UInt8]) -> [[UInt8]] {
    var result: [[UInt8]] = []
    for (offset, byte) in file.enumerated() where "[]{}=\"',.\n".utf8.contains(byte) {
        var bytes = file
        bytes.remove(at: offset)
        result.append(bytes)
        bytes.insert(contentsOf: [byte, byte], at: offset)
        result.append(bytes)
        for other in "]}\"\n=\\\r#" {
            bytes = file
            bytes[offset] = other.asciiValue ?? 0
            result.append(bytes)
        }
        result.append(Array(file[..<offset]))
    }
    for line in file.split(separator: UInt8(ascii: "\n")) { result.append(file + line + [UInt8(ascii: "\n")]) }
    return result
}

/// Whether TOMLKit's assertions would end this process: a date, a blank, one digit, and the end of a value.
private func stopsTOMLKit(_ bytes: [UInt8]) -> Bool {
    func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")) ~= byte }
    return bytes.indices.dropLast(2).contains { start in
        bytes[start] == UInt8(ascii: " ") && isDigit(bytes[start + 1]) && " \t\r\n,]}#".utf8.contains(bytes[start + 2])
            && bytes[..<start].suffix(3).contains(UInt8(ascii: "-"))
    }
}

private func compare(_ bytes: [UInt8]) -> Comparison {
    let text = SourceText(bytes, file: "f")
    let (old, new) = (
        Outcome { () throws(Fault) in try readTOML(text) }, Outcome { () throws(Fault) in try readTOMLAnew(text) }
    )
    switch (old, new) {
    case (.values, .values): return old == new ? .sameValues : .unexplained("\(old)\n\(new)")
    case (.fault(let old), .fault(let new)):
        if old == new { return .sameFault }
        return difference(old, new, in: text).map { .otherFault($0) } ?? .unexplained("\(old)\n\(new)")
    default: return .unexplained("\(old)\n\(new)")
    }
}

private func difference(_ old: Fault, _ new: Fault, in text: SourceText) -> Difference? {
    let isOfLexer = PositionIndex(text.bytes).ending != .complete
    if !isOfLexer {
        if text.bytes.starts(with: [0xef, 0xbb, 0xbf]), new.position.line == 1 {
            return new.position.column > old.position.column ? .byteOrderMark : nil
        }
        return new == tomlKitFault(text) ? .reworded : nil
    }
    let offset = text.offset(of: old.position)
    let rest = text.bytes[offset...]
    if new.position == old.position {
        if new.message.hasPrefix("Error while parsing ") { return .namedByTOMLPlusPlus }
        return old.message.hasPrefix("found the end of the file") && new.message.hasPrefix("found the end of the file")
            ? .missingAtEnd : nil
    }
    if new.position.isBefore(old.position) {
        if new.message == old.message, text.bytes[..<offset].last == UInt8(ascii: "\r"),
            rest.first == UInt8(ascii: "\n")
        {
            return .endOfLine
        }
        return new == tomlKitFault(text) ? .toldFirst : nil
    }
    if rest.first == UInt8(ascii: "\r"), new.message.contains("after '\\r'") { return .carriageReturn }
    let quotes = text.bytes[..<offset].suffix(2) + rest.prefix(1)
    if ["'='", "']'"].contains(where: { old.message.hasSuffix("expected \($0)") }), Set(quotes).count == 1,
        "\"'".utf8.contains(quotes.first ?? 0)
    {
        return .multiLineKey
    }
    if old.message == new.message, old.message.hasPrefix("nested too deep"),
        rest.starts(with: "b=".utf8), new.position == text.position(of: offset + 2)
    {
        return .valueTooDeep
    }
    if old.message.hasPrefix("a NUL character"), new == tomlKitFault(text) { return .escapedNUL }
    if old.message.hasPrefix("a key with an escape"), new == tomlKitFault(text) { return .escapeInKey }
    return nil
}

/// What TOMLKit alone says, in the new reader's form; nil when it finds nothing wrong.
private func tomlKitFault(_ text: SourceText) -> Fault? {
    do throws(Fault) {
        _ = try tomlKitTable(text)
        return nil
    } catch {
        let offset = text.offset(of: error.position)
        return Fault(
            position: text.position(of: offset),
            message: syntaxMessage(error.message, at: offset, in: text.bytes, isMultiLine: false))
    }
}

extension SourceText {
    fileprivate func offset(of position: SourcePosition) -> Int {
        (0...bytes.count).first { self.position(of: $0) == position } ?? bytes.count
    }
}

/// Everything that a reader says of a text.
private enum Outcome: Equatable {
    case values([String])
    case fault(Fault)

    init(_ read: () throws(Fault) -> [TOMLEntry]) {
        do throws(Fault) {
            self = .values(lines(try read(), below: ""))
        } catch {
            self = .fault(error)
        }
    }
}

/// A line for each key and one for each value, with their places.
private func lines(_ entries: [TOMLEntry], below path: String) -> [String] {
    entries.flatMap { ["\(path)\($0.key) at \($0.position)"] + lines($0.value, below: "\(path)\($0.key)/") }
}

private func lines(_ node: TOMLNode, below path: String) -> [String] {
    let head =
        "\(path) is \(node.kind) at \(node.position), text at \(node.textPosition.map(\.description) ?? "no place")"
    return switch node.content {
    case .string(let text): ["\(head): \(text)"]
    case .integer(let value): ["\(head): \(value)"]
    case .float(let value): ["\(head): \(value)"]
    case .boolean(let value): ["\(head): \(value)"]
    case .other: [head]
    case .list(let nodes): [head] + nodes.enumerated().flatMap { lines($1, below: "\(path)\($0)/") }
    case .table(let entries): [head] + lines(entries, below: path)
    }
}
