// A value as a message of its own.

extension WireValue {
    /// The value as bytes.
    package var wireBytes: [UInt8] {
        var writer = WireWriter()
        writer.write(self)
        return writer.bytes
    }

    /// nil when the bytes are not such a value, whole and nothing more.
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
