// Encodes choices as their words, and errors of system calls.
internal import LinuxSystem
internal import Wire

extension WireWriter {
    /// Writes a choice as its word.
    mutating func write<Word: RawRepresentable<String>>(word: Word) { write(word.rawValue) }

    mutating func write<Word: RawRepresentable<String>>(words: [Word]) { write(words.map(\.rawValue)) }

    mutating func write(error: SystemError) {
        write(error.act)
        write(Int64(error.errno.rawValue))
    }
}

extension WireReader {
    mutating func word<Word: RawRepresentable<String>>(_ type: Word.Type = Word.self) throws(WireError) -> Word {
        try Self.word(try text())
    }

    mutating func words<Word: RawRepresentable<String>>(_ type: Word.Type = Word.self) throws(WireError) -> [Word] {
        var words: [Word] = []
        for text in try list(String.self) { words.append(try Self.word(text)) }
        return words
    }

    private static func word<Word: RawRepresentable<String>>(_ text: String) throws(WireError) -> Word {
        guard let word = Word(rawValue: text) else { throw WireError() }
        return word
    }

    mutating func error() throws(WireError) -> SystemError {
        SystemError(try text(), Errno(try number(Int32.self)))
    }
}
