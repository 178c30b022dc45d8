// The reason why a client is not served, for people: a sentence, the line of the file that decides it, and the setting.
internal import Addresses
package import Admission
internal import Control
internal import Gate
internal import HostDefinition
internal import Messages
package import ServiceModel

package struct Reason: Hashable, Sendable {
    /// `its source has 3 connections`.
    package let sentence: String
    /// `FILE:LINE`; empty when no file decides it.
    package let origin: String
    /// The key or the command that changes it.
    package let remedy: String
}

extension Assessment {
    /// The gate's refusal; nil: it admits the client.
    package var refusal: Refusal? {
        guard case .refused(let refusal) = decision else { return nil }
        return refusal
    }

    /// The word for the refusal in the log.
    package var cause: RefusalCause? { refusal?.cause }

    /// The action of the rule that refuses the client; nil: no rule sets one.
    package var actionOfRule: RefusalAction? {
        refusal?.actionOfRule(definition.service.access, definition.service.admission.dnsbl)
    }

    /// The reason why the client is not served at this moment; nil: it is served.
    package var reason: Reason? { refusalReason ?? unavailability }

    /// The reason why the gate refuses the client; nil: it admits the client.
    package var refusalReason: Reason? {
        guard let refusal else { return nil }
        let setting = refusal.cause.setting(definition.service.admission.start) ?? ""
        return Reason(
            sentence: sentence(refusal), origin: origin(of: refusal, setting),
            remedy: ban.map { "doorward \(setting) \($0.prefix)" } ?? setting)
    }

    /// The reason why the service serves no client at all; nil: there is none.
    package var unavailability: Reason? {
        let file = definition.service.file
        if definition.activation == .disabled {
            let place = definition.origins["enabled"]?.fileAndLine ?? file
            return Reason(sentence: "the service is switched off", origin: place, remedy: "enabled")
        }
        guard let live else { return nil }
        guard let status = live.services.first(where: { $0.name == definition.service.name }) else {
            return Reason(
                sentence: "the running supervisor has no such service", origin: file, remedy: "doorward reload")
        }
        guard status.state == .failing else { return nil }
        let problem = status.failure.map { ": \($0)" } ?? ""
        return Reason(sentence: "nobody is served now\(problem)", origin: file, remedy: "doorward status")
    }

    private func origin(of refusal: Refusal, _ setting: String) -> String {
        switch refusal {
        case .blockList(let line): "\(settings.blockList ?? ""):\(line)"
        case .ban: ""
        case .accessRule(let rule): definition.service.access[rule].position.fileAndLine
        default: definition.origins[setting]?.fileAndLine ?? definition.service.file
        }
    }

    private func sentence(_ refusal: Refusal) -> String {
        let status = live?.sourceStatus
        let rules = definition.service.admission
        switch refusal {
        case .blockList: return "it is on the block list"
        case .ban:
            guard let ban else { return "it is banned" }
            return "\(ban.prefix) is banned \(ban.left.map { "for \(shown($0)) more" } ?? "for ever"), for \(ban.cause)"
        case .accessRule: return "an access rule denies it"
        case .plain(.noRuleMatches): return "no access rule matches it"
        case .plain(.sensor):
            let exempt = exemption.map { "does not ban it: \($0) is exempt" } ?? "bans it"
            return "the service is a sensor, and \(exempt)"
        case .plain(.hours): return "the service is closed at this time, \(reading.minute)"
        case .plain(.load):
            let load = reading.load
            return "the machine has too much to do, a load of \(load / 100).\(load % 100 / 10)\(load % 10)"
        case .sourceLimit(let limit): return "its source has \(status?.connections ?? limit) connections"
        case .plain(.sourceRate):
            let wait = status?.rateWait.map { ", and may come again in \(shown($0))" } ?? ""
            return "its source comes too often\(wait)"
        case .dnsbl(let rule): return "it is listed by \(rules.dnsbl[rule].zone)"
        case .check(let check): return "\(rules.checks.programs[check].path) has not let it in"
        // Most of these causes depend on what happens after a connection is accepted.
        case .plain, .checkFailed, .proxyHeader:
            return "the gate refuses it: \(refusal.cause.rawValue)"
        }
    }

    /// The exempt prefix that includes the client.
    private var exemption: IPPrefix? {
        guard case .ip(let address, _) = peer else { return nil }
        return settings.exempt.first { $0.contains(address) }
    }
}
