// One supervisor for each state directory: two would overwrite each other's bans and users, and one of them would have
// no control socket.
internal import HostDefinition
internal import LinuxSystem

/// The claim on a state directory, as long as this supervisor runs.
struct StateLock: ~Copyable {
    private let state: String
    private var lock: FileLock?
    /// Why the directory is not locked: an ordinary user's supervisor may have none that it can write.
    private(set) var failure: SystemError?

    /// Errors: another supervisor has the directory.
    init(_ state: String) throws(HostDefinitionError) {
        self.state = state
        do throws(FileLock.Failure) {
            lock = try Self.locked(state)
            failure = nil
        } catch {
            switch error {
            case .held(let pid): throw Self.held(state, by: pid)
            case .system(let error):
                lock = nil
                failure = error
            }
        }
    }

    /// Locks the file anew if it was removed or replaced, alone or with its directory.
    ///
    /// - Returns: why the directory is not locked any more.
    mutating func renew() -> String? {
        if isCurrent { return nil }
        do throws(FileLock.Failure) {
            lock = try Self.locked(state)
            failure = nil
            return nil
        } catch {
            lock = nil
            switch error {
            case .held(let pid): return Self.held(state, by: pid).lines.joined()
            case .system(let error):
                failure = error
                return "\(error)"
            }
        }
    }

    private var isCurrent: Bool {
        switch lock {
        case .some(let lock): lock.isCurrent
        case .none: false
        }
    }

    private static func locked(_ state: String) throws(FileLock.Failure) -> FileLock {
        do throws(SystemError) {
            try Files.makeDirectory(state, mode: 0o711)
        } catch {
            throw .system(error)
        }
        return try FileLock(path: state + "/lock")
    }

    private static func held(_ state: String, by pid: Int32?) -> HostDefinitionError {
        HostDefinitionError(
            Problem(
                .file(state), key: "state", option: "--state",
                message: "another supervisor uses this directory: "
                    + (pid.map { "pid \($0)" } ?? "one in another pid namespace")))
    }
}
