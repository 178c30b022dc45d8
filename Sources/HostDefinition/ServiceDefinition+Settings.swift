// Finds the setting that keeps a gate from serving. The reason comes from the gate as one line for people, and names
// its setting in one of two forms: in brackets, as every message of this program does, or as its first word.
// Promises a key that services have and the place that the files give it, whatever the line is: an attacker may
// control a gate.
package import ServiceModel

/// A setting of a service, and its place.
package struct PlacedSetting: Hashable, Sendable {
    /// `limits.memory` for one in a table.
    package var key: String
    /// nil when no file sets it, and the default is in force.
    package var position: SourcePosition?

    package init(key: String, position: SourcePosition? = nil) {
        self.key = key
        self.position = position
    }
}

extension ServiceDefinition {
    /// The setting that a reason names; nil when it names none.
    ///
    /// `make a mount namespace [root, private_tmp]: EPERM`, `files.read '/srv': ENOENT`, `'root' needs root`. Of
    /// several keys in brackets, the first one counts that a file sets.
    package func setting(namedIn reason: String) -> PlacedSetting? {
        let names = bracketedNames(in: reason).filter { Service.key($0) != nil }
        if let name = names.first(where: { origins[$0] != nil }) ?? names.first { return placed(name) }
        guard let name = firstName(in: reason), Service.key(name) != nil else { return nil }
        if name == "handler", let rule = service.access.first(where: { isProgram($0.handler, at: reason) }),
            !isProgram(service.handler, at: reason)
        {
            return PlacedSetting(key: "access", position: rule.position)
        }
        return placed(name)
    }

    private func placed(_ key: String) -> PlacedSetting { PlacedSetting(key: key, position: origins[key]) }
}

/// Whether a reason is about this program.
private func isProgram(_ command: HandlerCommand?, at reason: String) -> Bool {
    command.map { reason.hasPrefix("handler '\($0.path)'") } ?? false
}

/// The first word, when it is in quotes or comes before a value in quotes.
private func firstName(in reason: String) -> String? {
    let word = reason.prefix { $0 != " " }
    if reason.dropFirst(word.count).hasPrefix(" '") { return String(word) }
    guard word.count > 2, word.first == "'", word.last == "'" else { return nil }
    return String(word.dropFirst().dropLast())
}

/// The words of the last brackets outside of quotes.
private func bracketedNames(in reason: String) -> [String] {
    let text = unquoted(reason)
    guard let start = text.lastIndex(of: "["), let end = text[start...].firstIndex(of: "]") else { return [] }
    return text[start..<end].dropFirst().split(separator: ",").map { $0.drop { $0 == " " } }.map(String.init)
}

/// The text without what it quotes, as paths, which may contain anything. An apostrophe in a word is no quote.
private func unquoted(_ text: String) -> String {
    let (quote, blank) = (UInt8(ascii: "'"), UInt8(ascii: " "))
    let bytes = Array(text.utf8)
    var result: [UInt8] = []
    var isQuoted = false
    for (index, byte) in bytes.enumerated() {
        if isQuoted {
            let isLast = index + 1 == bytes.count || " :;,.)".utf8.contains(bytes[index + 1])
            if byte == quote, isLast { isQuoted = false }
        } else if byte == quote, index == 0 || bytes[index - 1] == blank {
            isQuoted = true
        } else {
            result.append(byte)
        }
    }
    return String(decoding: result, as: UTF8.self)
}
