// Rules of DNS block lists and name servers travel as their texts.
package import Addresses
package import ServiceModel
package import Wire

extension DNSBLRule: WireValue {
    package func write(to writer: inout WireWriter) { writer.write(description) }

    package init(from reader: inout WireReader) throws(WireError) {
        let text = try reader.text()
        do throws(RuleTextError) {
            try self.init(text)
        } catch {
            throw WireError()
        }
    }
}

extension NameServer: WireValue {
    package func write(to writer: inout WireWriter) { writer.write(description) }

    package init(from reader: inout WireReader) throws(WireError) {
        guard let server = NameServer(try reader.text()) else { throw WireError() }
        self = server
    }
}
