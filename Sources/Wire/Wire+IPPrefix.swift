// The form of a prefix between programs: its text.
package import Addresses

extension IPPrefix: WireValue {
    package func write(to writer: inout WireWriter) { writer.write(description) }

    package init(from reader: inout WireReader) throws(WireError) {
        let text = try reader.text()
        do throws(IPPrefixError) {
            try self.init(text)
        } catch {
            throw WireError()
        }
    }
}
