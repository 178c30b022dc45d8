// Replays the corpus of the fuzzer (Tests/Fuzz/smtp). The first byte of an input selects a session or a message for the
// dot reader.
import Glibc
import Testing

@testable import SMTP

@Suite("Corpus")
struct CorpusTests {
    @Test("every input of the fuzzer's corpus has well-formed replies, and one end for each transaction")
    func replay() throws {
        let files = corpus()
        #expect(files.count >= 5)
        for (name, bytes) in files where bytes.count > 2 && bytes[0] % 3 < 2 {
            let lab = bytes[0] % 3 == 1
            let outcome = session(
                [Array(bytes.dropFirst())],
                configuration {
                    $0.profile = lab ? .lab : .internet
                    $0.limits.messageSize = 500
                })
            #expect(outcome.isWellFormed, "\(name)")
            let twice = session(
                [Array(bytes.dropFirst())],
                configuration {
                    $0.profile = lab ? .lab : .internet
                    $0.limits.messageSize = 500
                })
            #expect(outcome == twice, "\(name)")
        }
    }
}

/// The files of Tests/Fuzz/smtp/corpus, by name.
private func corpus() -> [(String, [UInt8])] {
    let directory = #filePath.split(separator: "/").dropLast(2).map { "/" + $0 }.joined() + "/Fuzz/smtp/corpus"
    // Sound: the stream is closed below, and each name is copied before the next entry is read.
    guard let stream = unsafe opendir(directory) else { return [] }
    defer { unsafe closedir(stream) }
    var files: [(String, [UInt8])] = []
    while let entry = unsafe readdir(stream) {
        let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { start in
            unsafe start.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
        }
        if name.hasPrefix(".") { continue }
        files.append((name, readWhole(directory + "/" + name)))
    }
    return files.sorted { $0.0 < $1.0 }
}

private func readWhole(_ path: String) -> [UInt8] {
    // Sound: the call does not keep the path.
    let file = unsafe open(path, O_RDONLY | O_CLOEXEC)
    defer { close(file) }
    return unsafe [UInt8](unsafeUninitializedCapacity: 65536) { buffer, count in
        // Sound: the address and the size are those of the buffer.
        unsafe count = max(0, read(file, buffer.baseAddress, buffer.count))
    }
}
