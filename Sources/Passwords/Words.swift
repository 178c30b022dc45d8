// Lists of words with blanks between them, as in a group file and in a requirement.

extension Span<UInt8> {
    /// The range of the next word from this position on; nil if there is none. Moves the position to the end of the
    /// word.
    public func nextWord(from position: inout Int) -> Range<Int>? {
        while position < count, isBlank(at: position) { position += 1 }
        let start = position
        while position < count, !isBlank(at: position) { position += 1 }
        return position > start ? start..<position : nil
    }

    /// Whether these bytes are one of the words of a list, from this position on.
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
    /// The place of the first colon in the range, or nil.
    func firstColon(in range: Range<Int>) -> Int? {
        for index in range where self[index] == 0x3a { return index }
        return nil
    }
}
