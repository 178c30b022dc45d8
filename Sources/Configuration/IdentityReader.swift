// Reads the identity of a service: `user`, `group`, `groups`, `capabilities`.
// Promises an identity only when each part of it was read, understood and looked up; and uid 0 or gid 0 only for a
// service with `user = "root"` and the capabilities in its own file.

import ServiceModel

extension Reading {
    private static let userForms = "\"dynamic\", \"root\", an account's name, or a number"

    /// The parts of an identity that the key `user` decides alone.
    struct User {
        var user: Identity.User
        /// nil when it is not known, and for a dynamic user.
        var gid: UInt32?
        var position: SourcePosition?
    }

    /// Reads the key `user`; nil with a fault.
    mutating func user(_ entry: TOMLEntry) -> User? {
        let position = entry.value.position
        if case .string("dynamic") = entry.value.content { return User(user: .dynamic, position: position) }
        if case .string("root") = entry.value.content {
            guard layer == .service else {
                fault(position, "'user' is \"root\" in [defaults]; a service that needs root says so in its own file")
                return nil
            }
            return User(user: .root, gid: 0, position: position)
        }
        switch accountSpelling(entry.value, of: entry.key, expected: Self.userForms) {
        case nil: return nil
        case .number(let uid): return user(uid: uid, at: position)
        case .name(let name): return user(named: name, at: position)
        }
    }

    private mutating func user(uid: UInt32, at position: SourcePosition) -> User? {
        guard uid != 0 else { return refuseHiddenRoot("0", at: position) }
        let name = String(uid)
        if let other = host.user(named: name), other.uid != uid {
            fault(
                position, "'user' is \(quoted(name)), which is a uid and the name of the account with uid \(other.uid)")
            return nil
        }
        let account = host.user(uid: uid)
        return User(user: .account(name: account?.name ?? name, uid: uid), gid: account?.gid, position: position)
    }

    private mutating func user(named name: String, at position: SourcePosition) -> User? {
        guard let account = host.user(named: name) else {
            fault(position, "'user': no account is named \(quoted(name)); expected \(Self.userForms)")
            return nil
        }
        guard account.uid != 0 else { return refuseHiddenRoot(name, at: position) }
        guard account.uid <= AccountSpelling.mostNumber else {
            fault(position, "'user': account \(quoted(name)) has uid \(account.uid), which no process can have")
            return nil
        }
        return User(user: .account(name: name, uid: account.uid), gid: account.gid, position: position)
    }

    private mutating func refuseHiddenRoot(_ text: String, at position: SourcePosition) -> User? {
        fault(
            position,
            "'user' is \(quoted(text)), which is uid 0; expected user = \"root\" and 'capabilities', "
                + "if the service must be root")
        return nil
    }

    /// Reads the text of a capability set; nil with a fault.
    mutating func capabilities(_ entry: TOMLEntry) -> String? {
        let expected = "libcap's text of a capability set, like \"^cap_net_raw\" (may be \"\")"
        guard let text = string(entry, expected: expected) else { return nil }
        guard let problem = host.capabilityProblem(text) else { return text }
        fault(entry.value.position, "'capabilities' is \(quoted(text)): \(problem); expected \(expected)")
        return nil
    }

    /// Checks that only a service that says `user = "root"` and lists its capabilities has uid 0 or gid 0.
    mutating func checkIdentity(_ identity: inout Identity, of top: Section) {
        // When the user is at fault, the rest of the identity cannot be judged.
        guard top["user"] == nil || account != nil else { return }
        if identity.user == .root, top["capabilities"] == nil, let position = account?.position {
            fault(
                position,
                "'user' is \"root\" but 'capabilities' is missing; expected it in the same file, "
                    + "listing what the service needs (may be \"\")")
        }
        let isRoot = account?.user == .root
        if !isRoot { refuseGroupZero(identity, of: top) }
        if case .account(let name, let uid) = identity.user, let account, account.gid == nil, top["group"] == nil,
            let position = account.position
        {
            fault(
                position,
                "'user' is \(quoted(name)), and uid \(uid) has no account to tell its group; expected 'group' too")
        }
        identity.gid = identity.gid ?? account?.gid
    }

    private mutating func refuseGroupZero(_ identity: Identity, of top: Section) {
        let only = "which is root's; expected another one, or user = \"root\""
        if identity.gid == 0, let entry = top["group"] { fault(entry.value.position, "'group' is gid 0, \(only)") }
        if case .list(let elements)? = top["groups"]?.value.content {
            for element in elements where isGroupZero(element) {
                fault(element.position, "'groups' has gid 0, \(only)")
            }
        }
        if let account, account.gid == 0, top["group"] == nil, let position = account.position {
            fault(position, "'user': the account's primary group is gid 0, which is root's; expected 'group' too")
        }
    }

    private func isGroupZero(_ node: TOMLNode) -> Bool {
        switch node.content {
        case .integer(0), .string("0"): true
        case .string(let name): host.group(named: name) == 0
        default: false
        }
    }
}
