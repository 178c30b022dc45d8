// The text of one access rule, words separated by blanks: `allow SUBJECT [NAME=value ...] [handler=NAME]`, or
// `deny SUBJECT` and perhaps an action (RefusalAction+Text.swift).
// Promises that each fault has the place of its word, if the string is written without escapes.

internal import Addresses
import ServiceModel

extension Reading {
    private struct Word {
        var text: String
        /// The place in the rule, in bytes from 0.
        var offset: Int
        var position: SourcePosition
    }

    /// Reads one rule; nil when any word of it is a fault.
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
        switch verdict {
        case .allow: for word in words.dropFirst(2) where !readAssignment(word, into: &rule) { isWhole = false }
        case .deny:
            if words.count > 2, !readAction(text, from: words[2].offset, at: node, into: &rule) { isWhole = false }
        }
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

    /// Reads `NAME=value` or `handler=NAME`. Returns whether it could be read.
    private mutating func readAssignment(_ word: Word, into rule: inout AccessRule) -> Bool {
        guard let equals = word.text.firstIndex(of: "=") else {
            fault(word.position, "\(quoted(word.text)) has no '='; expected NAME=value or handler=NAME")
            return false
        }
        let name = String(word.text[..<equals])
        let value = String(word.text[word.text.index(after: equals)...])
        if name == "refuse" || name == "message" {
            fault(
                word.position, "\(quoted(word.text)) on an allow rule, which refuses nobody; expected it behind 'deny'")
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

    /// Reads the action of a deny rule: the rest of the text. Returns whether it could be read.
    private mutating func readAction(
        _ text: String, from offset: Int, at node: TOMLNode, into rule: inout AccessRule
    ) -> Bool {
        do throws(RuleTextError) {
            rule.refusal = try RefusalAction(ofRule: Array(text.utf8)[offset...])
            return true
        } catch {
            fault(node.position(ofByte: error.offset), "\(error)")
            return false
        }
    }

    private func words(of text: String, at node: TOMLNode) -> [Word] {
        let bytes = Array(text.utf8)
        return bytes.split { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }.map { word in
            Word(
                text: String(decoding: word, as: UTF8.self), offset: word.startIndex,
                position: node.position(ofByte: word.startIndex))
        }
    }
}
