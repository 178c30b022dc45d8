// As whom a service runs: `user`, `group`, `groups`, `capabilities`.
// Promises that an identity comes out only when each part of it was read, understood and looked up; and that uid 0 and
// gid 0 come out only where the service's own file says `user = "root"` and lists the capabilities.

import ServiceModel

extension Reading {
    private static let userForms = "\"dynamic\", \"root\", an account's name, or a number"

    /// What the user key alone decides.
    struct User {
        var user: Identity.User
        /// nil: not known, or a dynamic user's own.
        var gid: UInt32?
        var position: SourcePosition?
    }

    /// The identity that a section asks for; nil when any part of it is a fault.
    mutating func identity(of top: Section) -> Identity? {
        let faultsBefore = faults.count
        let user = user(of: top)
        let isRoot = user?.user == .root
        let gid = top["group"].flatMap { group($0.value, of: $0.key) }
        let groups = groups(of: top)
        let capabilities = capabilities(of: top)
        guard let user else { return nil }

        if isRoot, top["capabilities"] == nil, let position = user.position {
            fault(
                position,
                "'user' is \"root\" but 'capabilities' is missing; expected it in the same file, "
                    + "listing what the service needs (may be \"\")")
        }
        if !isRoot { refuseGroupZero(gid: gid, groups: groups, user: user, in: top) }
        if case .account(let name, let uid) = user.user, user.gid == nil, top["group"] == nil,
            let position = user.position
        {
            fault(
                position,
                "'user' is \(quoted(name)), and uid \(uid) has no account to tell its group; expected 'group' too")
        }
        guard faults.count == faultsBefore else { return nil }
        return Identity(user: user.user, gid: gid ?? user.gid, groups: groups.map(\.gid), capabilities: capabilities)
    }

    mutating func user(of top: Section) -> User? {
        guard let entry = top["user"] else { return User(user: .dynamic) }
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

    private mutating func groups(of top: Section) -> [(gid: UInt32, node: TOMLNode)] {
        guard let entry = top["groups"] else { return [] }
        guard case .list(let elements) = entry.value.content else {
            wrongType(entry, expected: "a list of groups like [\"mail\", 8]")
            return []
        }
        var result: [(gid: UInt32, node: TOMLNode)] = []
        for element in elements {
            guard let gid = group(element, of: entry.key) else { continue }
            result.append((gid, element))
        }
        return result
    }

    mutating func capabilities(of top: Section) -> String {
        let expected = "libcap's text of a capability set, like \"^cap_net_raw\" (may be \"\")"
        guard let entry = top["capabilities"], let text = string(entry, expected: expected) else { return "" }
        if let problem = host.capabilityProblem(text) {
            fault(entry.value.position, "'capabilities' is \(quoted(text)): \(problem); expected \(expected)")
        }
        return text
    }

    private mutating func refuseGroupZero(
        gid: UInt32?, groups: [(gid: UInt32, node: TOMLNode)], user: User, in top: Section
    ) {
        let only = "which is root's; expected another one, or user = \"root\""
        if gid == 0, let entry = top["group"] { fault(entry.value.position, "'group' is gid 0, \(only)") }
        for group in groups where group.gid == 0 {
            fault(group.node.position, "'groups' has gid 0, \(only)")
        }
        if user.gid == 0, top["group"] == nil, let position = user.position {
            fault(position, "'user': the account's primary group is gid 0, which is root's; expected 'group' too")
        }
    }
}
