// The character generator: lines of 72 of the 95 printing characters; each line begins one character further on than
// the line before.
// Source: RFC 864.
import HandlerKit

/// Writes lines until the peer is gone, which is the end of this protocol. Drops all input.
func generateCharacters(to connection: inout Connection) -> ExitStatus {
    var period = InlineArray<7030, UInt8>(repeating: 0)
    for index in 0..<period.count { period[index] = character(at: index) }
    do throws(ConnectionError) {
        while true { try connection.writeDiscardingInput(period.span) }
    } catch {
        guard error == .peerIsGone else { return .temporaryFailure }
        // Dropped on purpose: the peer is gone, as the protocol has it, so there is nothing to send.
        do throws(ConnectionError) { try connection.close() } catch {}
        return .done
    }
}

/// The byte with an index in the 95 lines of 74 bytes, after which the lines repeat.
private func character(at index: Int) -> UInt8 {
    let (line, column) = index.quotientAndRemainder(dividingBy: 74)
    if column == 72 { return 0x0d }
    if column == 73 { return 0x0a }
    return 0x20 + UInt8((line + column) % 95)
}
