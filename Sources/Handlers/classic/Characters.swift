// The character generator: lines of 72 of the 95 printing characters, each line one character further on.
// Source: RFC 864.
import HandlerKit

/// Writes lines until the peer is gone, which is how this protocol ends. What the peer sends is dropped.
func generateCharacters(to connection: inout Connection) -> ExitStatus {
    var period = InlineArray<7030, UInt8>(repeating: 0)
    for index in 0..<period.count { period[index] = character(at: index) }
    do throws(ConnectionError) {
        while true { try connection.writeDiscardingInput(period.span) }
    } catch {
        guard error == .peerIsGone else { return .temporaryFailure }
        // Dropped on purpose: there is nobody left to close it for, and that is how it should end.
        do throws(ConnectionError) { try connection.close() } catch {}
        return .done
    }
}

/// A byte of the 95 lines of 74 bytes, after which everything comes again.
private func character(at index: Int) -> UInt8 {
    let (line, column) = index.quotientAndRemainder(dividingBy: 74)
    if column == 72 { return 0x0d }
    if column == 73 { return 0x0a }
    return 0x20 + UInt8((line + column) % 95)
}
