// The acts that end a connection without a handler: send a message, reset, discard input. None of them waits.
internal import CLinux

extension Descriptor {
    /// Sends all bytes, or as many as the socket has room for. false: the peer is gone, or the room was too small.
    package func sendAtOnce(_ bytes: Span<UInt8>) -> Bool {
        // Sound: the call uses the span only while it runs.
        unsafe bytes.withUnsafeBytes { unsafe clinux_send_at_once(number, $0.baseAddress, $0.count) == $0.count }
    }

    /// Ends the output: the peer reads the end of the stream. false: the peer is gone.
    package func endOutput() -> Bool { clinux_end_output(number) == 0 }

    /// Discards the input that is there. false: no more will come.
    package func discardInput() -> Bool { clinux_discard_input(number) > 0 }

    /// Makes the close reset the connection. Dropped result: a connection that is over already stays as it is.
    package func resetAtClose() { _ = clinux_reset_at_close(number) }
}
