// What clients come in by. Connections are the one kind today; one for datagrams would be a case of its own.
internal import Addresses
internal import LinuxSystem
internal import ProcessSetup

/// A listening socket of the supervisor's, of which the gate has a copy.
enum Intake: Hashable {
    case connections(GateSetup.BoundListener)

    var number: Int32 {
        switch self {
        case .connections(let listener): listener.number
        }
    }

    /// Whether all of its clients are on this machine.
    var isLocal: Bool {
        switch self {
        case .connections(let listener): listener.bound.isLocal
        }
    }

    /// Whether it is a unix socket.
    var isUnix: Bool {
        switch self {
        case .connections(let listener): if case .unix = listener.bound { true } else { false }
        }
    }

    /// The next connection; nil when none waits.
    ///
    /// Errors: accept(2), for lack of resources.
    func accept() throws(SystemError) -> AcceptedConnection? {
        switch self {
        case .connections(let listener): try acceptConnection(from: listener.number)
        }
    }

    /// The address that a peer connected to; nil if the connection is dead already. A listener that is bound to one
    /// address knows it; on a listener for all addresses, getsockname(2) tells it.
    func localAddress(of descriptor: borrowing Descriptor) -> ListenAddress? {
        switch self {
        case .connections(let listener):
            guard case .ip(let address, _) = listener.bound, address.isUnspecified else { return listener.bound }
            do {
                return try Listener.localAddress(of: descriptor.number)
            } catch {
                // That is one event of one connection, and no fault of the gate.
                return nil
            }
        }
    }
}
