// Signals as messages: every signal is blocked, and a queue gives those that this process handles.
internal import CLinux

/// A signal's number. Source: signal(7), x86 and ARM column.
package struct Signal: Hashable, Sendable {
    package let number: Int32

    package init(_ number: Int32) { self.number = number }

    package static let hangUp = Signal(1)
    package static let interrupt = Signal(2)
    package static let kill = Signal(9)
    package static let terminate = Signal(15)
    package static let child = Signal(17)
    package static let goOn = Signal(18)
    package static let stop = Signal(19)

    /// `TERM`, or the number of another signal.
    package var name: String {
        let names = [
            1: "HUP", 2: "INT", 3: "QUIT", 4: "ILL", 5: "TRAP", 6: "ABRT", 7: "BUS", 8: "FPE", 9: "KILL", 10: "USR1",
            11: "SEGV", 12: "USR2", 13: "PIPE", 14: "ALRM", 15: "TERM", 17: "CHLD", 18: "CONT",
            24: "XCPU", 25: "XFSZ", 31: "SYS",
        ]
        return names[Int(number)] ?? "\(number)"
    }
}

/// The owner of a signal queue (signalfd(2)).
package struct SignalQueue: ~Copyable {
    private let descriptor: Descriptor

    /// Blocks every signal of this process, and queues the given ones.
    package init(_ signals: [Signal]) throws(SystemError) {
        let numbers = signals.map(\.number)
        descriptor = Descriptor(
            owning: try retrying("signalfd") { unsafe clinux_signal_queue(numbers, numbers.count) })
    }

    /// Takes over a queue that exists, and blocks no signal. A test gives a descriptor that has nothing to read.
    package init(adopting descriptor: consuming Descriptor) { self.descriptor = descriptor }

    package var number: Int32 { descriptor.number }

    /// The next signal, or nil when none is waiting.
    package func next() throws(SystemError) -> Signal? {
        let number = try retrying("read signalfd") { clinux_signal_next(descriptor.number) }
        return number == 0 ? nil : Signal(number)
    }

    /// Sets every disposition to its default: a signal that the parent process ignored (nohup, Python's SIGPIPE) must
    /// not stay ignored in handlers.
    package static func resetDispositions() throws(SystemError) {
        _ = try retrying("sigaction") { clinux_reset_signals() }
    }
}
