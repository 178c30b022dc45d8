import LinuxSystem
import TestSupport
import Testing

private func bytes(_ shared: borrowing SharedBytes) -> [UInt8] {
    let span = shared.bytes
    // Sound: the offset is inside the span.
    return (0..<span.byteCount).map { unsafe span.unsafeLoad(fromByteOffset: $0, as: UInt8.self) }
}

struct SharedBytesTests {
    @Test("sealed bytes read back as they were", arguments: [1, 4095, 4096, 4097, 100_000])
    func reads(count: Int) throws {
        let given = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        let shared = try SharedBytes(sealing: given, name: "test")
        #expect(bytes(shared) == given)
        #expect(isCloseOnExec(shared.descriptor.number))
    }

    @Test("no process can change sealed bytes: no write, no growing, no shrinking")
    func sealed() throws {
        let shared = try SharedBytes(sealing: [1, 2, 3], name: "test")
        let number = shared.descriptor.number
        #expect(writeProblem(number) == .notPermitted)
        #expect(truncateProblem(number, to: 0) == .notPermitted)
        #expect(truncateProblem(number, to: 100) == .notPermitted)
        #expect(bytes(shared) == [1, 2, 3])
    }

    @Test("memory that was passed to another owner stays readable after the first owner's end")
    func mapping() throws {
        let copy: Descriptor
        do {
            let shared = try SharedBytes(sealing: [1, 2, 3], name: "test")
            copy = try duplicate(shared.descriptor.number)
        }
        #expect(bytes(try SharedBytes(mapping: copy)) == [1, 2, 3])
    }

    @Test("an empty array cannot be sealed, and a file that is no memory cannot be mapped")
    func errors() throws {
        #expect(throws: SystemError.self) { _ = try SharedBytes(sealing: [], name: "test") }
        #expect(throws: SystemError.self) { _ = try SharedBytes(mapping: try Startup.openNull()) }
    }
}
