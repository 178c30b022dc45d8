// What a connection costs a gate in memory: nothing, from accept to the handler's first instruction and on to its end.
// The counter is loaded into real gates (Tests/Allocations).
import Foundation
import Testing

extension EndToEndTests {
    @Suite("Allocations")
    struct AllocationTests {
        /// The allocations of each gate, by its pid.
        private struct Counts {
            private let programs: PreloadedPrograms
            private static let pids = 4_194_304
            var directory: String { programs.directory }

            init() throws {
                programs = try PreloadedPrograms("allocations.so", sharing: Self.pids * MemoryLayout<UInt64>.size)
            }

            func count(of pid: Int32) -> UInt64 {
                programs.shared.load(fromByteOffset: Int(pid) * MemoryLayout<UInt64>.size, as: UInt64.self)
            }

            /// The allocations of a process while something is done.
            func allocations(of pid: Int32, while act: () throws -> Void) rethrows -> UInt64 {
                let before = count(of: pid)
                try act()
                return count(of: pid) - before
            }
        }

        private static let upstream = "proxy_protocol = [\"127.0.0.0/8\"]\n"

        @Test(
            "a gate allocates nothing for a connection, from accept to the end of its handler",
            arguments: [
                ("", ""), ("access = [\"allow 127.0.0.0/8 A=1\"]\n[limits]\nrate = \"1000/s\"\n", ""),
                ("input_filters = [[\"lowercase\"]]\n", ""), ("start = \"data\"\n", ""),
                ("greet_delay = \"10ms\"\n", ""), (upstream, "PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\n"),
            ])
        func nothing(settings: String, header: String) throws {
            let counts = try Counts()
            let text = "listen = [\"127.0.0.1:0\"]\nhandler = [\"echo\"]\n"
            let startsWithData = settings.contains("start = ")
            let doorward = try Supervised(services: ["echo": text + settings], bin: counts.directory)
            let (port, gate) = try (doorward.port("echo"), doorward.gate("echo"))
            // Tables and buffers reach the size that they keep.
            try serve(12, header, port, doorward, startsWithData: startsWithData, from: 0)
            let start = counts.count(of: gate)
            #expect(start > 100, "the start of a gate allocates: the counter counts")
            let allocations = try (0..<3).map { round in
                try counts.allocations(of: gate) {
                    try serve(20, header, port, doorward, startsWithData: startsWithData, from: 12 + round * 20)
                }
            }
            // Each five seconds the gate answers the supervisor, and that allocates.
            #expect(allocations.filter { $0 == 0 }.count >= 2, "\(allocations)")
        }

        @Test("a gate allocates nothing for a connection that it refuses")
        func refused() throws {
            let counts = try Counts()
            let text = "listen = [\"127.0.0.1:0\"]\nhandler = [\"echo\"]\naccess = [\"deny all\"]\n"
            let doorward = try Supervised(services: ["echo": text], bin: counts.directory)
            let (port, gate) = try (doorward.port("echo"), doorward.gate("echo"))
            for _ in 0..<5 { #expect(try exchange(port: port, "") == "") }
            let allocations = try (0..<3).map { _ in
                try counts.allocations(of: gate) {
                    for _ in 0..<20 { _ = try exchange(port: port, "") }
                }
            }
            #expect(allocations.filter { $0 == 0 }.count >= 2, "\(allocations)")
        }

        /// Serves connections, one after the other, and waits until the gate has logged the end of each.
        private func serve(
            _ count: Int, _ header: String, _ port: UInt16, _ doorward: Supervised, startsWithData: Bool, from: Int
        ) throws {
            for number in 1...count {
                let client = try Client(port: port)
                client.send(header)
                // With a greet delay, whoever speaks before it is over is refused.
                if !startsWithData { _ = try doorward.log.wait(for: "accept", count: from + number) }
                client.send("hello\n")
                client.shutdownWrite()
                #expect(client.readToEnd() == "hello\n")
                _ = try doorward.log.wait(for: "end", count: from + number)
            }
        }
    }
}
