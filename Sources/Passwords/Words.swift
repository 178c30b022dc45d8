// Words with blanks between them: the lists of a group file and of a requirement.

extension Span<UInt8> {
    /// The next word at or behind this position, which is moved behind it; nil when there is none.
    public func nextWord(from position: inout Int) -> Range<Int>? {
        while position < count, isBlank(at: position) { position += 1 }
        let start = position
        while position < count, !isBlank(at: position) { position += 1 }
        return position > start ? start..<position : nil
    }

    /// Whether these bytes are one of the words behind this position.
    public func isWord(of list: borrowing Span<UInt8>, from start: Int = 0) -> Bool {
        var position = start
        while let word = list.nextWord(from: &position) {
            if isSameSecret(as: list.extracting(word)) { return true }
        }
        return false
    }

    private func isBlank(at index: Int) -> Bool { self[index] == 0x20 || self[index] == 0x09 }
}

extension Span<UInt8> {
    /// nil: there is none.
    func firstColon(in range: Range<Int>) -> Int? {
        for index in range where self[index] == 0x3a { return index }
        return nil
    }
}
