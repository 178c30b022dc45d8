// The quote of the day: one quote of a file, and each is as likely as the others.
// Promises one pass through a file of any size, and the memory of two quotes; a changed file counts from the next
// connection on.
// Sources: RFC 865; fortune(6) for the form of the file: quotes with a line of `%` between them.
import HandlerKit

enum Quotes {
    /// The length of the longest quote, in bytes, with CR LF at the end of each line. A longer one is never chosen.
    static let maximumLength = 512

    /// Returns a quote, which ends in CR LF. Without a file it is always the same one.
    /// Nil: there is no quote, and the log has the reason.
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

    /// Chooses a quote: the n-th quote replaces the chosen one with a probability of 1/n, so in the end all are equally
    /// likely, up to the error of about n * 2^-64 of a remainder of 64 random bits. Source: Waterman's algorithm R, in
    /// Knuth, vol. 2, 3.4.2.
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
