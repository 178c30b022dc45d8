// `doorward explain`: everything that a client of a service would get, and which line of which file says so.
// Loops over the keys of a service, so that none is left out; what several keys come to together stands beside them.
// The paths are looked up on this machine as a gate would look them up; nothing is started, and nothing changes.
internal import Addresses
internal import HostDefinition
internal import LinuxSystem
internal import ServiceModel

/// A setting, what it comes to, and where a file says it.
package struct ExplainedFact: Hashable, Sendable {
    package var key: String
    package var value: String
    /// `FILE:LINE`, or `default`; empty where it is a consequence of others.
    package var origin: String
}

/// Facts of one kind.
package struct ExplainedSection: Hashable, Sendable {
    package var title: String
    package var facts: [ExplainedFact] = []
}

package struct Explanation: Sendable {
    package private(set) var sections: [ExplainedSection] = []
    let assessment: Assessment
    var definition: ServiceDefinition { assessment.definition }
    var service: Service { definition.service }

    package init(_ assessment: Assessment) {
        self.assessment = assessment
        for chapter in ExplanationChapter.allCases {
            sections.append(ExplainedSection(title: chapter.title))
            explainBeforeKeys(of: chapter)
            var unset: [String] = []
            for key in Service.keys where ExplanationChapter(of: key) == chapter {
                if explainInWords(key) { continue }
                if isUnset(key) { unset.append(key.name) } else { add(key.name, key.shown(in: service)) }
            }
            if !unset.isEmpty { add("not set", unset.joined(separator: ", "), from: "default") }
            explainAfterKeys(of: chapter)
        }
    }

    /// Adds a fact.
    ///
    /// - Parameter origin: nil: the line that says the key, or `default`.
    mutating func add(_ key: String, _ value: String, from origin: String? = nil) {
        let place = origin ?? definition.origins[key]?.fileAndLine ?? "default"
        sections[sections.count - 1].facts.append(ExplainedFact(key: key, value: value, origin: place))
    }

    /// Whether a key says nothing, and no file says that.
    private func isUnset(_ key: Key<Service>) -> Bool {
        definition.origins[key.name] == nil && [.none, .list([]), .text("")].contains(key.value(in: service))
    }

    private mutating func explainBeforeKeys(of chapter: ExplanationChapter) {
        switch chapter {
        case .admission: explainDecision()
        case .handler: explainHandler()
        case .identity: explainIdentity()
        case .systemCalls: explainSystemCalls()
        case .limits, .socket, .penalties, .files, .namespaces: break
        }
    }

    private mutating func explainAfterKeys(of chapter: ExplanationChapter) {
        switch chapter {
        case .admission: explainLiveState()
        case .handler: explainEnvironment()
        case .systemCalls: explainConditionalCalls()
        case .files: explainFiles()
        case .namespaces: explainNamespaces()
        case .identity, .limits, .socket, .penalties: break
        }
    }
}

/// The sections of an explanation.
enum ExplanationChapter: CaseIterable {
    case admission, handler, identity, limits, socket, penalties, systemCalls, files, namespaces

    var title: String { self == .systemCalls ? "system calls" : "\(self)" }

    /// The section that a key stands in.
    init(of key: Key<Service>) {
        switch (key.table, key.name) {
        case ("limits", _): self = .limits
        case ("socket", _): self = .socket
        case ("penalties", _): self = .penalties
        case ("files", _), (_, "landlock"): self = .files
        case (_, "seccomp"), (_, "system_calls"), (_, "network"): self = .systemCalls
        case (_, "private_tmp"), (_, "root"): self = .namespaces
        case (_, "handler"), (_, "input_filters"), (_, "output_filters"), (_, "environment"), (_, "stderr"),
            (_, "directory"), (_, "umask"), (_, "nice"):
            self = .handler
        default: self = Service.identityKeys.contains { $0.name == key.name } ? .identity : .admission
        }
    }
}
