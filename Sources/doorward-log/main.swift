// The writer of the log as a program of its own. The supervisor executes it, with its setup on descriptor 3.
internal import LinuxSystem
internal import LogWriter
internal import ProcessSetup

do {
    LogWriter.serve(try LogWriterSetup.received())
} catch {
    StandardError.write("doorward-log: \(error)")
    Processes.exit(100)
}
