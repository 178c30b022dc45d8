// Translates the kernel's socket addresses from and to the types of Addresses.
internal import Addresses
internal import CLinux

/// AF_* of Linux, the same on every machine. Source: socket(2), bits/socket.h.
enum AddressFamily {
    static let unix: Int32 = 1
    static let v4: Int32 = 2
    static let v6: Int32 = 10
}

extension clinux_address {
    init(_ address: ListenAddress) {
        self.init()
        switch address {
        case .ip(.v4(let bits), let port):
            family = AddressFamily.v4
            self.port = port
            setIP(UInt128(bits) << 96)
        case .ip(.v6(let bits), let port):
            family = AddressFamily.v6
            self.port = port
            setIP(bits)
        case .unix(let path):
            family = AddressFamily.unix
            // Sound: the buffer is the tuple's own bytes, and ListenAddress holds no path that is longer.
            unsafe withUnsafeMutableBytes(of: &self.path) { buffer in
                for (index, byte) in path.utf8.prefix(ListenAddress.longestUnixPath).enumerated() {
                    unsafe buffer[index] = byte
                }
            }
        }
    }

    /// The first bytes of `ip` are the most significant of `bits`.
    private mutating func setIP(_ bits: UInt128) {
        // Sound: the buffer is the tuple's own 16 bytes.
        unsafe withUnsafeMutableBytes(of: &ip) { buffer in
            for index in 0..<16 { unsafe buffer[index] = UInt8(truncatingIfNeeded: bits >> UInt128((15 - index) * 8)) }
        }
    }

    private var ipBits: UInt128 {
        // Sound: reads 16 bytes of the tuple's own 16.
        unsafe withUnsafeBytes(of: ip) { UInt128(bigEndian: unsafe $0.loadUnaligned(as: UInt128.self)) }
    }

    /// The address and port, when this is IPv4 or IPv6.
    var internet: (IPAddress, UInt16)? {
        switch family {
        case AddressFamily.v4: (.v4(UInt32(truncatingIfNeeded: ipBits >> 96)), port)
        case AddressFamily.v6: (IPAddress(v6Bits: ipBits), port)
        default: nil
        }
    }
}
