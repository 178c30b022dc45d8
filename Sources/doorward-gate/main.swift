// A gate as a program of its own: it has the definition of one service, and neither the supervisor's memory nor its
// code. The supervisor executes it, with its setup on descriptor 3.
internal import Gate
internal import LinuxSystem
internal import ProcessSetup

do {
    Gate.serve(try GateSetup.received())
} catch {
    StandardError.write("doorward-gate: \(error)")
    Processes.exit(100)
}
