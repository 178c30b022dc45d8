// A value as one whole message.

extension WireValue {
    /// The bytes of the value.
    package var wireBytes: [UInt8] {
        var writer = WireWriter()
        writer.write(self)
        return writer.bytes
    }

    /// Reads a value; nil when the bytes are not exactly one such value.
    package init?(wireBytes bytes: [UInt8]) {
        var reader = WireReader(bytes)
        do throws(WireError) {
            self = try Self(from: &reader)
        } catch {
            return nil
        }
        guard reader.isAtEnd else { return nil }
    }
}
