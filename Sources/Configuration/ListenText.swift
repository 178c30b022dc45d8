// Reads the key `listen`, and says why a text is not an address to listen on.

internal import Addresses
internal import HostDefinition
import ServiceModel

extension Reading {
    static let listenForms =
        "a list of strings like [\"127.0.0.1:7007\", \"[::1]:7007\", \"unix:/run/x.sock\"]"

    /// Reads the addresses, each with its place; empty when none could be read.
    mutating func listen(of top: Section) -> [(address: ListenAddress, position: SourcePosition)] {
        guard let entry = top["listen"] else { return [] }
        let texts: [(text: String, node: TOMLNode)]
        if case .string(let text) = entry.value.content {
            texts = [(text, entry.value)]
        } else if let listed = strings(entry, expected: Self.listenForms) {
            texts = listed
        } else {
            return []
        }
        if case .list(let elements) = entry.value.content, elements.isEmpty {
            fault(entry.value.position, "'listen' is empty; expected \(Self.listenForms)")
        }
        var result: [(address: ListenAddress, position: SourcePosition)] = []
        for (text, node) in texts {
            guard let address = ListenAddress(text) else {
                fault(node.position, "'listen': \(listenProblem(text))")
                continue
            }
            if let other = result.first(where: { $0.address.conflicts(with: address) }) {
                let line = "line \(other.position.line), column \(other.position.column)"
                fault(node.position, "'listen': \(address) is already taken by \(other.address) at \(line)")
                continue
            }
            result.append((address, node.position))
        }
        return result
    }
}

/// The message for a text that is not an address to listen on, by its likely meaning.
func listenProblem(_ text: String) -> String {
    let shown = quoted(text)
    if text.hasPrefix("unix:") { return unixProblem(String(text.dropFirst(5))) }
    if text.hasPrefix("/") { return "\(shown) is a path; expected \"unix:\(text)\"" }
    if text.hasPrefix("[") { return bracketProblem(text) }
    if IPAddress(text) != nil {
        return text.contains(":")
            ? "\(shown) is an IPv6 address without brackets; expected one like \"[::1]:7007\""
            : "\(shown) has no port; expected one like \"\(text):7007\""
    }
    guard let colon = text.lastIndex(of: ":") else { return noColonProblem(text) }
    let host = String(text[..<colon])
    if host.contains(":") {
        return "\(shown) is not an address and a port; an IPv6 address goes in brackets, like \"[::1]:7007\""
    }
    if host.isEmpty || host == "*" {
        return "\(shown) names no address; expected \"0.0.0.0:PORT\" and \"[::]:PORT\" for every address"
    }
    if IPAddress(host) == nil {
        return looksLikeIPv4(host)
            ? "\(quoted(host)) is not an IPv4 address; expected four numbers from 0 to 255, without leading zeros"
            : "\(quoted(host)) is not an IP address; names are never looked up; expected one like \"127.0.0.1:7007\""
    }
    return portProblem(String(text[text.index(after: colon)...]), in: text)
}

private func unixProblem(_ path: String) -> String {
    if path.isEmpty { return "'unix:' has no path; expected one like \"unix:/run/x.sock\"" }
    if !path.hasPrefix("/") {
        return "\(quoted(path)) is a relative path; expected an absolute one like \"unix:/run/x.sock\""
    }
    let length = path.utf8.count
    if length > ListenAddress.longestUnixPath {
        return "\(quoted(path)) has \(length) bytes; expected \(ListenAddress.longestUnixPath) at most"
    }
    return "\(quoted(path)) is not a path of a socket; expected one like \"unix:/run/x.sock\""
}

private func bracketProblem(_ text: String) -> String {
    guard let close = text.firstIndex(of: "]") else {
        return "\(quoted(text)) has no closing bracket; expected one like \"[::1]:7007\""
    }
    let inner = String(text[text.index(after: text.startIndex)..<close])
    if inner.contains("%") {
        return "\(quoted(inner)) has a zone; expected an IPv6 address without one"
    }
    guard inner.contains(":"), IPAddress(inner) != nil else {
        return "\(quoted(inner)) in brackets is not an IPv6 address; expected one like \"[::1]:7007\""
    }
    let rest = text[text.index(after: close)...]
    guard rest.hasPrefix(":") else {
        return "\(quoted(text)) has no port; expected one like \"[\(inner)]:7007\""
    }
    return portProblem(String(rest.dropFirst()), in: text)
}

private func portProblem(_ port: String, in text: String) -> String {
    if port.isEmpty { return "\(quoted(text)) has no port behind the colon; expected 0 to 65535" }
    let isDigits = port.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")) ~= $0 }
    if isDigits, let number = UInt64(port), number <= 65535 {
        return "port \(quoted(port)) has leading zeros; expected \(number)"
    }
    if isDigits { return "port \(quoted(port)) is too large; expected 0 to 65535" }
    return "port \(quoted(port)) is not a number; expected 0 to 65535 (service names are never looked up)"
}

private func noColonProblem(_ text: String) -> String {
    if text.isEmpty { return "an empty string; expected one like \"127.0.0.1:7007\"" }
    if text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")) ~= $0 }) {
        return "\(quoted(text)) has no address; expected one like \"127.0.0.1:7007\""
    }
    return looksLikeIPv4(text)
        ? "\(quoted(text)) is not an IPv4 address with a port; expected one like \"127.0.0.1:7007\""
        : "\(quoted(text)) is not an address; names are never looked up; expected one like \"127.0.0.1:7007\""
}

private func looksLikeIPv4(_ text: String) -> Bool {
    text.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")) ~= $0 || $0 == UInt8(ascii: ".") }
}
