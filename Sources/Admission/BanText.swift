// The bans as a file, so that they outlive the supervisor: one line for each, `PREFIX CAUSE BEGAN END HITS STRIKES`.
// BEGAN and END are seconds since 1970, because the monotonic clock starts again with the machine; END is `never` for a
// ban without an end. Total and bounded: a line that cannot be read is reported with its number, and the others are
// restored.
// A restored ban never lasts longer than was meant, whatever the wall clock says at that time.
internal import Addresses

/// A line of the ban file that could not be restored.
package struct BanFault: Error, Hashable, Sendable, CustomStringConvertible {
    /// From 1.
    package let line: Int
    package let reason: String

    /// `LINE: error: REASON`.
    package var description: String { "\(line): error: \(reason)" }
}

/// The same time on both clocks. In nanoseconds.
package struct ClockReading: Hashable, Sendable {
    package let monotonic: Int64
    /// Since 1970.
    package let wall: Int64

    package init(monotonic: Int64, wall: Int64) {
        self.monotonic = monotonic
        self.wall = wall
    }
}

extension BanTable {
    /// The largest file that is read. In bytes.
    package static let mostBytes = 16 << 20
    /// The most lines with a fault that are reported.
    private static let mostFaults = 100
    private static let second: Int64 = 1_000_000_000

    /// The text of all bans that the table remembers.
    package func snapshot(at now: ClockReading) -> [UInt8] {
        var lines: [String] = []
        for ban in all where BanTable.lasts(ban.end, memory, at: now.monotonic) {
            // The monotonic time of a ban that began before the machine started is negative.
            let began = BanTable.wallSeconds(ban.began, now)
            let end = ban.end == .max ? "never" : "\(BanTable.wallSeconds(ban.end, now))"
            lines.append("\(ban.prefix) \(ban.cause.text) \(began) \(end) \(ban.hits) \(ban.strikes)\n")
        }
        return Array(lines.sorted().joined().utf8)
    }

    /// Adds the bans of a text that ``snapshot(at:)`` wrote.
    ///
    /// - Returns: the lines that could not be restored, at most the first 100.
    package mutating func restore(_ text: [UInt8], at now: ClockReading) -> [BanFault] {
        guard text.count <= BanTable.mostBytes else {
            return [BanFault(line: 1, reason: "more than \(BanTable.mostBytes) bytes")]
        }
        var faults: [BanFault] = []
        var number = 0
        for line in text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
            number += 1
            guard !line.isEmpty, faults.count < BanTable.mostFaults else { continue }
            do throws(BanFault) {
                let ban = try BanTable.ban(Array(line), number, now)
                guard BanTable.lasts(ban.end, memory, at: now.monotonic) else { continue }
                if case .full = enter(ban, at: now.monotonic) { throw BanFault(line: number, reason: "no room") }
            } catch {
                faults.append(error)
            }
        }
        return faults
    }

    private static func ban(_ line: [UInt8], _ number: Int, _ now: ClockReading) throws(BanFault) -> Ban {
        func fault(_ reason: String) -> BanFault { BanFault(line: number, reason: reason) }
        guard line.count <= 512 else { throw fault("more than 512 bytes") }
        let fields = line.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
            .map { String(decoding: $0, as: UTF8.self) }
        guard fields.count == 6 else { throw fault("expected PREFIX CAUSE BEGAN END HITS STRIKES") }
        let prefix: IPPrefix
        do throws(IPPrefixError) { prefix = try IPPrefix(fields[0]) } catch { throw fault(error.description) }
        guard let cause = BanCause(text: fields[1]) else { throw fault("'\(fields[1])' is not the cause of a ban") }
        guard let began = Int64(fields[2]), let length = length(from: began, to: fields[3]) else {
            throw fault("'\(fields[2]) \(fields[3])' is not the time of a ban; expected seconds since 1970, or 'never'")
        }
        guard let hits = UInt64(fields[4]) else { throw fault("'\(fields[4])' is not a number of hits") }
        guard let strikes = Int(fields[5]), (1...mostStrikes).contains(strikes) else {
            throw fault("'\(fields[5])' is not a number of strikes; expected 1 to \(mostStrikes)")
        }
        let age = max(0, min(now.wall / second - began, Int64.max / 4 / second)) * second
        let start = later(than: now.monotonic, by: -age)
        let end = length == .max ? .max : later(than: start, by: length)
        return Ban(prefix: prefix, cause: cause, began: start, end: end, hits: hits, strikes: strikes)
    }

    /// In nanoseconds; nil if the times give no length.
    private static func length(from began: Int64, to end: String) -> Int64? {
        guard began >= 0 else { return nil }
        if end == "never" { return .max }
        guard let end = Int64(end), end >= began, end - began <= Int64.max / 4 / second else { return nil }
        return (end - began) * second
    }

    private static func wallSeconds(_ time: Int64, _ now: ClockReading) -> Int64 {
        let (elapsed, overflow) = time.subtractingReportingOverflow(now.monotonic)
        return overflow ? 0 : max(0, now.wall / second + elapsed / second)
    }

    private static func lasts(_ end: Int64, _ memory: Int64, at now: Int64) -> Bool {
        end == .max || later(than: end, by: memory) > now
    }
}
