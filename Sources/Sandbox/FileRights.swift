// The rights below a path, and Landlock's bits for them.
// Source: Documentation/userspace-api/landlock.rst; include/uapi/linux/landlock.h.

/// Rights to a file, or to everything below a directory.
package struct FileRights: OptionSet, Hashable, Sendable, CustomStringConvertible {
    package let rawValue: UInt8

    package init(rawValue: UInt8) { self.rawValue = rawValue }

    package static let execute = FileRights(rawValue: 1)
    package static let read = FileRights(rawValue: 2)
    /// The names in directories.
    package static let list = FileRights(rawValue: 4)
    /// Into existing files.
    package static let write = FileRights(rawValue: 8)
    /// Create, remove, rename, truncate.
    package static let change = FileRights(rawValue: 16)

    /// `read,execute`.
    package var description: String {
        let names: [(FileRights, String)] = [
            (.read, "read"), (.list, "list"), (.execute, "execute"), (.write, "write"), (.change, "change"),
        ]
        return names.filter { contains($0.0) }.map(\.1).joined(separator: ",")
    }

    /// Landlock's bits for these rights, among those that the kernel knows.
    func landlock(onDirectory isDirectory: Bool, known: LandlockFileAccess) -> LandlockFileAccess {
        var access: LandlockFileAccess = []
        if contains(.execute) { access.formUnion(.execute) }
        if contains(.read) { access.formUnion(.readFile) }
        if contains(.list) { access.formUnion(.readDirectory) }
        if contains(.write) { access.formUnion([.writeFile, .ioctl]) }
        if contains(.change) { access.formUnion(.allChanges) }
        return access.intersection(known).intersection(isDirectory ? .all : .ofFiles)
    }
}

/// LANDLOCK_ACCESS_FS_*.
package struct LandlockFileAccess: OptionSet, Hashable, Sendable {
    package let rawValue: UInt64

    package init(rawValue: UInt64) { self.rawValue = rawValue }

    static let execute = LandlockFileAccess(rawValue: 1 << 0)
    static let writeFile = LandlockFileAccess(rawValue: 1 << 1)
    static let readFile = LandlockFileAccess(rawValue: 1 << 2)
    static let readDirectory = LandlockFileAccess(rawValue: 1 << 3)
    static let makeCharacterDevice = LandlockFileAccess(rawValue: 1 << 6)
    static let makeBlockDevice = LandlockFileAccess(rawValue: 1 << 11)
    static let refer = LandlockFileAccess(rawValue: 1 << 13)
    static let truncate = LandlockFileAccess(rawValue: 1 << 14)
    static let ioctl = LandlockFileAccess(rawValue: 1 << 15)

    /// The rights of ABI 1: bits 0 to 12.
    static let first = LandlockFileAccess(rawValue: 1 << 13 - 1)
    static let all = LandlockFileAccess(rawValue: 1 << 16 - 1)
    /// The rights that a rule on a file, not a directory, may name.
    static let ofFiles: LandlockFileAccess = [.execute, .writeFile, .readFile, .truncate, .ioctl]
    /// Every right that changes a directory, without devices: making one needs a capability, and no handler makes any.
    static let allChanges = all.subtracting([
        .execute, .writeFile, .readFile, .readDirectory, .makeCharacterDevice, .makeBlockDevice, .ioctl,
    ])
}
