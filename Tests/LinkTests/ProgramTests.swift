// What the released programs must be as files: small, linked with what every Debian has or with nothing, each without
// the code of the others.
// Runs where DOORWARD_BUILD names the directory that holds bin/; see Makefile, "supervisor". Asks readelf (binutils).
import Glibc
import TestSupport
import Testing

private let build: String? = {
    // Sound: the text is copied at once.
    guard let directory = unsafe getenv("DOORWARD_BUILD") else { return nil }
    return unsafe String(cString: directory)
}()

/// A text that is in every program that has a library linked into it.
///
/// The programs are stripped, but each Swift module's name stands among its types' metadata, and ICU's data begins with
/// its own name. "Foundation" alone says nothing: Swift's standard library names one of Foundation's types.
enum LibraryMark: String, CaseIterable {
    case icu = "icudt"
    case foundation = "CoreFoundation"
    case foundationInternationalization = "FoundationInternationalization"
    case foundationEssentials = "FoundationEssentials"

    /// How the file of the shared library begins.
    var library: String {
        switch self {
        case .icu: "lib_FoundationICU.so"
        case .foundation: "libFoundation.so"
        case .foundationInternationalization: "libFoundationInternationalization.so"
        case .foundationEssentials: "libFoundationEssentials.so"
        }
    }

    func isIn(_ path: String) -> Bool { output(of: "grep -a -c '\(rawValue)' '\(path)'") != "0\n" }
}

@Suite("the released programs as files", .enabled(if: build != nil, "set DOORWARD_BUILD to build/"))
struct ProgramTests {
    private static let programs = ["doorward", "doorward-supervisor"]

    private func path(_ program: String) -> String { (build ?? "") + "/bin/" + program }

    @Test("doorward is at most 24 MB, the supervisor at most 11", arguments: zip(programs, [24_000_000, 11_000_000]))
    func size(program: String, mostBytes: Int) {
        var status = stat()
        // Sound: the call fills the structure.
        #expect(unsafe stat(path(program), &status) == 0)
        #expect(status.st_size > 1_000_000)
        #expect(status.st_size <= mostBytes)
    }

    @Test("needs no shared library but libcap, the C and C++ libraries, and their loader", arguments: programs)
    func libraries(program: String) {
        let needed = output(of: "LC_ALL=C readelf -dW '\(path(program))'").split(separator: "\n")
            .filter { $0.contains("(NEEDED)") }
            .compactMap { $0.split(separator: "[").last?.dropLast() }
            .map { $0.hasPrefix("ld-linux") ? "ld-linux" : String($0) }
        #expect(
            needed.sorted()
                == ["ld-linux", "libc.so.6", "libcap.so.2", "libgcc_s.so.1", "libm.so.6", "libstdc++.so.6"])
    }

    /// The programs that the supervisor executes.
    private static let children = ["doorward-gate", "doorward-resolver", "doorward-log"]

    @Test("gates and workers have at most 11 MB, have no fixed address, and need no library", arguments: children)
    func child(program: String) {
        var status = stat()
        // Sound: the call fills the structure.
        #expect(unsafe stat(path(program), &status) == 0)
        #expect(status.st_size > 1_000_000)
        #expect(status.st_size <= 11_000_000)
        let headers = output(of: "LC_ALL=C readelf -hldW '\(path(program))'")
        #expect(headers.contains("Type:                              DYN (Position-Independent Executable file)"))
        #expect(!headers.contains("(NEEDED)") && !headers.contains("INTERP"))
        #expect(headers.contains("GNU_RELRO"))
        #expect(LibraryMark.allCases.filter { $0.isIn(path(program)) } == [])
    }

    @Test(
        "each program has the code of its own process, and no other's",
        arguments: [
            ("doorward-supervisor", "BanKeeper"), ("doorward-gate", "LingeringSockets"),
            ("doorward-resolver", "AskingGate"), ("doorward-log", "LineSource"),
        ])
    func code(program: String, type: String) {
        for other in ["doorward-supervisor"] + Self.children {
            let count = output(of: "grep -a -c '\(type)' '\(path(other))'")
            #expect((count != "0\n") == (other == program), "\(type) in \(other)")
        }
    }

    @Test("each mark is in its library, as this process has loaded it", arguments: LibraryMark.allCases)
    func marks(mark: LibraryMark) {
        let maps = output(of: "grep -o '/[^ ]*/\(mark.library)' /proc/\(getpid())/maps | head -n 1")
        let library = maps.split(separator: "\n").first.map(String.init) ?? ""
        #expect(library != "" && mark.isIn(library), "\(mark.library) is '\(library)'")
    }

    @Test("doorward has nothing of ICU or of Foundation, but for the Essentials that ArgumentParser needs")
    func commandLine() {
        #expect(LibraryMark.allCases.filter { $0.isIn(path("doorward")) } == [.foundationEssentials])
    }

    @Test("the supervisor has nothing of Foundation")
    func supervisor() {
        #expect(LibraryMark.allCases.filter { $0.isIn(path("doorward-supervisor")) } == [])
    }
}
