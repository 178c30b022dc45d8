// The text of one access rule: `allow|deny SUBJECT [NAME=value ...] [handler=NAME]`, words separated by blanks.
// Promises that each fault stands at the word that it speaks of, where the string is written without escapes.

import ServiceModel

extension Reading {
    private struct Word {
        var text: String
        var position: SourcePosition
    }

    /// One rule; nil when any word of it is a fault.
    mutating func accessRule(_ text: String, at node: TOMLNode) -> AccessRule? {
        let words = words(of: text, at: node)
        guard let first = words.first else {
            fault(node.position, "an empty access rule; expected one like \"allow 10.0.0.0/8\"")
            return nil
        }
        let verdict: AccessRule.Verdict? =
            switch first.text {
            case "allow": .allow
            case "deny": .deny
            default: nil
            }
        guard let verdict else {
            fault(first.position, "\(quoted(first.text)) is not a verdict; expected \"allow\" or \"deny\"")
            return nil
        }
        guard words.count > 1 else {
            fault(node.position, "\(quoted(text)) speaks of nobody; expected an address, a prefix, \"all\" or \"unix\"")
            return nil
        }
        let subject = subject(words[1])
        var rule = AccessRule(verdict: verdict, subject: subject ?? .all, position: node.position)
        var isWhole = subject != nil
        for word in words.dropFirst(2) where !readAssignment(word, into: &rule) { isWhole = false }
        return isWhole ? rule : nil
    }

    private mutating func subject(_ word: Word) -> AccessRule.Subject? {
        switch word.text {
        case "all": return .all
        case "unix": return .unix
        default:
            do {
                return .prefix(try IPPrefix(word.text))
            } catch {
                fault(word.position, "\(error), \"all\" or \"unix\"")
                return nil
            }
        }
    }

    /// `NAME=value` or `handler=NAME`. Returns whether it could be read.
    private mutating func readAssignment(_ word: Word, into rule: inout AccessRule) -> Bool {
        guard let equals = word.text.firstIndex(of: "=") else {
            fault(word.position, "\(quoted(word.text)) has no '='; expected NAME=value or handler=NAME")
            return false
        }
        let name = String(word.text[..<equals])
        let value = String(word.text[word.text.index(after: equals)...])
        if name == "refuse" { return readRefusal(value, word, into: &rule) }
        guard rule.verdict == .allow else {
            fault(
                word.position,
                "\(quoted(word.text)) on a deny rule, which starts no handler; expected refuse=close, reset or tarpit, or "
                    + "nothing more")
            return false
        }
        if name == "handler" {
            guard rule.handler == nil else {
                fault(word.position, "a second 'handler=' in one rule; expected one")
                return false
            }
            guard let path = programPath(value, of: "handler", at: word.position) else { return false }
            rule.handler = HandlerCommand(path: path, arguments: [value])
            return true
        }
        if let problem = environmentNameProblem(name) {
            fault(word.position, problem)
            return false
        }
        guard !rule.environment.contains(where: { $0.name == name }) else {
            fault(word.position, "\(quoted(name)) is set twice in one rule; expected it once")
            return false
        }
        rule.environment.append(EnvironmentVariable(name: name, value: value))
        return true
    }

    private mutating func readRefusal(_ value: String, _ word: Word, into rule: inout AccessRule) -> Bool {
        guard rule.verdict == .deny, rule.refusal == nil else {
            let problem = rule.verdict == .deny ? "stands twice in one rule" : "on an allow rule, which refuses nobody"
            fault(word.position, "\(quoted(word.text)) \(problem)")
            return false
        }
        guard let way = RefusalManner.Way(rawValue: value) else {
            fault(word.position, "\(quoted(word.text)); expected refuse=close, refuse=reset or refuse=tarpit")
            return false
        }
        rule.refusal = way
        return true
    }

    private func words(of text: String, at node: TOMLNode) -> [Word] {
        let bytes = Array(text.utf8)
        return bytes.split { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }.map { word in
            Word(text: String(decoding: word, as: UTF8.self), position: node.position(ofByte: word.startIndex))
        }
    }
}
