// The listening sockets. They outlive gates, reloads and definitions: a socket closes only when no service wants its
// address any more.
internal import Addresses
internal import LinuxSystem
internal import ServiceModel

/// An open listener, shared by the definitions that name its address.
final class OpenListener {
    var listener: Listener
    /// Whether the kernel may filter client addresses on it.
    var isFiltered = false

    init(_ listener: consuming Listener) { self.listener = listener }

    var bound: ListenAddress { listener.bound }
    var number: Int32 { listener.descriptor.number }
}

/// A listener that a gate has a copy of. The supervisor may close it while the gate lives.
struct LentListener {
    weak var open: OpenListener?
}

/// All open listeners, by the address that the definitions name.
struct ListenerTable {
    private struct Key: Hashable {
        var address: ListenAddress
        /// The service and index for port 0, which means another port for each of them; nil for other ports.
        var asker: String?
    }

    private var open: [Key: OpenListener] = [:]
    /// Listeners of gates that have ended, which processes that those have left may still change.
    private var doubtful: [LentListener] = []

    private func key(_ address: ListenAddress, of service: Service, at index: Int) -> Key {
        if case .ip(_, port: 0) = address { return Key(address: address, asker: "\(service.name) \(index)") }
        return Key(address: address)
    }

    /// The listener for an address of a service: an open one, or a new one.
    ///
    /// - Parameter index: the index of the address in the service's list.
    /// Errors: as Listener.init.
    mutating func listener(
        for address: ListenAddress, of service: Service, at index: Int
    ) throws(SystemError) -> OpenListener {
        let key = key(address, of: service, at: index)
        // A unix socket with a deleted file gets no new client, so it is opened again.
        if let found = open[key], found.listener.isReachable { return found }
        let made = OpenListener(try Listener(address, options: service.socket))
        open[key] = made
        return made
    }

    /// Those of these that are open still.
    func stillOpen(_ lent: [LentListener]) -> [OpenListener] {
        lent.compactMap(\.open).filter { listener in open.values.contains { $0 === listener } }
    }

    var hasDoubtful: Bool { !doubtful.isEmpty }

    /// Notes the listeners of a gate that has ended.
    mutating func doubt(_ lent: [LentListener]) {
        doubtful.removeAll { known in known.open == nil || lent.contains { $0.open === known.open } }
        doubtful += lent
    }

    /// Takes out all that were noted, when nothing can change them any more.
    mutating func takeDoubtful() -> [LentListener] {
        defer { doubtful = [] }
        return doubtful
    }

    /// Forgets a listener, so that whoever wants its address next opens another one.
    mutating func forget(_ listener: OpenListener) { open = open.filter { $0.value !== listener } }

    /// The descriptors of the listeners on which the kernel may filter addresses.
    var filteredNumbers: [Int32] {
        open.values.compactMap { listener in listener.isFiltered ? listener.number : nil }
    }

    /// Closes all listeners but these, and removes their socket files.
    mutating func close(allBut wanted: [OpenListener]) {
        for (key, listener) in open where !wanted.contains(where: { $0 === listener }) {
            open[key] = nil
            do throws(SystemError) {
                try listener.listener.removeFile()
            } catch {
                // Another program removed the file first, or now uses the directory; the socket is closed in either
                // case.
            }
        }
    }
}
