import Addresses
import TestSupport
import Testing

@testable import LinuxSystem

struct DatagramSocketTests {
    @Test("a datagram socket is non-blocking and close-on-exec, and has nothing to read at first")
    func quiet() throws {
        let socket = try DatagramSocket(to: .v4(0x7f00_0001), port: 20053)
        let number = socket.number
        #expect(isNonBlocking(number) && isCloseOnExec(number))
        var buffer = [UInt8](repeating: 0, count: 16)
        let count = try socket.receive(into: &buffer)
        #expect(count == nil)
    }

    @Test("reading fails when no server listens at the address")
    func noServer() throws {
        // No process binds to this address.
        let socket = try DatagramSocket(to: .v4(0x7f00_004d), port: 20053)
        try socket.send([1])
        var buffer = [UInt8](repeating: 0, count: 16)
        let errno: Errno?
        do throws(SystemError) {
            _ = try socket.receive(into: &buffer)
            errno = nil
        } catch {
            errno = error.errno
        }
        #expect(errno == .connectionRefused)
    }
}
