// The kernel's part of admission: a filter on the listening sockets that drops the first segment of a blocked client,
// so that it costs no connection, no descriptor and no process. To the client the machine does not answer.
// There are two sets, each with IPv4 and IPv6 apart. Bans change one by one, and each has an end that the kernel itself
// observes. The block list is replaced as a whole. The program finds the list in a place (a map of maps) that always
// holds one. Putting another list there is one step for every listener: no client slips through in between, and no
// connection that inherited the program keeps the old list.
// Promises that it drops only a SYN without ACK: an open connection goes on when its client is blocked later.
// Never decides which client is blocked. The longest prefix decides alone, so the caller must not give it a longer
// prefix with an end before that of a shorter prefix that contains it.
// Needs CAP_BPF. In a time namespace (time_namespaces(7)) the kernel's clock is not this process's: bans end too soon
// or late.
package import Addresses
internal import CLinux

/// What a filter has dropped since it was made, in SYN segments. A client sends several for one connection.
package struct KernelDrops: Hashable, Sendable {
    package var byBans: UInt64
    package var byBlockList: UInt64
}

/// The owner of the program and of its maps. Listeners and their connections keep the program after this owner's end.
package struct KernelFilter: ~Copyable {
    private let bans: PrefixMaps
    /// Internal, so that a test reads which prefixes are in force.
    private(set) var blockList: KernelBlockList
    private let placeV4: Descriptor
    private let placeV6: Descriptor
    private let totals: Descriptor
    private let program: Descriptor

    /// Makes a filter that drops nothing and is not attached to a socket.
    ///
    /// - Parameter mostBans: the room for bans and exempt prefixes together, for each family.
    ///
    /// Errors: bpf(2); EPERM without the right, ENOSYS in a kernel without bpf(2).
    package init(mostBans: Int) throws(SystemError) {
        let bans = try PrefixMaps("bans", mostV4: mostBans, mostV6: mostBans, valueBytes: 16)
        let blockList = try KernelBlockList(of: [])
        let placeV4 = try Self.place("list_v4", for: blockList.maps.v4.number)
        let placeV6 = try Self.place("list_v6", for: blockList.maps.v6.number)
        let total = try retrying("make a map for the filter") { unsafe clinux_counter_map("totals", 2) }
        let totals = Descriptor(owning: total)
        var maps = clinux_filter_maps(
            bans_v4: bans.v4.number, bans_v6: bans.v6.number, listed_v4: placeV4.number, listed_v6: placeV6.number,
            totals: totals.number)
        // Sound: the call uses the structure only while it runs.
        program = Descriptor(owning: try retrying("load the filter") { unsafe clinux_filter_load(&maps) })
        self.bans = bans
        self.blockList = blockList
        self.placeV4 = placeV4
        self.placeV6 = placeV6
        self.totals = totals
    }

    private static func place(_ name: String, for map: Int32) throws(SystemError) -> Descriptor {
        Descriptor(owning: try retrying("make a map for the filter") { unsafe clinux_place_map(name, map) })
    }

    /// Attaches the filter to a TCP listener, in place of the filter that it had before.
    ///
    /// Errors: socket(7), SO_ATTACH_BPF; ENOMEM beyond net.core.optmem_max, EPERM on a socket with SO_LOCK_FILTER.
    package func attach(to listener: Int32) throws(SystemError) {
        let program = program.number
        _ = try retrying("attach the filter") { clinux_filter_attach(listener, program) }
    }

    /// Takes the filter from a listener. Its open connections keep it.
    ///
    /// Errors: socket(7), SO_DETACH_FILTER; ENOENT without a filter.
    package static func detach(from listener: Int32) throws(SystemError) {
        _ = try retrying("detach the filter") { clinux_filter_detach(listener) }
    }

    /// Bans a prefix, or changes the end of its ban. Its hits begin at 0.
    ///
    /// - Parameter end: in nanoseconds of the monotonic clock. After it the ban drops nothing, but takes its room until
    ///   it is removed.
    ///
    /// Errors: bpf(2); ENOSPC when there is no room.
    package func ban(_ prefix: IPPrefix, until end: Int64) throws(SystemError) {
        try bans.set(prefix, [0, UInt64(max(end, 0))])
    }

    /// Lets a prefix pass in spite of a wider ban; the block list still applies. An exemption is a ban that is over
    /// already.
    ///
    /// Errors: as for ``ban(_:until:)``.
    package func exempt(_ prefix: IPPrefix) throws(SystemError) { try ban(prefix, until: 0) }

    /// Removes the ban or the exemption of exactly this prefix, if there is one.
    ///
    /// Errors: bpf(2).
    package func remove(_ prefix: IPPrefix) throws(SystemError) { try bans.remove(prefix) }

    /// How many SYN segments a ban dropped.
    ///
    /// - Returns: the count for the longest prefix that contains this one; nil when the set has none.
    ///
    /// Errors: bpf(2).
    package func hits(ofBan prefix: IPPrefix) throws(SystemError) -> UInt64? { try bans.value(prefix)?[0] }

    /// Puts another block list in force for every listener at once, and frees the one before, with its hits. Takes 20
    /// to 50 milliseconds: the kernel waits until no processor looks into the old one.
    ///
    /// Errors: bpf(2). After an error the list before is in force, or for IPv4 already the new one.
    package mutating func replaceBlockList(with list: consuming KernelBlockList) throws(SystemError) {
        let (v4, v6) = ((placeV4.number, list.maps.v4.number), (placeV6.number, list.maps.v6.number))
        _ = try retrying("replace the filter's block list") { clinux_put_map(v4.0, v4.1) }
        _ = try retrying("replace the filter's block list") { clinux_put_map(v6.0, v6.1) }
        blockList = list
    }

    /// What the filter dropped, for block lists that were replaced since, too.
    ///
    /// Errors: bpf(2).
    package func drops() throws(SystemError) -> KernelDrops {
        KernelDrops(byBans: try total(0), byBlockList: try total(1))
    }

    private func total(_ index: UInt32) throws(SystemError) -> UInt64 {
        let map = totals.number
        var (index, count): (UInt32, UInt64) = (index, 0)
        // Sound: a key of the map has 4 bytes and a value 8, as the variables have.
        _ = try retrying("read the filter's counters") { unsafe clinux_map_get(map, &index, &count) }
        return count
    }
}

/// A block list in the kernel's memory that is not in force yet. A million prefixes take 135 MB there and some seconds,
/// or half as many seconds in the order of their addresses.
package struct KernelBlockList: ~Copyable {
    let maps: PrefixMaps

    /// Makes a list of all these prefixes.
    ///
    /// Errors: bpf(2); ENOMEM.
    package init(of prefixes: [IPPrefix]) throws(SystemError) {
        let countV4 = prefixes.count(where: \.isV4)
        let maps = try PrefixMaps("list", mostV4: countV4, mostV6: prefixes.count - countV4, valueBytes: 8)
        try maps.setAll(prefixes)
        self.maps = maps
    }
}

/// Two maps from a prefix to some numbers of 64 bits; the kernel increments the first. Every call passes arrays of the
/// sizes that the maps were made with, and the kernel uses them only while it runs.
struct PrefixMaps: ~Copyable {
    let v4: Descriptor
    let v6: Descriptor
    private let valueBytes: Int

    init(_ name: String, mostV4: Int, mostV6: Int, valueBytes: Int) throws(SystemError) {
        let v4 = try Self.map("\(name)_v4", addressBytes: 4, valueBytes, most: mostV4)
        let v6 = try Self.map("\(name)_v6", addressBytes: 16, valueBytes, most: mostV6)
        self.v4 = v4
        self.v6 = v6
        self.valueBytes = valueBytes
    }

    private static func map(
        _ name: String, addressBytes: Int, _ valueBytes: Int, most: Int
    ) throws(SystemError) -> Descriptor {
        // The kernel makes no map with room for nothing.
        let most = UInt32(clamping: max(most, 1))
        return Descriptor(
            owning: try retrying("make a map for the filter") {
                unsafe clinux_prefix_map(name, addressBytes, valueBytes, most)
            })
    }

    func set(_ prefix: IPPrefix, _ value: [UInt64]) throws(SystemError) {
        precondition(value.count * 8 == valueBytes, "the value does not have the size of the map's values")
        let (map, key) = (number(for: prefix), prefix.filterKey)
        _ = try retrying("add to the filter") { unsafe clinux_map_set(map, key, value) }
    }

    /// Gives every prefix a value of zeros.
    func setAll(_ prefixes: [IPPrefix]) throws(SystemError) {
        var (keysV4, keysV6): ([UInt32], [UInt32]) = ([], [])
        for prefix in prefixes {
            prefix.isV4 ? prefix.appendKey(to: &keysV4) : prefix.appendKey(to: &keysV6)
        }
        try Self.setAll(v4.number, keysV4, count: keysV4.count / 2, valueBytes)
        try Self.setAll(v6.number, keysV6, count: keysV6.count / 5, valueBytes)
    }

    private static func setAll(_ map: Int32, _ keys: [UInt32], count: Int, _ valueBytes: Int) throws(SystemError) {
        guard count > 0 else { return }
        let zeros = [UInt8](repeating: 0, count: count * valueBytes)
        // Sound: both arrays hold `count` keys and values of the map's sizes.
        _ = try retrying("add to the filter") { unsafe clinux_map_set_all(map, keys, zeros, UInt32(count)) }
    }

    func remove(_ prefix: IPPrefix) throws(SystemError) {
        let (map, key) = (number(for: prefix), prefix.filterKey)
        _ = try retrying("remove from the filter") {
            let result = unsafe clinux_map_remove(map, key)
            return Errno(-result) == .noEntry ? 0 : result
        }
    }

    /// The value of the longest prefix that contains this one.
    func value(_ prefix: IPPrefix) throws(SystemError) -> [UInt64]? {
        let (map, key) = (number(for: prefix), prefix.filterKey)
        var value = [UInt64](repeating: 0, count: valueBytes / 8)
        let isFound = try retrying("look into the filter") {
            let result = unsafe clinux_map_get(map, key, &value)
            return Errno(-result) == .noEntry ? 0 : result == 0 ? 1 : result
        }
        return isFound == 1 ? value : nil
    }

    private func number(for prefix: IPPrefix) -> Int32 { prefix.isV4 ? v4.number : v6.number }
}

extension IPPrefix {
    fileprivate var isV4: Bool { network.bitWidth == 32 }

    /// The key of a prefix map: two words for IPv4, five for IPv6. Source: CLinux.h, filter.c.
    fileprivate var filterKey: [UInt32] {
        var key: [UInt32] = []
        appendKey(to: &key)
        return key
    }

    fileprivate func appendKey(to key: inout [UInt32]) {
        key.append(UInt32(length))
        switch network {
        case .v4(let bits):
            key.append(bits.bigEndian)
        case .v6(let bits):
            for shift in stride(from: UInt128(96), through: 0, by: -32) {
                key.append(UInt32(truncatingIfNeeded: bits >> shift).bigEndian)
            }
        }
    }
}
