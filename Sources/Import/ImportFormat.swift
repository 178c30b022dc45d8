// Tells which of the three formats a file has.

/// The formats that can be imported.
package enum ImportFormat: String, Hashable, Sendable, CaseIterable {
    /// inetd.conf(5) of OpenBSD and Debian, FreeBSD, NetBSD and GNU.
    case inetd
    /// xinetd.conf(5).
    case xinetd
    /// The source of a tcprules(1) database.
    case tcprules

    /// Takes the format from the first line with the shape of one of them. A text of comments alone counts as inetd's.
    /// nil: no line has a known shape.
    package init?(ofText text: [UInt8]) {
        var hasContent = false
        for part in text.split(separator: UInt8(ascii: "\n")) {
            let line = trimmed(String(decoding: part, as: UTF8.self).filter { $0 != "\r" })
            if line.isEmpty || line.hasPrefix("#") && !line.hasPrefix(offMark) { continue }
            hasContent = true
            let fields = words(line)
            if ["service", "defaults", "include", "includedir"].contains(fields[0]) || fields[0] == "defaults{" {
                self = .xinetd
                return
            }
            if line.contains(":allow") || line.contains(":deny") {
                self = .tcprules
                return
            }
            if fields.count >= 6 || fields.count == 1 && line.hasSuffix(":") || fields[0] == ".include" {
                self = .inetd
                return
            }
        }
        if hasContent { return nil }
        self = .inetd
    }
}
