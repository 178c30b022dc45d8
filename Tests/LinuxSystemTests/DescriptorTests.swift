import LinuxSystem
import TestSupport
import Testing

struct DescriptorTests {
    @Test("a descriptor is closed at the end of its owner's life")
    func closes() throws {
        let ends = try streamEnds()
        // After the only writing end is closed, reading returns the end instead of waiting.
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

    @Test("everything is written, however often the kernel takes only a part")
    func writeAll() async throws {
        await #expect(processExitsWith: .success) {
            // More than a stream's buffer takes.
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

    @Test("a write that fails throws the reason")
    func full() throws {
        let full = try openForWriting("/dev/full")
        #expect(throws: SystemError("write", Errno(28))) { try full.writeAll([1].span) }
    }

    @Test("a duplicate is of the same file, above 2, close-on-exec, and outlives the first descriptor")
    func duplicated() throws {
        let ends = try streamEnds()
        let copy = try Descriptor.duplicate(of: ends.far.number)
        #expect(copy.number > 2)
        #expect(copy.number != ends.far.number)
        #expect(isCloseOnExec(copy.number))
        let near = try Descriptor.duplicate(of: ends.near.number)
        close(ends.takeFar())
        try copy.writeAll([7].span)
        #expect(try readOnce(near) == [7])
    }

    private func close(_ descriptor: consuming Descriptor) { _ = consume descriptor }

    @Test("0, 1 and 2 are duplicated to above 2, and a number that is not open traps")
    func duplicatedStreams() async throws {
        for number in Int32(0)...2 {
            let copy = try Descriptor.duplicate(of: number)
            #expect(copy.number > 2)
        }
        await #expect(processExitsWith: .failure) { _ = try Descriptor.duplicate(of: 100_000) }
    }

    @Test("a negative number traps")
    func negative() async {
        await #expect(processExitsWith: .failure) { _ = Descriptor(owning: -1) }
    }
}
