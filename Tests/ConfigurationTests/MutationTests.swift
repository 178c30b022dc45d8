// Reading is total: from any bytes comes a result or a fault inside the file, and never a trap.

import HostDefinition
import ServiceModel
import Testing

@testable import Configuration

struct MutationTests {
    private func expectInside(_ faults: Faults, _ bytes: [UInt8], file: String) {
        let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        for fault in faults.all where fault.position.file == file {
            let isInside =
                (1...lines.count).contains(fault.position.line)
                && (1...(lines[fault.position.line - 1].count + 1)).contains(fault.position.column)
            #expect(isInside, "\(fault) in \(String(decoding: bytes, as: UTF8.self))")
        }
    }

    @Test("a mutated service file is a service or has a fault inside the file", arguments: 0..<8 as Range<UInt64>)
    func service(seed: UInt64) throws {
        let reader = ServiceReader(host: testHost, configuration: try hostConfiguration(defaults: "nice = 3"))
        for bytes in MutationCorpus.services(seed: seed) {
            switch reader.read(name: "s", file: "s.toml", text: bytes) {
            case .success: #expect(PositionIndex(bytes).ending == .complete)
            case .failure(let faults): expectInside(faults, bytes, file: "s.toml")
            }
        }
    }

    @Test(
        "a mutated doorward.toml is a configuration or has a fault inside the file", arguments: 0..<4 as Range<UInt64>)
    func host(seed: UInt64) {
        for bytes in MutationCorpus.hosts(seed: seed) {
            do {
                _ = try HostConfiguration.read(text: bytes, file: "d.toml", host: testHost)
            } catch {
                expectInside(error, bytes, file: "d.toml")
            }
        }
    }

    @Test("whatever stands where a value should is a value or a fault", arguments: 0..<4 as Range<UInt64>)
    func scalar(seed: UInt64) {
        for text in MutationCorpus.scalars(seed: seed) {
            do {
                let entries = try readTOML(SourceText(text, file: "f"))
                #expect(entries.map(\.key) == ["a"])
            } catch {
                expectInside(Faults([error]), text, file: "f")
            }
        }
    }

    @Test("the index ends for any bytes", arguments: 0..<4 as Range<UInt64>)
    func index(seed: UInt64) {
        for bytes in MutationCorpus.medleys(seed: seed) {
            #expect(PositionIndex(bytes).count <= bytes.count)
        }
    }
}
