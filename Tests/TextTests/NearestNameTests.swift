import Testing
import Text

private let known = [
    "connections", "per_source", "lifetime", "files", "processes", "memory", "cpu", "core", "file_size", "total_memory",
]

struct NearestNameTests {
    @Test(
        "the known name that was probably meant is found",
        arguments: [
            ("conections", "connections"), ("per-source", "per_source"), ("lsiten", nil), ("fiels", "files"),
            ("memroy", "memory"), ("Core", "core"), ("x", nil), ("", nil), ("connectionslimit", "connections"),
            (String(repeating: "c", count: 1000), nil), ("filesize", "file_size"),
        ])
    func nearest(written: String, meant: String?) {
        #expect(nearestName(to: written, among: known) == meant)
    }
}
