import LinuxSystem
import TestSupport
import Testing

struct DescriptorTests {
    @Test("a descriptor is closed when its owner ends")
    func closes() throws {
        let ends = try streamEnds()
        // With the only writing end gone, reading comes to an end instead of waiting.
        #expect(try readAll(ends.takeNear()) == [])
    }

    @Test("a released descriptor stays open, and is closed by its next owner")
    func release() throws {
        let ends = try streamEnds()
        let number = ends.far.number
        let near = try duplicate(ends.near.number)
        keepOpen(ends.takeFar())
        try writeBytes([7].span, to: number)
        #expect(try readOnce(near) == [7])
        _ = consume near
        _ = Descriptor(owning: number)
    }

    private func keepOpen(_ descriptor: consuming Descriptor) { _ = descriptor.release() }

    @Test("everything is written, however often the kernel takes a part")
    func writeAll() async throws {
        await #expect(processExitsWith: .success) {
            // More than a stream holds.
            let bytes = (0..<(2 << 20)).map { UInt8(truncatingIfNeeded: $0 &* 31) }
            let ends = try streamEnds()
            let pid = try Processes.fork()
            if pid == 0 {
                do throws(SystemError) {
                    try ends.far.writeAll(bytes.span)
                    Processes.exit(0)
                } catch {
                    Processes.exit(1)
                }
            }
            let received = try readAll(ends.takeNear())
            #expect(received == bytes)
            #expect(ChildProcesses.status(of: pid) == 0)
        }
    }

    @Test("a write that fails says why")
    func full() throws {
        let full = try openForWriting("/dev/full")
        #expect(throws: SystemError("write", Errno(28))) { try full.writeAll([1].span) }
    }

    @Test("a number that is none traps")
    func negative() async {
        await #expect(processExitsWith: .failure) { _ = Descriptor(owning: -1) }
    }
}
