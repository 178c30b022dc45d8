// What the block list costs: reading it, its memory, and a lookup, at 1 to 1 000 000 entries of either family. And what
// the list of bans costs, when there are as many as there may be.
// Prints a table and judges nothing. Built and run by Benchmarks/blocklist, with the sources that it measures.
import Addresses
import Admission
import Glibc
import ServiceModel

func now(_ clock: clockid_t = CLOCK_MONOTONIC) -> Int64 {
    var time = timespec()
    unsafe clock_gettime(clock, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
}

/// SplitMix64, as in the tests.
struct Generator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ mixed >> 27) &* 0x94d0_49bb_1331_11eb
        return mixed ^ mixed >> 31
    }
}

enum Family: String, CaseIterable {
    case ipv4, ipv6
    /// A list in which nearly every length occurs that there is in the wild.
    case ipv4AllLengths = "ipv4, 25 lengths"
    case ipv6AllLengths = "ipv6, 47 lengths"

    var lengths: [Int] {
        switch self {
        // As in public lists: mostly addresses and /24; of IPv6 /64, /48 and addresses.
        case .ipv4: [32, 32, 24, 29]
        case .ipv6: [64, 64, 48, 128]
        case .ipv4AllLengths: Array(8...32)
        case .ipv6AllLengths: Array(19...64) + [128]
        }
    }
}

func address(_ family: Family, _ random: inout Generator) -> IPAddress {
    switch family {
    case .ipv4, .ipv4AllLengths: .v4(.random(in: 1 << 24..<224 << 24, using: &random))
    case .ipv6, .ipv6AllLengths: .v6(0x2a << 120 | .random(in: 0..<1 << 120, using: &random))
    }
}

/// Short prefixes are few, also where all lengths are drawn: there are only so many, and together they would list every
/// address.
func prefix(_ family: Family, _ random: inout Generator) -> IPPrefix {
    let length = family.lengths.randomElement(using: &random)!
    let isRare = (family == .ipv4AllLengths && length < 20) || (family == .ipv6AllLengths && length < 32)
    let found = isRare && Int.random(in: 0..<10_000, using: &random) > 0 ? family.lengths.last! : length
    return IPPrefix(of: address(family, &random), length: found)
}

/// Nanoseconds of one lookup: the median of runs of 256 lookups each of which waits for the one before, in the best of
/// five passes, since others use the machine; and that of single ones between which 4 MB of other memory were touched,
/// as a kernel does between two connections. From the latter the clock's own cost is taken.
func lookups(_ wanted: [IPAddress], _ table: [UInt8], _ others: inout [UInt8]) -> (warm: Double, cold: Int64, sum: Int)
{
    let bytes = unsafe table.span.bytes
    var sum = 0
    var best = Double.infinity
    for _ in 0..<5 {
        var runs: [Double] = []
        for start in stride(from: 0, to: wanted.count - 256, by: 256) {
            let before = now()
            for index in start..<start + 256 {
                // Never more than 0, which the compiler and the processor do not know.
                sum &+= BlockList.line(matching: wanted[index + sum >> 62], in: bytes) ?? 0
            }
            runs.append(Double(now() - before) / 256)
        }
        best = min(best, runs.sorted()[runs.count / 2])
    }
    var singles: [Int64] = []
    var clock: [Int64] = []
    for wanted in wanted.prefix(400) {
        for index in stride(from: 0, to: others.count, by: 64) { others[index] &+= 1 }
        let before = now()
        let between = now()
        sum &+= BlockList.line(matching: wanted, in: bytes) ?? 0
        singles.append(now() - between)
        clock.append(between - before)
    }
    return (best, singles.sorted()[200] - clock.sorted()[200], sum)
}

/// Nanoseconds of one read at a random place of as much memory as a table takes, each place named by the one before:
/// what no lookup can be faster than when nothing of the table is in a cache.
func read(_ count: Int, _ random: inout Generator) -> (nanoseconds: Double, sum: Int) {
    var places = (0..<max(1, count / 64)).map { $0 * 8 }
    // One cycle through all places (Sattolo).
    for index in stride(from: places.count - 1, to: 0, by: -1) {
        places.swapAt(index, Int.random(in: 0..<index, using: &random))
    }
    var memory = [Int](repeating: 0, count: places.count * 8)
    for (index, place) in places.enumerated() { memory[index * 8] = place }
    var place = 0
    var runs: [Double] = []
    for _ in 0..<256 {
        let before = now()
        for _ in 0..<256 { place = memory[place] }
        runs.append(Double(now() - before) / 256)
    }
    return (runs.sorted()[128], place)
}

/// - Returns: something that depends on every lookup.
func measureBans(_ random: inout Generator) -> Int {
    var bans = BanTable(exempt: [])
    var prefixes: [IPPrefix] = []
    for index in 0..<BanTable.standardMost {
        for found in [prefix(.ipv4, &random), prefix(.ipv6, &random)] {
            let cause = BanCause.sensor(service: "trap-\(index % 100)")
            if case .banned = bans.ban(found, for: cause, length: 1 << 40, longest: 1 << 50, at: 0) {
                prefixes.append(found)
            }
        }
    }
    let before = now(CLOCK_PROCESS_CPUTIME_ID)
    let list = bans.list(at: 1)
    let build = now(CLOCK_PROCESS_CPUTIME_ID) - before
    let wanted = (0..<65536).map { _ in prefixes.randomElement(using: &random)!.network }
    let bytes = unsafe list.span.bytes
    var sum = 0
    let start = now()
    for wanted in wanted { sum &+= BanList.match(wanted, at: 1, in: bytes)?.index ?? 0 }
    let lookup = (now() - start) / 65536
    print("\n| bans | list ms | list KB | hit ns |\n| --: | --: | --: | --: |")
    print("| \(prefixes.count) | \(build / 1_000_000) | \(list.count / 1024) | \(lookup) |")
    return sum
}

func measure() {
    var random = Generator(state: 6)
    var others = [UInt8](repeating: 1, count: 4 << 20)
    var sum = 0
    print(
        "| family | entries | text MB | load ms | table MB | hit ns | miss ns | mix ns | hit, cold | miss, cold "
            + "| read ns |")
    print("| --- | --: | --: | --: | --: | --: | --: | --: | --: | --: | --: |")
    for family in Family.allCases {
        let counts = family == .ipv4 || family == .ipv6 ? [1, 1000, 100_000, 1_000_000] : [1_000_000]
        for count in counts {
            let prefixes = (0..<count).map { _ in prefix(family, &random) }
            let text = Array(prefixes.map(\.description).joined(separator: "\n").utf8)
            let before = now(CLOCK_PROCESS_CPUTIME_ID)
            guard let table = try? BlockList.table(ofText: text, file: "bench").bytes else { return print("not read") }
            let load = now(CLOCK_PROCESS_CPUTIME_ID) - before
            let hits = (0..<65536).map { _ in prefixes.randomElement(using: &random)!.network }
            var misses: [IPAddress] = []
            while misses.count < 65536 {
                let address = address(family, &random)
                if BlockList.line(matching: address, in: unsafe table.span.bytes) == nil { misses.append(address) }
            }
            let mix = zip(hits, misses).map { Bool.random(using: &random) ? $0 : $1 }
            let hit = lookups(hits, table, &others)
            let miss = lookups(misses, table, &others)
            let mixed = lookups(mix, table, &others)
            let read = read(table.count, &random)
            sum &+= hit.sum &+ miss.sum &+ mixed.sum &+ read.sum
            func tenths(_ value: Double) -> String { "\((value * 10).rounded() / 10)" }
            print(
                "| \(family.rawValue) | \(count) | \(tenths(Double(text.count) / 1e6)) | \(tenths(Double(load) / 1e6)) "
                    + "| \(tenths(Double(table.count) / 1e6)) | \(tenths(hit.warm)) | \(tenths(miss.warm)) "
                    + "| \(tenths(mixed.warm)) | \(hit.cold) | \(miss.cold) | \(tenths(read.nanoseconds)) |")
        }
    }
    sum &+= measureBans(&random)
    // So that no lookup is left out by the optimiser.
    if sum == 42 { print() }
}
measure()
