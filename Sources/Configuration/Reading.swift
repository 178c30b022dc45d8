// The state that all readers of keys share: the machine, the layer of the file, and the faults so far.
// Promises a checked value, or none and a fault with what the file says and what was expected.

import Addresses
import HostDefinition
import ServiceModel
internal import Tables

/// One pass over the tables of a file. It collects faults instead of stopping at the first one.
struct Reading {
    /// The kind of file, which decides the rules.
    enum Layer: Hashable, Sendable { case service, defaults }

    let host: Host
    /// The directory in which a bare handler name is looked up.
    let handlers: String
    let layer: Layer
    /// The file that is read. Entries from `[defaults]` have another file.
    let file: String
    /// Whether the service is enabled: only then must the programs and paths that it names exist on this machine.
    var isEnabled = true
    /// The directory at which the service's paths begin; known after ``readRoot(of:)``.
    var root = Root.machine
    /// The directory of the file, for relative paths.
    var directory = ""
    /// The addresses of `listen`, with their places.
    var listeners: [(address: ListenAddress, position: SourcePosition)] = []
    /// Whether `listen` was read without a fault.
    var listenersAreKnown = false
    /// The user that the key `user` names.
    var account: User?
    /// The key that is read or checked, as a fault names it for programs; nil: none, or an unknown one.
    var key: String?
    private(set) var faults: [Fault] = []

    init(host: Host, handlers: String, layer: Layer, file: String) {
        self.host = host
        self.file = file
        self.handlers = handlers
        self.layer = layer
    }

    /// Adds a fault.
    mutating func fault(_ position: SourcePosition, _ message: String) {
        faults.append(Fault(position: position, key: key, message: message))
    }

    /// The place for a fault that several places make together: the first one in the file that is read, since
    /// `[defaults]` alone is correct.
    func ownPlace(_ places: SourcePosition...) -> SourcePosition {
        places.first { $0.file == file } ?? places[0]
    }

    /// Adds a fault for a value of a type that its key does not take.
    mutating func wrongType(_ entry: TOMLEntry, expected: String) {
        wrongType(entry.value, of: entry.key, expected: expected)
    }

    /// Adds a fault for a value, or an element of one, of a type that its key does not take.
    mutating func wrongType(_ node: TOMLNode, of key: String, expected: String) {
        fault(node.position, "\(quoted(key)) is \(node.kind); expected \(expected)")
    }
}

extension Reading {
    /// Reads a string.
    mutating func string(_ entry: TOMLEntry, expected: String) -> String? {
        guard case .string(let text) = entry.value.content else {
            wrongType(entry, expected: expected)
            return nil
        }
        return text
    }

    /// Reads a list of strings, each with its node. An element of another type is a fault and left out.
    mutating func strings(_ entry: TOMLEntry, expected: String) -> [(text: String, node: TOMLNode)]? {
        guard case .list(let elements) = entry.value.content else {
            wrongType(entry, expected: expected)
            return nil
        }
        var result: [(text: String, node: TOMLNode)] = []
        for element in elements {
            if case .string(let text) = element.content {
                result.append((text, element))
            } else {
                fault(
                    element.position, "an element of \(quoted(entry.key)) is \(element.kind); expected \(expected)")
            }
        }
        return result
    }

    /// Reads `true` or `false`.
    mutating func boolean(_ entry: TOMLEntry) -> Bool? {
        guard case .boolean(let value) = entry.value.content else {
            wrongType(entry, expected: "true or false, without quotes")
            return nil
        }
        return value
    }

    /// Reads an integer of a range.
    mutating func integer(_ entry: TOMLEntry, in range: ClosedRange<Int>) -> Int? {
        guard case .integer(let value) = entry.value.content else {
            wrongType(entry, expected: "an integer from \(range.lowerBound) to \(range.upperBound)")
            return nil
        }
        guard range.contains(value) else {
            fault(
                entry.value.position,
                "\(quoted(entry.key)) is \(value); expected \(range.lowerBound) to \(range.upperBound)")
            return nil
        }
        return value
    }

    /// Reads a duration with its unit.
    mutating func duration(_ entry: TOMLEntry) -> Duration? {
        quantity(entry, expected: "a string with a unit, like \"30s\" (ms, s, min, h, d)", by: readDuration)
    }

    /// Reads a size with its unit.
    mutating func size(_ entry: TOMLEntry) -> Bytes? {
        quantity(entry, expected: "a string with a unit, like \"64M\" (K, M, G, T; none: bytes)", by: readSize)
    }

    /// Reads octal digits in quotes.
    mutating func octal(_ entry: TOMLEntry, atMost most: UInt32) -> UInt32? {
        quantity(entry, expected: "octal digits in quotes, like \"022\"") { text throws(QuantityError) in
            try readOctal(text, atMost: most)
        }
    }

    /// Reads a rate: a number of times in a time.
    mutating func rate(_ entry: TOMLEntry) -> Rate? {
        quantity(entry, expected: "a string like \"30/min\"", by: readRate)
    }

    private mutating func quantity<Value>(
        _ entry: TOMLEntry, expected: String, by reader: (String) throws(QuantityError) -> Value
    ) -> Value? {
        guard let text = string(entry, expected: expected) else { return nil }
        do {
            return try reader(text)
        } catch {
            fault(entry.value.position, "\(quoted(entry.key)): \(error)")
            return nil
        }
    }

    /// Reads an absolute path.
    mutating func absolutePath(_ entry: TOMLEntry) -> String? {
        guard let text = string(entry, expected: "an absolute path like \"/srv\"") else { return nil }
        guard text.utf8.first == UInt8(ascii: "/") else {
            fault(
                entry.value.position, "\(quoted(entry.key)) is \(quoted(text)); expected an absolute path like \"/srv\""
            )
            return nil
        }
        return text
    }
}
