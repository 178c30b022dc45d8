// Encodes problems for the way to the supervisor, and from there to the command line.
internal import ServiceModel
package import Wire

extension Problem: WireValue {
    package func write(to writer: inout WireWriter) {
        switch place {
        case nil: writer.write(0)
        case .file(let file):
            writer.write(1)
            writer.write(file)
        case .position(let position):
            writer.write(2)
            writer.write(position)
        }
        writer.write(key)
        writer.write(option)
        writer.write(errno)
        writer.write(message)
    }

    package init(from reader: inout WireReader) throws(WireError) {
        let place: Place?
        switch try reader.number() {
        case 0: place = nil
        case 1: place = .file(try reader.text())
        case 2: place = .position(try reader.value())
        default: throw WireError()
        }
        self.init(
            place, key: try reader.optional(), option: try reader.optional(), errno: try reader.optional(),
            message: try reader.text())
    }
}

extension HostDefinitionError: WireValue {
    package func write(to writer: inout WireWriter) { writer.write(problems) }

    package init(from reader: inout WireReader) throws(WireError) { self.init(problems: try reader.list()) }
}
