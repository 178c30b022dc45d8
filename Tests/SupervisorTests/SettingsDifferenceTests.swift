import Addresses
import ServiceModel
import Testing

@testable import Supervisor

/// Settings of which each value is another than the default.
private let others: HostSettings = {
    var settings = HostSettings()
    settings.services = "/s"
    settings.handlers = "/h"
    settings.state = "/st"
    settings.blockList = "/b"
    settings.sourcePrefix.v4 = 24
    settings.sourcePrefix.v6 = 48
    settings.kernelFilter = false
    settings.exempt = [IPPrefix(of: .v4(1 << 24), length: 8)]
    settings.nameServers = [NameServer(address: .v4(1), port: 53)]
    settings.drain = .seconds(1)
    return settings
}()

struct SettingsDifferenceTests {
    @Test("every key of the host says how another value takes effect; no other word does")
    func everyKey() {
        for key in HostSettings.keys { #expect(SettingEffect(key: key.name) != nil, "\(key.name)") }
        #expect(SettingEffect(key: "none") == nil)
    }

    @Test("the same settings have no difference")
    func none() {
        #expect(SettingsDifference(from: others, to: others).changes.isEmpty)
    }

    @Test("every property of the settings is compared", arguments: HostSettings.keys.map(\.name))
    func one(name: String) throws {
        let key = try #require(HostSettings.keys.first { $0.name == name })
        var changed = HostSettings()
        #expect(key.set(key.value(in: others), in: &changed))
        let difference = SettingsDifference(from: HostSettings(), to: changed)
        #expect(difference.changes == [name: SettingEffect(key: name)])
        #expect(difference.fixedKeys == (name == "state" ? ["state"] : []))
    }

    @Test("a property without a key would be missed: settings that differ in each key differ in all")
    func complete() {
        var rebuilt = HostSettings()
        for key in HostSettings.keys { _ = key.set(key.value(in: others), in: &rebuilt) }
        #expect(rebuilt == others)
        // Each property of `others` is another than the default.
        let (mirror, standard) = (Mirror(reflecting: others), Mirror(reflecting: HostSettings()))
        for (other, usual) in zip(mirror.children, standard.children) {
            #expect("\(other.value)" != "\(usual.value)", "\(other.label ?? "")")
        }
    }
}
