// The writer of the log, and the pipes that it reads: one for each process that logs, this one among them. The pipes
// stay when the writer dies, and the next writer goes on with what is in them.
internal import LinuxSystem
internal import Messages

/// The owner of the log's writer and of the reading ends of its pipes.
struct LogKeeper: ~Copyable {
    /// A pipe of a process.
    private final class Source {
        let source: LogSource
        let reader: Descriptor

        init(_ source: LogSource, _ reader: consuming Descriptor) {
            self.source = source
            self.reader = reader
        }
    }

    var worker = WorkerKeeper()
    /// By the pid of the process that logs.
    private var living: [Int32: Source] = [:]
    /// Of processes that ended while there was no writer.
    private var ended: [Source] = []

    /// Gates may die again and again while no writer can be started.
    private static let mostEnded = 256

    /// Monotonic; nil for never.
    var deadline: Int64? { worker.deadline }

    /// Adds the pipe of a process that begins to log.
    ///
    /// Errors: fcntl(2): the writer that runs has not got it; the next one will.
    mutating func add(_ reader: consuming Descriptor, of source: LogSource, pid: Int32) throws(SystemError) {
        let added = Source(source, reader)
        living[pid] = added
        if worker.process != nil { try pass(added) }
    }

    /// Notes that a process has ended. What it has written last is still in its pipe, and in the writer's copy of that.
    mutating func sourceEnded(_ pid: Int32) {
        guard let source = living.removeValue(forKey: pid), worker.process == nil else { return }
        ended.append(source)
        if ended.count > Self.mostEnded { ended.removeFirst() }
    }

    /// Notes a writer that was started, and gives it every pipe.
    ///
    /// Errors: fcntl(2).
    mutating func started(_ process: WorkerProcess) throws(SystemError) {
        worker.started(process)
        for source in Array(living.values) + ended { try pass(source) }
        ended = []
    }

    private mutating func pass(_ source: Source) throws(SystemError) {
        let copy = try Descriptor.duplicate(of: source.reader.number)
        worker.order(LogOrder.source(source.source), passing: copy)
    }
}
