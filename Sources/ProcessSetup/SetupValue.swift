// A setup on its way from the supervisor to the process that it starts: bytes in sealed memory, which is the process's
// first descriptor. The process has nothing else of the supervisor's memory.
package import LinuxSystem
package import Wire

/// A setup with a form between programs.
package protocol SetupValue: WireValue {
    /// Stands before and after the values. A program of another build has another one.
    static var mark: Int64 { get }
}

/// The memory at descriptor 3 is no setup for this program.
package struct SetupError: Error, CustomStringConvertible {
    package let description = "this program is started by the supervisor of the same build, and by nothing else"
}

extension SetupValue {
    /// Errors: memfd_create(2).
    package func sealed() throws(SystemError) -> SharedBytes {
        try SharedBytes(sealing: bytes, name: "setup")
    }

    /// Takes over the setup that this process was started with, and marks its descriptors close-on-exec: no handler has
    /// them.
    package static func received() throws -> Self {
        try Startup.secureDescriptors()
        guard Startup.isOpen(SetupDescriptors.setupNumber) else { throw SetupError() }
        let memory = try SharedBytes(mapping: Descriptor(owning: SetupDescriptors.setupNumber))
        guard let setup = Self(bytes: memory.array) else { throw SetupError() }
        return setup
    }

    package var bytes: [UInt8] {
        var writer = WireWriter()
        writer.write(Self.mark)
        write(to: &writer)
        writer.write(Self.mark)
        return writer.bytes
    }

    /// nil for any other bytes than ``bytes``.
    package init?(bytes: [UInt8]) {
        var reader = WireReader(bytes)
        do throws(WireError) {
            guard try reader.number() == Self.mark else { return nil }
            try self.init(from: &reader)
            guard try reader.number() == Self.mark, reader.isAtEnd else { return nil }
        } catch {
            return nil
        }
    }
}
