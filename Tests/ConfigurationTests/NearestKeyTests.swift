import Testing

@testable import Configuration

struct NearestKeyTests {
    @Test(
        "the key that was probably meant is found",
        arguments: [
            ("conections", "connections"), ("per-source", "per_source"), ("lsiten", nil), ("fiels", "files"),
            ("memroy", "memory"), ("Core", "core"), ("x", nil), ("", nil), ("connectionslimit", "connections"),
            (String(repeating: "c", count: 1000), nil), ("filesize", "file_size"),
        ])
    func nearest(written: String, meant: String?) {
        #expect(nearestKey(to: written, among: KnownKeys.limits) == meant)
    }
}
