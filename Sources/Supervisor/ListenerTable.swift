// The listening sockets. They outlive gates, reloads and definitions: a socket is closed only when no service wants its
// address any more.
internal import LinuxSystem
internal import ServiceModel

/// An open listener, shared by the definitions that want it.
final class OpenListener {
    let listener: Listener

    init(_ listener: consuming Listener) { self.listener = listener }

    var bound: ListenAddress { listener.bound }
    var number: Int32 { listener.descriptor.number }
}

/// All open listeners, by what was asked for.
struct ListenerTable {
    private struct Key: Hashable {
        var address: ListenAddress
        /// Port 0 is another port for everyone who asks.
        var service: String?
    }

    private var open: [Key: OpenListener] = [:]

    private func key(_ address: ListenAddress, of service: Service) -> Key {
        if case .ip(_, port: 0) = address { return Key(address: address, service: service.name) }
        return Key(address: address)
    }

    /// The listener for an address of a service: the one that is open, or a new one.
    ///
    /// Errors: as Listener.init.
    mutating func listener(for address: ListenAddress, of service: Service) throws(SystemError) -> OpenListener {
        let key = key(address, of: service)
        if let found = open[key] {
            try found.listener.setOptions(service.socket)
            return found
        }
        let made = OpenListener(try Listener(address, options: service.socket))
        open[key] = made
        return made
    }

    /// Closes the listeners that are not among those, and removes their socket files.
    mutating func close(allBut wanted: [OpenListener]) {
        for (key, listener) in open where !wanted.contains(where: { $0 === listener }) {
            open[key] = nil
            guard case .unix(let path) = listener.bound else { continue }
            do throws(SystemError) {
                try Files.remove(path)
            } catch {
                // Somebody removed it first, or may be using the directory now; either way the socket is closed.
            }
        }
    }
}
