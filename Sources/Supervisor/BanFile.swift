// The file `bans` in the state directory: what is banned outlives the supervisor, and the machine's restart.
internal import Admission
internal import LinuxSystem

/// Where the bans are kept.
struct BanFile {
    let path: String

    init(state: String) { path = state + "/bans" }

    /// Adds what the file has.
    ///
    /// - Returns: what could not be restored, ready for the log.
    func restore(into table: inout BanTable) -> [String] {
        do throws(SystemError) {
            let text = try Files.read(path, most: BanTable.mostBytes)
            return table.restore(text, at: .now).map { "\(path):\($0)" }
        } catch  where error.errno == .noEntry {
            return []
        } catch {
            return ["\(path): \(error) [state]"]
        }
    }

    /// Replaces the file in one step.
    ///
    /// Errors: it cannot be written; the old one stays.
    func save(_ table: BanTable) throws(SystemError) {
        let text = String(decoding: table.snapshot(at: .now), as: UTF8.self)
        try Files.replace(path, with: text, mode: 0o600)
    }
}

extension ClockReading {
    static var now: ClockReading {
        ClockReading(monotonic: Clock.monotonicNanoseconds(), wall: Clock.wallNanoseconds())
    }
}
