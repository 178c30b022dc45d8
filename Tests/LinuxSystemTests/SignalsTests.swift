import LinuxSystem
import TestSupport
import Testing

struct SignalsTests {
    @Test("signals have names, and those without have numbers")
    func names() {
        #expect(
            [Signal.hangUp, .interrupt, .kill, .terminate, .child].map(\.name) == [
                "HUP", "INT", "KILL", "TERM", "CHLD",
            ])
        #expect(Signal(11).name == "SEGV")
        #expect(Signal(64).name == "64")
        #expect(Signal(0).name == "0")
    }

    @Test("every signal is blocked, and those that mean something are read in turn")
    func queue() async {
        await #expect(processExitsWith: .success) {
            // In a child of one thread: signals are blocked for a thread, and the process is what gets them.
            let status = try ChildProcesses.forked {
                let queue = try SignalQueue([.hangUp, .terminate])
                guard try queue.next() == nil else { return 1 }
                Processes.signal(Processes.ownPID, .terminate)
                Processes.signal(Processes.ownPID, .hangUp)
                Processes.signal(Processes.ownPID, .hangUp)
                // Blocked, and not queued: it does nothing.
                Processes.signal(Processes.ownPID, .interrupt)
                let found = [try queue.next(), try queue.next(), try queue.next()]
                guard Set(found) == [.hangUp, .terminate, nil] else { return 2 }
                return isCloseOnExec(queue.number) && isNonBlocking(queue.number) ? 0 : 3
            }
            #expect(status == 0)
        }
    }
}
