import Testing

@testable import Sandbox

/// What each version restricts, from landlock.rst, "Previous limitations".
private struct Version: Sendable {
    let number: Int
    let files: UInt64
    let network: UInt64
    let scopes: UInt64
}

private let versions = [
    Version(number: 0, files: 0, network: 0, scopes: 0),
    Version(number: 1, files: 0x1fff, network: 0, scopes: 0),
    Version(number: 2, files: 0x3fff, network: 0, scopes: 0),
    Version(number: 3, files: 0x7fff, network: 0, scopes: 0),
    Version(number: 4, files: 0x7fff, network: 3, scopes: 0),
    Version(number: 5, files: 0xffff, network: 3, scopes: 0),
    Version(number: 6, files: 0xffff, network: 3, scopes: 3),
    Version(number: 7, files: 0xffff, network: 3, scopes: 3),
    // A version that does not exist yet: its new rights are not asked for.
    Version(number: 8, files: 0xffff, network: 3, scopes: 3),
]

struct LandlockABITests {
    @Test("each version restricts exactly these rights", arguments: versions)
    private func handled(version: Version) {
        let abi = LandlockABI(version: version.number)
        #expect(abi.files.rawValue == version.files)
        #expect(abi.network == version.network)
        #expect(abi.signalScope | abi.abstractScope == version.scopes)
    }

    @Test("signals and abstract sockets are different scopes")
    func scopes() {
        let abi = LandlockABI(version: 6)
        #expect((abi.abstractScope, abi.signalScope) == (1, 2))
    }

    @Test(
        "the report names what a version cannot restrict, and nothing else",
        arguments: [
            (0, ["files"]), (1, ["truncating", "TCP", "ioctl", "signals", "abstract"]),
            (2, ["truncating", "TCP", "ioctl", "signals", "abstract"]), (3, ["TCP", "ioctl", "signals", "abstract"]),
            (4, ["ioctl", "signals", "abstract"]), (5, ["signals", "abstract"]), (6, []), (7, []), (8, []),
        ])
    func missing(version: Int, first: [String]) {
        let missing = LandlockABI(version: version).missing
        #expect(missing.map { $0.prefix { $0 != " " && $0 != "," } } == first.map { $0[...] })
        #expect(missing.allSatisfy { $0.contains("since Linux ") })
        #expect(missing.isEmpty == (version >= LandlockABI.complete))
        let words = [
            "files": "landlock", "truncating": "truncate", "TCP": "tcp", "signals": "signal",
            "abstract": "abstract_unix",
        ]
        #expect(LandlockABI(version: version).limitations.map(\.rawValue) == first.map { words[$0] ?? $0 })
    }

    @Test("the running kernel takes rulesets of its version")
    func running() throws {
        #expect(Landlock.abi.version >= 0)
    }
}
