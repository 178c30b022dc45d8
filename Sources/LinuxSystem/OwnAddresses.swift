// The addresses of this machine's interfaces.
package import Addresses
internal import CLinux

package enum OwnAddresses {
    /// All of them at this moment, loopback included. Source: getifaddrs(3).
    ///
    /// Errors: socket(2), of the kernel's routing socket.
    package static func all() throws(SystemError) -> [IPAddress] {
        var found: [IPAddress] = []
        // Sound: the call uses the array only while it runs, and as what it is.
        _ = try retrying("getifaddrs") {
            unsafe withUnsafeMutablePointer(to: &found) { list in
                unsafe clinux_own_addresses(list) { context, address in
                    guard let address = unsafe address?.pointee.internet?.0 else { return }
                    unsafe context!.assumingMemoryBound(to: [IPAddress].self).pointee.append(address)
                }
            }
        }
        return found
    }
}
