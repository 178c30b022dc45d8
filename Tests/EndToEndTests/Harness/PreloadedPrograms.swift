// Doorward's programs in a directory of their own, with a library loaded into some of them (Tests/Preloaded).
import Foundation
import Glibc

/// The directory, and the file that the library shares with this process, as long as this object lives.
final class PreloadedPrograms {
    let directory: String
    /// The shared file, mapped.
    let shared: UnsafeMutableRawPointer
    private let size: Int

    /// - Parameters:
    ///   - library: its name in build/test.
    ///   - names: the programs that it is loaded into.
    ///   - size: of the shared file, in bytes.
    init(_ library: String, into names: [String] = ["doorward-gate"], sharing size: Int) throws {
        directory = NSTemporaryDirectory() + "/doorward-preloaded-\(UUID().uuidString)"
        self.size = size
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: false)
        let test = Supervised.build + "/test"
        for name in ["doorward", "doorward-supervisor", "doorward-gate", "doorward-resolver", "doorward-log"] {
            let isPreloaded = names.contains(name)
            let program = isPreloaded ? "\(test)/preloaded" : "\(Supervised.build)/bin/\(name)"
            try Supervised.copy(program, to: "\(directory)/\(name)")
            guard isPreloaded else { continue }
            try Supervised.copy("\(test)/\(name)-preloaded", to: "\(directory)/\(name)-preloaded")
        }
        try Supervised.copy("\(test)/\(library)", to: "\(directory)/preloaded.so")
        let file = open(directory + "/shared", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        defer { close(file) }
        guard file >= 0, ftruncate(file, size) == 0,
            let mapped = mmap(nil, size, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0), mapped != MAP_FAILED
        else { throw HarnessError("no shared file: errno \(errno)") }
        shared = mapped
    }

    deinit {
        munmap(shared, size)
        try? FileManager.default.removeItem(atPath: directory)
    }
}
