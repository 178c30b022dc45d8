// One line of `access = [...]`. The first rule that matches decides (Admission applies them).
package import Addresses

/// An access rule: whom it speaks of, what it decides, and what it gives the handler.
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
    /// Set in the handler's environment when this rule lets the peer in.
    package var environment: [EnvironmentVariable]
    /// Serves instead of the service's own handler when this rule lets the peer in.
    package var handler: HandlerCommand?
    /// How this rule refuses; nil: as its service does.
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

    /// Whether this rule speaks of the peer.
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

/// What is executed: a path that is looked up no further, and its arguments.
package struct HandlerCommand: Hashable, Sendable {
    /// Absolute.
    package var path: String
    /// With argv[0].
    package var arguments: [String]

    package init(path: String, arguments: [String]) {
        self.path = path
        self.arguments = arguments
    }

    /// That of a sensor, which starts nothing.
    package static let none = HandlerCommand(path: "", arguments: [])

    /// Whether it was asked for by name, and so stands in the handler directory.
    package var isBare: Bool { !(arguments.first ?? "/").utf8.contains(UInt8(ascii: "/")) }
}
