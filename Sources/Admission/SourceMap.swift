// Values for each source, in one map for each kind: IPv4, IPv6 and users of this machine cannot push each other out.
// Promises what ForgettingMap does.
internal import Addresses
internal import Tables

/// Values by source, bounded for each kind of source.
package struct SourceMap<Value: BitwiseCopyable>: ~Copyable {
    private var v4: ForgettingMap<UInt32, Value>
    private var v6: ForgettingMap<UInt128, Value>
    private var users: ForgettingMap<UInt32, Value>

    /// The users of unix sockets that the map remembers. Few, because few users of a machine connect.
    package static var mostUsers: Int { 256 }

    /// - Parameter perFamily: the sources of IPv4, and as many of IPv6.
    package init(perFamily: Int) {
        v4 = ForgettingMap(capacity: perFamily)
        v6 = ForgettingMap(capacity: perFamily)
        users = ForgettingMap(capacity: Self.mostUsers)
    }

    /// Values that were forgotten although they still counted.
    package var forgotten: UInt64 { v4.forgotten + v6.forgotten + users.forgotten }

    package func value(of source: Source) -> Value? {
        switch source {
        case .network(.v4(let bits)): v4.value(of: bits)
        case .network(.v6(let bits)): v6.value(of: bits)
        case .user(let uid): users.value(of: uid)
        }
    }

    /// Changes the value of a source; see ``ForgettingMap/update(_:initial:isIdle:_:)``.
    package mutating func update<Result>(
        _ source: Source, initial: Value, isIdle: (Value) -> Bool, _ change: (inout Value) -> Result
    ) -> Result {
        switch source {
        case .network(.v4(let bits)): v4.update(bits, initial: initial, isIdle: isIdle, change)
        case .network(.v6(let bits)): v6.update(bits, initial: initial, isIdle: isIdle, change)
        case .user(let uid): users.update(uid, initial: initial, isIdle: isIdle, change)
        }
    }
}
