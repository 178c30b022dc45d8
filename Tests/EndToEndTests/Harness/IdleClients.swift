// Thousands of clients that connect and send nothing.
import Foundation
import Glibc
import Testing

/// Connections that a process of their own holds open, without a byte sent, until ``resetAll()``.
final class IdleClients {
    private let directory: String
    private let isOver = DispatchSemaphore(value: 0)

    /// Connects, each from an address of its own.
    ///
    /// - Parameter directory: where a file named `end` tells the process to end.
    init(port: UInt16, count: Int, directory: String) {
        self.directory = directory
        let script = """
            import os, resource, socket, struct, time
            hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
            resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
            held = []
            for i in range(\(count)):
                s = socket.socket()
                s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                s.bind((f"127.1.{i >> 8}.{i & 255}", 0))
                s.connect(("127.0.0.1", \(port)))
                held.append(s)
            while os.path.exists("\(directory)") and not os.path.exists("\(directory)/end"): time.sleep(0.05)
            """
        Thread { [isOver] in
            if let outcome = try? run(["/usr/bin/python3", "-c", script], seconds: 60), outcome.status != 0 {
                Issue.record("the idle clients: \(outcome.error)")
            }
            isOver.signal()
        }.start()
    }

    /// Ends the process, which resets every connection: ten thousand ports in TIME_WAIT would hinder other tests.
    func resetAll() throws {
        try Data().write(to: URL(fileURLWithPath: directory + "/end"))
        isOver.wait()
    }
}
