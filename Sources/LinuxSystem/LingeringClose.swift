// How a connection ends that nobody serves: told something, reset, read away. Nothing here waits.
internal import CLinux

extension Descriptor {
    /// Sends all of it, or as much as there is room for. false: the peer has gone, or there was not room for all.
    package func sendAtOnce(_ bytes: Span<UInt8>) -> Bool {
        // Sound: the span is lent for the length of the call.
        unsafe bytes.withUnsafeBytes { unsafe clinux_send_at_once(number, $0.baseAddress, $0.count) == $0.count }
    }

    /// The peer finds the end of what we say. false: it has gone.
    package func endOutput() -> Bool { clinux_end_output(number) == 0 }

    /// Reads and forgets what is there. false: nothing more will come.
    package func discardInput() -> Bool { clinux_discard_input(number) > 0 }

    /// Closing it resets the connection. One that has gone by itself stays as it is.
    package func resetAtClose() { _ = clinux_reset_at_close(number) }
}
