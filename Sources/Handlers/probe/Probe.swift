// probe: sends the peer a report of the process that a handler of this service gets, one key=value in each line, in a
// fixed order. It shows administrators what a service file really grants, and Doorward's own tests use it.
// Promises to change nothing and to report every key: for a value that the kernel refuses it reports `unknown,errno:N`.
// Never serve it to unknown clients, because it shows the environment.
// Sources: the manual pages that CProbe.h names; proc(5) for the form of the capability sets and the signal sets.
import HandlerKit

@main
struct Probe {
    /// Sends the report to one connection.
    static func main() {
        Options(usage: "probe").finish()
        let signals = SignalSets()  // before serve, which ignores SIGPIPE
        serve { connection throws(ConnectionError) in
            try reportIdentity(on: &connection)
            try reportProcess(on: &connection)
            try signals.report(on: &connection)
            try reportDescriptors(on: &connection)
            try reportArguments(on: &connection)
            return .done
        }
    }

    private static func reportArguments(on connection: inout Connection) throws(ConnectionError) {
        var index = 0
        while let argument = Arguments[index] {
            try connection.report("argument", escaping: argument.bytes)
            index += 1
        }
        index = 0
        while let entry = ProcessEnvironment[index] {
            try connection.report("environment", escaping: entry.bytes)
            index += 1
        }
    }
}
