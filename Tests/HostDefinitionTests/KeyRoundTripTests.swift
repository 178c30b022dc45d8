// Every key of a service and of the host, by its declaration: its values reach the supervisor unchanged. The samples
// come from the forms, so a new key is tested here without a line of its own.

import HostDefinition
import ServiceModel
import Tables
import Testing
import Wire

/// Values that a form can have.
private func samples(_ form: Form) -> [SettingValue] {
    switch form {
    case .flag: [.flag(true), .flag(false)]
    case .count(let range): [.number(Int64(range.lowerBound)), .number(Int64(range.upperBound))]
    case .decimal(let range): [.number(Int64(range.lowerBound)), .number(Int64(range.upperBound))]
    case .duration: [.number(1_500_000_000), .number(36500 * 86_400_000_000_000 / 4)]
    case .size: [.number(1), .number(.max)]
    case .rate: [.list([.number(30), .number(60_000_000_000), .number(30)])]
    case .octal(let most): [.number(Int64(most)), .number(0)]
    case .choice(let words): words.map { .text($0) }
    case .path, .absolutePath: [.text("/ä b")]
    case .user, .group: [.number(7), .number(4_294_967_294)]
    case .groups: [.list([.number(7), .number(8)]), .list([])]
    case .prefixes: [.list([.text("10.0.0.0/8"), .text("2001:db8::/32")])]
    case .nameServers: [.list([.text("127.0.0.1:53"), .text("[::1]:5353")])]
    case .paths: [.list([.text("/a"), .text("/ä")]), .list([])]
    case .program: [.list([.text("/h"), .text("h"), .text("")])]
    case .programs: [.list([.list([.text("/h"), .text("h")])]), .list([])]
    case .orUnlimited(let form): samples(form) + [.unlimited]
    case .own(let form): samples(form)
    }
}

private func samples(_ form: OwnForm) -> [SettingValue] {
    let place = SettingValue.list([.text("a.toml"), .number(3), .number(7)])
    let variables = SettingValue.list([.list([.text("A"), .text("=b ")])])
    return switch form {
    case .listen: [.list([.text("127.0.0.1:25"), .text("unix:/run/ä.sock")])]
    case .user: [.text("dynamic"), .text("root"), .list([.text("mail"), .number(8)])]
    case .capabilities: [.text("^cap_chown"), .text("")]
    case .access:
        [
            .list([.list([.flag(false), .text("10.0.0.0/8"), .list([]), .none, .text("refuse=reset"), place])]),
            .list([.list([.flag(true), .text("all"), variables, .list([.text("/o"), .text("o")]), .none, place])]),
        ]
    case .environment: [variables]
    case .denyMessage: [.text("421 ü\r\n")]
    case .hours: [.list([.number(0), .number(60), .number(600), .number(700)])]
    case .timeZone: [.text("Europe/Berlin")]
    case .dnsbl: [.list([.text("bl.example=127.0.0.2 deny"), .text("wl.example allow KNOWN=yes")])]
    case .network: [.list([.text("unix"), .text("inet6")]), .list([])]
    case .systemCalls: [.list([.text("+ptrace"), .text("-socket")])]
    case .privateTemporary: [.number(65536), .none]
    case .root: [.text("/root"), .none]
    case .exitPoints: [.list([.list([.number(1), .number(0)]), .list([.number(77), .number(20)])])]
    }
}

private func plainService() -> Service {
    Service(
        name: "a", file: "a.toml", listen: [], handler: HandlerCommand(path: "/b", arguments: ["b"]),
        identity: Identity(user: .dynamic))
}

struct KeyRoundTripTests {
    @Test(
        "each value of each key of a service is set, read back and sent as it is", arguments: Service.keys.map(\.name))
    func service(name: String) throws {
        let key = try #require(Service.key(name))
        for value in samples(key.form) {
            var service = plainService()
            // A burst needs a rate.
            service.limits.rate = .at(try #require(Rate(count: 3, period: 1_000_000_000)))
            service.limits.totalRate = service.limits.rate
            try #require(key.set(value, in: &service))
            #expect(key.value(in: service) == value)
            #expect(Service(wireBytes: service.wireBytes) == service)
            #expect(!key.shown(in: service).isEmpty || value == .text(""))
        }
        var service = plainService()
        let nonsense: [SettingValue] = [.list([.list([.list([])])]), .text("\u{0}"), .number(.min)]
        #expect(nonsense.contains { !key.set($0, in: &service) || key.value(in: service) == $0 })
    }

    @Test("each value of each key of the host is sent as it is", arguments: HostSettings.keys.map(\.name))
    func host(name: String) throws {
        let key = try #require(HostSettings.keys.first { $0.name == name })
        for value in samples(key.form) {
            var settings = HostSettings()
            try #require(key.set(value, in: &settings))
            #expect(key.value(in: settings) == value)
            #expect(HostSettings(wireBytes: settings.wireBytes) == settings)
        }
    }

    @Test("a key has a unique name, and the keys of its constraints exist")
    func names() {
        let names = Service.keys.map(\.name)
        #expect(Set(names).count == names.count)
        for key in Service.keys {
            for constraint in key.constraints {
                switch constraint {
                case .needs(let other), .needsValue(let other, _), .uselessWith(let other, _),
                    .contradicts(let other, _, _, _):
                    #expect(names.contains(other))
                case .needsUnixSocket, .needsAddress, .uselessForSensor: break
                }
            }
        }
    }

    @Test("at most a fifth of the keys have own forms")
    func ownForms() {
        let keys = Service.keys.map(\.form) + HostSettings.keys.map(\.form)
        #expect(keys.count { if case .own = $0 { true } else { false } } * 5 <= keys.count)
    }

    @Test("lists that are nested too deep are no value")
    func nesting() {
        var bytes: [UInt8] = []
        for _ in 0..<100_000 { bytes += [4, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0] }
        #expect(SettingValue(wireBytes: bytes) == nil)
    }
}
