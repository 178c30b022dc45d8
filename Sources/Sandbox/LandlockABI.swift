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

    /// What this kernel does not hold back though the sandbox means it to. Without Landlock one word says all of it.
    package var limitations: [LandlockLimitation] {
        if version == 0 { return [.landlock] }
        return LandlockLimitation.allCases.filter { version < $0.firstVersion }
    }

    /// The sentence of each of the ``limitations``, with the kernel that holds it back.
    package var missing: [String] { limitations.map(\.sentence) }
}

/// What an older kernel does not hold back. The raw value is the word for programs.
package enum LandlockLimitation: String, CaseIterable, Hashable, Sendable {
    /// There is no Landlock.
    case landlock
    case truncate
    case tcp
    case ioctl
    case signal
    case abstractUnix = "abstract_unix"

    /// The first version of the interface that holds it back.
    var firstVersion: Int {
        switch self {
        case .landlock: 1
        case .truncate: 3
        case .tcp: 4
        case .ioctl: 5
        case .signal, .abstractUnix: 6
        }
    }

    /// For people.
    package var sentence: String {
        switch self {
        case .landlock:
            "files, tracing, signals: this kernel has no Landlock (since Linux 5.13, lsm=landlock), so that only "
                + "services with landlock = \"off\" start"
        case .truncate: "truncating a file that may be read (since Linux 6.2)"
        case .tcp: "TCP bind and connect, where `network` names unix or netlink and not inet (since Linux 6.7)"
        case .ioctl: "ioctl on devices that may be opened (since Linux 6.10)"
        case .signal: "signals between handlers of one service, and to their gate (since Linux 6.12)"
        case .abstractUnix:
            "abstract unix sockets, where the service has the machine's network namespace (since Linux 6.12)"
        }
    }
}
