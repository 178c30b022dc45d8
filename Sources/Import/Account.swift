// The account of an imported service: `user` and `group`.
// Promises never to fall back to a user that the file does not name: an account that cannot be read drops the service
// (CVE-2017-1000082).

extension ImportReport {
    /// Sets the user. Returns false when the service must be dropped, and reports why.
    mutating func setUser(_ user: String, of service: inout ImportedService, directive: String, at place: Place) -> Bool
    {
        if user == "root" || readNumber(user) == 0 {
            service[.user] = .text("root")
            service[.capabilities] = .text("")
            note(
                place, directive,
                "root without any capability: list what the service needs [capabilities], or name a user")
            return true
        }
        guard user != "dynamic", let spelling = accountSpelling(user) else {
            notCarriedOver(
                place, directive, "'\(printable(user))' cannot be the name or number of a user here; no file")
            return false
        }
        service[.user] = .text(spelling)
        return true
    }

    /// Sets the group, or reports why it cannot.
    mutating func setGroup(_ group: String, of service: inout ImportedService, directive: String, at place: Place) {
        guard let spelling = accountSpelling(group) else {
            notCarriedOver(place, directive, "'\(printable(group))' cannot be the name or number of a group here")
            return
        }
        guard service[.user] == .text("root") || !isGroupOfRoot(spelling) else {
            notCarriedOver(
                place, directive, "only user = \"root\" may have the group of root; the account's own is taken")
            return
        }
        service[.group] = .text(spelling)
    }
}

func isGroupOfRoot(_ group: String) -> Bool { group == "root" || group == "0" }

/// A name, or a number without leading zeros.
func accountSpelling(_ text: String) -> String? {
    if text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) {
        return UInt32(text).flatMap { $0 < .max ? String($0) : nil }
    }
    return text
}
