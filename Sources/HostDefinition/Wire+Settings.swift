// Encodes services and host settings for the way to the supervisor: the value of each key, in the order of the keys.
// Both programs come from one build, so the order is the same. A value that its key cannot have is an error.
package import ServiceModel
package import Wire

extension SettingValue: WireValue {
    package func write(to writer: inout WireWriter) {
        switch self {
        case .none: writer.write(0)
        case .flag(let flag):
            writer.write(1)
            writer.write(flag)
        case .number(let number):
            writer.write(2)
            writer.write(number)
        case .text(let text):
            writer.write(3)
            writer.write(text)
        case .list(let list):
            writer.write(4)
            writer.write(list)
        }
    }

    package init(from reader: inout WireReader) throws(WireError) {
        self = try SettingValue(from: &reader, depth: 0)
    }

    /// The most levels of lists in lists; no setting needs more.
    private static var mostNested: Int { 4 }

    private init(from reader: inout WireReader, depth: Int) throws(WireError) {
        switch try reader.number() {
        case 0: self = .none
        case 1: self = .flag(try reader.fact())
        case 2: self = .number(try reader.number())
        case 3: self = .text(try reader.text())
        case 4:
            guard depth < Self.mostNested else { throw WireError() }
            self = .list(
                try reader.list { reader throws(WireError) in try SettingValue(from: &reader, depth: depth + 1) })
        default: throw WireError()
        }
    }
}

extension WireWriter {
    fileprivate mutating func write<Root>(_ keys: [Key<Root>], of root: Root) {
        for key in keys { write(key.value(in: root)) }
    }
}

extension WireReader {
    fileprivate mutating func read<Root>(_ keys: [Key<Root>], into root: inout Root) throws(WireError) {
        for key in keys {
            guard key.set(try value(), in: &root) else { throw WireError() }
        }
    }
}

extension Service: WireValue {
    package func write(to writer: inout WireWriter) {
        writer.write(name)
        writer.write(file)
        writer.write(Self.keys, of: self)
    }

    package init(from reader: inout WireReader) throws(WireError) {
        self.init(
            name: try reader.text(), file: try reader.text(), listen: [], handler: .none,
            identity: Identity(user: .dynamic))
        try reader.read(Self.keys, into: &self)
    }
}

extension HostSettings: WireValue {
    package func write(to writer: inout WireWriter) { writer.write(Self.keys, of: self) }

    package init(from reader: inout WireReader) throws(WireError) {
        self.init()
        try reader.read(Self.keys, into: &self)
    }
}
