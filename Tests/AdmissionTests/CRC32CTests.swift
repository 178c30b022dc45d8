import Testing

@testable import Admission

struct CRC32CTests {
    // The check value of CRC-32C in the catalogue of CRC algorithms, and RFC 3720 B.4: 32 bytes of zeros, 32 of ones.
    @Test(
        "known texts have their known checksums",
        arguments: [
            (Array("123456789".utf8), 0xe306_9283), ([UInt8](repeating: 0, count: 32), 0x8a91_36aa),
            ([UInt8](repeating: 0xff, count: 32), 0x62a8_ab43), ([], 0),
        ] as [([UInt8], UInt32)])
    func known(bytes: [UInt8], value: UInt32) {
        var checksum = CRC32C()
        for byte in bytes { checksum.add(byte) }
        let found = checksum.value
        #expect(found == value)
    }
}
