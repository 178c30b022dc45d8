// One rule of `access = [...]`. The first rule that matches decides (Admission applies them).
package import Addresses

/// An access rule: the peers that it matches, its verdict, and its changes for the handler.
package struct AccessRule: Hashable, Sendable {
    package enum Verdict: Hashable, Sendable { case allow, deny }

    package enum Subject: Hashable, Sendable {
        case all
        /// Every peer on a unix socket.
        case unix
        case prefix(IPPrefix)
    }

    package var verdict: Verdict
    package var subject: Subject
    /// The variables that the handler gets when this rule admits the peer.
    package var environment: [EnvironmentVariable]
    /// The handler that replaces the service's own one when this rule admits the peer.
    package var handler: HandlerCommand?
    /// The action of a refusal by this rule; nil: that of the service.
    package var refusal: RefusalAction?
    package var position: SourcePosition

    package init(
        verdict: Verdict, subject: Subject, environment: [EnvironmentVariable] = [], handler: HandlerCommand? = nil,
        refusal: RefusalAction? = nil, position: SourcePosition
    ) {
        self.verdict = verdict
        self.subject = subject
        self.environment = environment
        self.handler = handler
        self.refusal = refusal
        self.position = position
    }

    /// Whether the peer is in the rule's subject.
    package func matches(_ peer: Peer) -> Bool {
        switch (subject, peer) {
        case (.all, _), (.unix, .unix): true
        case (.prefix(let prefix), .ip(let address, _)): prefix.contains(address)
        case (.unix, .ip), (.prefix, .unix): false
        }
    }
}

/// `NAME=value`, as a handler finds it.
package struct EnvironmentVariable: Hashable, Sendable {
    package var name: String
    package var value: String

    package init(name: String, value: String) {
        self.name = name
        self.value = value
    }
}

/// A program to execute: a path, which is not looked up again, and the arguments.
package struct HandlerCommand: Hashable, Sendable {
    /// Absolute.
    package var path: String
    /// With argv[0].
    package var arguments: [String]

    package init(path: String, arguments: [String]) {
        self.path = path
        self.arguments = arguments
    }

    /// The command of a sensor, which starts no program.
    package static let none = HandlerCommand(path: "", arguments: [])

    /// Whether the file names the program without a slash, so that it is in the handler directory.
    package var isBare: Bool { !(arguments.first ?? "/").utf8.contains(UInt8(ascii: "/")) }
}
