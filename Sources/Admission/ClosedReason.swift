// Whether a service is closed, by the minute of the week and the machine's load. Pure: a gate and `explain` use the
// same rule.
package import ServiceModel

/// Why a service takes no connections for a while.
package enum ClosedReason: Hashable, Sendable {
    /// The service is outside of its hours.
    case hours
    /// The machine's load is above the service's limit.
    case load
}

extension ClosedReason {
    /// Why a service is closed at a moment; nil: it is open. Hours come before the load.
    ///
    /// - Parameters:
    ///   - hours: of the service; nil: it is always open.
    ///   - minute: of the week, in the service's time zone; evaluated only if there are hours.
    ///   - mostLoad: the service's limit, in hundredths; nil: it has none.
    ///   - load: of the machine, in hundredths; evaluated only if there is a limit.
    package init?(
        hours: Hours?, minute: @autoclosure () -> WeekMinute, mostLoad: Int?, load: @autoclosure () -> Int
    ) {
        if let hours, !hours.contains(minute()) {
            self = .hours
        } else if let mostLoad, load() > mostLoad {
            self = .load
        } else {
            return nil
        }
    }
}
