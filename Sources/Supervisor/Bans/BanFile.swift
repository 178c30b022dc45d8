// The file `bans` in the state directory, so that bans outlive the supervisor and a restart of the machine.
internal import Admission
internal import LinuxSystem

/// The file that keeps the bans.
struct BanFile {
    let path: String

    init(state: String) { path = state + "/bans" }

    /// Adds the bans of the file to a table.
    ///
    /// - Returns: for each line that could not be restored, a text for the log.
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
    /// Errors: the file cannot be written; the old one stays.
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
