// Calls the reader for each form that a single key has.

import Addresses
import ServiceModel

extension Reading {
    /// Reads the value of an entry by a form of a single key; nil with a fault.
    mutating func value(of entry: TOMLEntry, by form: OwnForm) -> SettingValue? {
        switch form {
        case .listen: return listeners.map(\.address).setting
        case .user:
            account = user(entry)
            return account?.user.setting
        case .capabilities: return capabilities(entry)?.setting
        case .access: return access(entry)?.setting
        case .environment: return environment(entry)?.setting
        case .denyMessage: return denyMessage(entry)?.setting
        case .hours: return hours(entry)?.setting
        case .timeZone: return timeZone(entry)?.setting
        case .dnsbl: return dnsbl(entry)?.setting
        case .network: return network(entry)?.setting
        case .systemCalls: return systemCalls(entry)?.setting
        case .privateTemporary: return privateTemporary(entry).map { $0?.setting ?? .none }
        case .root: if case .directory(let path, _) = root { return path.setting } else { return nil }
        case .exitPoints:
            return exitPoints(entry).map { points in
                .list(points.sorted { $0.key < $1.key }.map { .list([$0.key.setting, $0.value.setting]) })
            }
        }
    }
}
