// The listening sockets. They outlive gates, reloads and definitions: a socket is closed only when no service wants its
// address any more.
internal import Addresses
internal import LinuxSystem
internal import ServiceModel

/// An open listener, shared by the definitions that want it.
final class OpenListener {
    let listener: Listener
    /// Whether a filter for addresses makes sense on it.
    var isFiltered = false

    init(_ listener: consuming Listener) { self.listener = listener }

    var bound: ListenAddress { listener.bound }
    var number: Int32 { listener.descriptor.number }
}

/// All open listeners, by what was asked for.
struct ListenerTable {
    private struct Key: Hashable {
        var address: ListenAddress
        /// Port 0 is another port each time that it is asked for.
        var asker: String?
    }

    private var open: [Key: OpenListener] = [:]

    private func key(_ address: ListenAddress, of service: Service, at index: Int) -> Key {
        if case .ip(_, port: 0) = address { return Key(address: address, asker: "\(service.name) \(index)") }
        return Key(address: address)
    }

    /// The listener for an address of a service: the one that is open, or a new one.
    ///
    /// - Parameter index: the address's place in the service's list.
    /// Errors: as Listener.init.
    mutating func listener(
        for address: ListenAddress, of service: Service, at index: Int
    ) throws(SystemError) -> OpenListener {
        let key = key(address, of: service, at: index)
        // One whose file is gone serves nobody who comes from now on.
        if let found = open[key], found.listener.isReachable { return found }
        let made = OpenListener(try Listener(address, options: service.socket))
        open[key] = made
        return made
    }

    /// The sockets that a filter for addresses makes sense on.
    var filteredNumbers: [Int32] {
        open.values.compactMap { listener in listener.isFiltered ? listener.number : nil }
    }

    /// Closes the listeners that are not among those, and removes their socket files.
    mutating func close(allBut wanted: [OpenListener]) {
        for (key, listener) in open where !wanted.contains(where: { $0 === listener }) {
            open[key] = nil
            do throws(SystemError) {
                try listener.listener.removeFile()
            } catch {
                // Somebody removed it first, or may be using the directory now; either way the socket is closed.
            }
        }
    }
}
