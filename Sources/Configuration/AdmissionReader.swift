// Reads the keys of admission with a form of their own: `time_zone`, `hours`, `deny_message`, and `exit` of
// `[penalties]`.

internal import Addresses
import ServiceModel

extension Reading {
    private static let hoursForms = "a list of times like [\"Mon-Fri 08:00-18:00\"]"
    private static let exitForms = "a table of exit statuses and their points, like { 77 = 20 }"

    mutating func timeZone(_ entry: TOMLEntry) -> String? {
        guard let name = string(entry, expected: "a name like \"Europe/Berlin\"") else { return nil }
        let isName = name.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7f } && !name.hasPrefix("/") && !name.contains("..")
        guard isName, !name.isEmpty, host.pathProblem("/usr/share/zoneinfo/" + name) == nil else {
            fault(
                entry.value.position,
                "'time_zone' is \(quoted(name)), which is not in /usr/share/zoneinfo; expected a name like "
                    + "\"Europe/Berlin\"")
            return nil
        }
        return name
    }

    mutating func hours(_ entry: TOMLEntry) -> Hours? {
        guard let texts = strings(entry, expected: Self.hoursForms) else { return nil }
        guard !texts.isEmpty else {
            fault(
                entry.value.position,
                "'hours' is empty, and the service would never be open; expected \(Self.hoursForms)")
            return nil
        }
        var hours = Hours()
        for (text, node) in texts {
            do throws(HoursError) {
                hours.formUnion(try Hours(text))
            } catch {
                fault(node.position(ofByte: error.offset), "'hours' has \(quoted(text)): \(error)")
            }
        }
        return hours
    }

    mutating func exitPoints(_ entry: TOMLEntry) -> [UInt8: Int]? {
        guard case .table(let entries) = entry.value.content else {
            wrongType(entry, expected: Self.exitForms)
            return nil
        }
        var result: [UInt8: Int] = [:]
        for entry in entries {
            guard let status = UInt8(entry.key), "\(status)" == entry.key, status > 0 else {
                fault(entry.position, "\(quoted(entry.key)) is no exit status of a failure; expected 1 to 255")
                continue
            }
            result[status] = integer(entry, in: 0...Penalties.mostPoints)
        }
        return result
    }

    /// The message before the close; nil without a fault for an empty one, which stands for no message.
    mutating func denyMessage(_ entry: TOMLEntry) -> String? {
        guard let text = string(entry, expected: "a text in quotes, like \"421 not now\\r\\n\""), !text.isEmpty else {
            return nil
        }
        guard text.utf8.count <= RefusalAction.longestMessage else {
            fault(
                entry.value.position,
                "'deny_message' has \(text.utf8.count) bytes; expected at most \(RefusalAction.longestMessage)")
            return nil
        }
        guard !RefusalAction.hasUnreadEscape(text) else {
            fault(
                entry.value.position,
                "'deny_message' has a backslash for an end of line, which only \"...\" reads; expected "
                    + "\"421 not now\\r\\n\"")
            return nil
        }
        return text
    }
}
