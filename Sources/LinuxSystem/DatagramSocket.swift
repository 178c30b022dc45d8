// A UDP socket with one peer: the kernel drops every datagram of another sender, and reports when the peer's port is
// closed.
// Source: udp(7), connect(2).
package import Addresses
internal import CLinux

/// Connected and non-blocking, on a port that the kernel chose at random.
package struct DatagramSocket: ~Copyable {
    private let descriptor: Descriptor

    /// Errors: socket(2), connect(2): no descriptor is left, or no route leads there.
    package init(to address: IPAddress, port: UInt16) throws(SystemError) {
        var peer = clinux_address(.ip(address, port: port))
        descriptor = Descriptor(
            owning: try retrying("connect a datagram socket") { unsafe clinux_datagram_connect(&peer) })
    }

    package var number: Int32 { descriptor.number }

    /// Errors: send(2), and what the kernel learned of an earlier datagram (ECONNREFUSED).
    package func send(_ bytes: [UInt8]) throws(SystemError) {
        _ = try retryingBytes("send") {
            // Sound: the call uses the array only while it runs.
            unsafe bytes.withUnsafeBytes { unsafe clinux_send(number, $0.baseAddress, $0.count, nil, 0) }
        }
    }

    /// The next datagram, cut to the length of the buffer; nil when there is none.
    ///
    /// Errors: recv(2), and what the kernel learned of a datagram that was sent (ECONNREFUSED).
    package func receive(into buffer: inout [UInt8]) throws(SystemError) -> Int? {
        do throws(SystemError) {
            return try descriptor.read(into: &buffer)
        } catch  where error.errno == .again {
            return nil
        }
    }
}
