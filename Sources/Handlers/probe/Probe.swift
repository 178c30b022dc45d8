// probe: tells the peer what surroundings a handler of this service finds, one key=value per line, in a fixed order.
// For administrators, who see what a service file really grants, and for Doorward's own tests.
// Promises to change nothing and to answer every key: what the kernel refuses to say is `unknown,errno:N`.
// Never serve it to strangers: it shows the environment. Sources: the man pages named in CProbe.h; proc(5) for the
// capability sets' and signal sets' form.
import HandlerKit

@main
struct Probe {
    /// Serves one connection with the report.
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
