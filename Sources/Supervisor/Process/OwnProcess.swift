// The supervisor as a process: its rights, what it holds for itself, its beginning and its end.
internal import LinuxSystem
internal import Sandbox
internal import ServiceModel

/// What belongs to the supervisor's process, and to no part of it.
struct OwnProcess: ~Copyable {
    let privilege = Privilege.current
    let startedAt = Clock.monotonicNanoseconds()
    let programs: OwnPrograms
    var lock: StateLock
    /// The readiness descriptor, until it was written to.
    var ready: Descriptor?
    /// The network namespace without interfaces, made when the first service needs it.
    private var emptyNetwork: EmptyNetwork?
    var stop = Stop()

    init(lock: consuming StateLock, programs: OwnPrograms, readyNumber: Int32?) {
        self.programs = programs
        self.lock = lock
        ready = readyNumber.map { Descriptor(owning: $0) }
    }

    /// The descriptor of the network namespace without interfaces, which all services share that need one.
    mutating func emptyNetworkNumber() throws(SystemError) -> Int32 {
        switch emptyNetwork {
        case .some(let network): return network.descriptor.number
        case .none: break
        }
        let network = try EmptyNetwork()
        let number = network.descriptor.number
        emptyNetwork = consume network
        return number
    }
}
