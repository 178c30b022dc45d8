import Testing

@testable import Sandbox

private let every: FileRights = [.read, .list, .execute, .write, .change]

// The bits of LANDLOCK_ACCESS_FS_*, by include/uapi/linux/landlock.h.
private let bits: [String: UInt64] = [
    "EXECUTE": 0, "WRITE_FILE": 1, "READ_FILE": 2, "READ_DIR": 3, "REMOVE_DIR": 4, "REMOVE_FILE": 5, "MAKE_CHAR": 6,
    "MAKE_DIR": 7, "MAKE_REG": 8, "MAKE_SOCK": 9, "MAKE_FIFO": 10, "MAKE_BLOCK": 11, "MAKE_SYM": 12, "REFER": 13,
    "TRUNCATE": 14, "IOCTL_DEV": 15,
]

private func names(_ access: LandlockFileAccess) -> Set<String> {
    Set(bits.filter { access.rawValue & 1 << $0.value != 0 }.keys)
}

private func landlock(_ rights: FileRights, onDirectory isDirectory: Bool) -> Set<String> {
    names(rights.landlock(onDirectory: isDirectory, known: .all))
}

struct FileRightsTests {
    @Test(
        "each right is a set of Landlock's rights, for a directory and for a file",
        arguments: [
            (FileRights.read, "READ_FILE", "READ_FILE"), (.list, "READ_DIR", ""), (.execute, "EXECUTE", "EXECUTE"),
            (.write, "WRITE_FILE IOCTL_DEV", "WRITE_FILE IOCTL_DEV"),
            (
                .change,
                "REMOVE_DIR REMOVE_FILE MAKE_DIR MAKE_REG MAKE_SOCK MAKE_FIFO MAKE_SYM REFER TRUNCATE", "TRUNCATE"
            ), (FileRights(), "", ""),
        ])
    func table(rights: FileRights, directory: String, file: String) {
        #expect(landlock(rights, onDirectory: true) == Set(directory.split(separator: " ").map(String.init)))
        #expect(landlock(rights, onDirectory: false) == Set(file.split(separator: " ").map(String.init)))
    }

    @Test("all rights together are everything but devices")
    func everything() {
        #expect(landlock(every, onDirectory: true) == Set(bits.keys).subtracting(["MAKE_CHAR", "MAKE_BLOCK"]))
    }

    @Test("a rule on a file never names a right for directories only", arguments: 0..<32)
    func files(rights: UInt8) {
        let found = landlock(FileRights(rawValue: rights), onDirectory: false)
        #expect(found.isSubset(of: ["EXECUTE", "WRITE_FILE", "READ_FILE", "TRUNCATE", "IOCTL_DEV"]))
    }

    @Test("a rule never names a right that the kernel does not know", arguments: 0...8)
    func known(version: Int) {
        let known = LandlockABI(version: version).files
        for isDirectory in [true, false] {
            #expect(every.landlock(onDirectory: isDirectory, known: known).isSubset(of: known))
        }
    }

    @Test("rights are shown in one order, whatever order they came in")
    func description() {
        #expect(every.description == "read,list,execute,write,change")
        #expect(FileRights([.execute, .read]).description == "read,execute")
        #expect(FileRights().description == "")
    }
}
