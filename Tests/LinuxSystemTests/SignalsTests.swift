import LinuxSystem
import TestSupport
import Testing

struct SignalsTests {
    @Test("signals have names, and a signal without a name has its number")
    func names() {
        #expect(
            [Signal.hangUp, .interrupt, .kill, .terminate, .child].map(\.name) == [
                "HUP", "INT", "KILL", "TERM", "CHLD",
            ])
        #expect(Signal(11).name == "SEGV")
        #expect(Signal(64).name == "64")
        #expect(Signal(0).name == "0")
    }

    @Test("every signal is blocked, and the queue returns its own signals in turn")
    func queue() async {
        await #expect(processExitsWith: .success) {
            // In a child with one thread: signals are blocked for a thread, but sent to the process.
            let status = try ChildProcesses.forked {
                let queue = try SignalQueue([.hangUp, .terminate])
                guard try queue.next() == nil else { return 1 }
                Processes.signal(Processes.ownPID, .terminate)
                Processes.signal(Processes.ownPID, .hangUp)
                Processes.signal(Processes.ownPID, .hangUp)
                // A signal that is blocked and not queued has no effect.
                Processes.signal(Processes.ownPID, .interrupt)
                let found = [try queue.next(), try queue.next(), try queue.next()]
                guard Set(found) == [.hangUp, .terminate, nil] else { return 2 }
                return isCloseOnExec(queue.number) && isNonBlocking(queue.number) ? 0 : 3
            }
            #expect(status == 0)
        }
    }
}
