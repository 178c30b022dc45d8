// The quote of the day: one of a file's, each as likely as the others.
// Promises one pass through the file and the memory of two quotes, however large it is; a changed file is seen at once.
// Sources: RFC 865; fortune(6) for the file's form, quotes with a line of `%` between them.
import HandlerKit

enum Quotes {
    /// The longest quote, in bytes, each line's end counted as CR LF. A longer one is never chosen.
    static let maximumLength = 512

    /// A quote that ends in CR LF. Without a file, always the same one.
    /// Nil: there is none, and the log says why.
    static func one(from path: StaticBytes?) -> ShortText? {
        var quote = ShortText()
        guard let path else {
            quote.append("A quiet line is not a dead one: wait, and then ask.\r\n")
            return quote
        }
        var problem = LogLine("no quote")
        problem.add("path", path)
        do throws(ConnectionError) {
            var isChosen = false
            try readFile(path) { lines throws(ConnectionError) in isChosen = try choose(from: &lines, &quote) }
            if isChosen { return quote }
            problem.add("longest", maximumLength)
        } catch {
            if case .reading(let errno) = error { problem.add("errno", Int(errno)) }
        }
        problem.send()
        return nil
    }

    /// The n-th quote takes the place of the one before with a chance of 1 to n: in the end all are equally likely, but for
    /// the 2^-64 that the remainder of 64 random bits adds. Source: Waterman's algorithm R, in Knuth, vol. 2, 3.4.2.
    private static func choose(
        from lines: inout Connection, _ chosen: inout ShortText
    ) throws(ConnectionError) -> Bool {
        var count: UInt64 = 0
        var quote = ShortText()
        var isTooLong = false
        while true {
            let event = try lines.nextLine()
            if case .line(let line)? = event, !lines.bytes(of: line.text).equals("%") {
                quote.append(lines.bytes(of: line.text))
                quote.append("\r\n")
                isTooLong = isTooLong || quote.bytes.count > maximumLength
                continue
            }
            if case .tooLong? = event {
                isTooLong = true
                continue
            }
            if !isTooLong, quote.bytes.count > 0 {
                count += 1
                if RandomBits.next() % count == 0 { swap(&chosen, &quote) }
            }
            if event == nil { return count > 0 }
            quote = ShortText()
            isTooLong = false
        }
    }
}
