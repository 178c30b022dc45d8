// What the running kernel's Landlock can restrict, and what it cannot yet. Pure.
// Source: Documentation/userspace-api/landlock.rst, "Previous limitations".

/// A version of the kernel's Landlock interface; 0: the kernel has none.
package struct LandlockABI: Hashable, Sendable {
    package let version: Int

    package init(version: Int) { self.version = version }

    /// The first version that can do everything that the sandbox asks for.
    package static let complete = 6

    var files: LandlockFileAccess {
        var known: LandlockFileAccess = version >= 1 ? .first : []
        if version >= 2 { known.formUnion(.refer) }
        if version >= 3 { known.formUnion(.truncate) }
        if version >= 5 { known.formUnion(.ioctl) }
        return known
    }

    /// LANDLOCK_ACCESS_NET_BIND_TCP and CONNECT_TCP.
    var network: UInt64 { version >= 4 ? 0b11 : 0 }

    /// LANDLOCK_SCOPE_SIGNAL.
    var signalScope: UInt64 { version >= 6 ? 0b10 : 0 }
    /// LANDLOCK_SCOPE_ABSTRACT_UNIX_SOCKET.
    var abstractScope: UInt64 { version >= 6 ? 0b01 : 0 }

    /// What this kernel cannot restrict although the sandbox asks for it, each with the first kernel that can.
    package var missing: [String] {
        let limitations: [(Int, String)] = [
            (
                1,
                "files, tracing, signals: this kernel has no Landlock (since Linux 5.13, lsm=landlock), "
                    + "so that only services with landlock = \"off\" start"
            ),
            (3, "truncating a file that may be read (since Linux 6.2)"),
            (4, "TCP bind and connect, where `network` names unix or netlink and not inet (since Linux 6.7)"),
            (5, "ioctl on devices that may be opened (since Linux 6.10)"),
            (6, "signals between handlers of one service, and to their gate (since Linux 6.12)"),
            (6, "abstract unix sockets, where the service has the machine's network namespace (since Linux 6.12)"),
        ]
        if version == 0 { return [limitations[0].1] }
        return limitations.filter { version < $0.0 }.map(\.1)
    }
}
