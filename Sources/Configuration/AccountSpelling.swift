// The spelling of users and groups: a number or a name, and never something in between.
// CVE-2017-1000082: a program that misread `user = "0day"` ran the service as root.
// Promises that a text is all number or all name, and that a name without an account is a fault, never a default.

/// A user or a group as the file spells it.
enum AccountSpelling: Hashable, Sendable {
    case number(UInt32)
    case name(String)

    /// The largest number. The next one means "leave it unchanged" to chown(2) and setresuid(2).
    static let mostNumber: UInt32 = .max - 1
}

extension Reading {
    /// Reads a number (an integer, or a string of digits) or a name, which may yet be unknown.
    mutating func accountSpelling(_ node: TOMLNode, of key: String, expected: String) -> AccountSpelling? {
        let text: String
        switch node.content {
        case .integer(let number): text = String(number)
        case .string(let written): text = written
        default:
            wrongType(node, of: key, expected: expected)
            return nil
        }
        guard !text.isEmpty else {
            fault(node.position, "\(quoted(key)) is empty; expected \(expected)")
            return nil
        }
        let isInteger = if case .integer = node.content { true } else { false }
        let isDigits = text.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")) ~= $0 }
        guard isInteger || isDigits else { return .name(text) }
        guard let number = UInt32(text), number <= AccountSpelling.mostNumber, String(number) == text else {
            fault(
                node.position,
                "\(quoted(key)) is \(quoted(text)); expected a number from 0 to \(AccountSpelling.mostNumber), "
                    + "without leading zeros")
            return nil
        }
        return .number(number)
    }

    /// Reads a group: its number, or its name, which is looked up.
    mutating func group(_ node: TOMLNode, of key: String) -> UInt32? {
        switch accountSpelling(node, of: key, expected: "a group's name or number") {
        case nil: return nil
        case .number(let gid): return gid
        case .name(let name):
            guard let gid = host.group(named: name) else {
                fault(node.position, "\(quoted(key)): no group is named \(quoted(name))")
                return nil
            }
            return gid
        }
    }

    /// Reads a user: its number, or its name, which is looked up.
    mutating func owner(_ entry: TOMLEntry) -> UInt32? {
        switch accountSpelling(entry.value, of: entry.key, expected: "a user's name or number") {
        case nil: return nil
        case .number(let uid): return uid
        case .name(let name):
            guard let account = host.user(named: name) else {
                fault(entry.value.position, "\(quoted(entry.key)): no account is named \(quoted(name))")
                return nil
            }
            return account.uid
        }
    }
}
