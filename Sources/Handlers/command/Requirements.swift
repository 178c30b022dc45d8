// The requirements of a login: a user must meet one of the --require options. They have the form of Apache's Require.
// Source: Apache's mod_authz_user and mod_authz_groupfile.
import HandlerKit
import Passwords

/// The --require options.
struct Requirements {
    let list: OptionValues

    /// Whether there is no requirement, and so no login.
    var isEmpty: Bool { list[0] == nil }

    /// Whether each requirement has a known form.
    var areSpelledWell: Bool {
        forEach { kind, names in
            kind == "valid-user" ? names.isBlank : (kind == "user" || kind == "group") && !names.isBlank
        }
    }

    /// Whether a requirement names a group.
    var namesGroup: Bool {
        !forEach { kind, _ in kind != "group" }
    }

    /// Whether a requirement admits a user with the right password by name, or any such user.
    func admit(_ user: borrowing Span<UInt8>) -> Bool {
        !forEach { kind, names in
            !(kind == "valid-user" || kind == "user" && user.isWord(of: names.bytes))
        }
    }

    /// Whether a requirement admits the members of this group.
    func admit(group: borrowing Span<UInt8>) -> Bool {
        !forEach { kind, names in !(kind == "group" && group.isWord(of: names.bytes)) }
    }

    /// Checks the requirements one after the other until one is not good; true if all are.
    private func forEach(_ isGood: (_ kind: StaticBytes, _ names: StaticBytes) -> Bool) -> Bool {
        var number = 0
        while let value = list[number] {
            var position = 0
            guard let word = value.bytes.nextWord(from: &position) else { return isGood("", "") }
            let names = value.dropFirst(position)
            let kinds: InlineArray<3, StaticBytes> = ["valid-user", "user", "group"]
            var kind: StaticBytes = ""
            for index in kinds.indices where value.bytes.extracting(word).equals(kinds[index]) { kind = kinds[index] }
            guard isGood(kind, names) else { return false }
            number += 1
        }
        return true
    }
}

extension StaticBytes {
    /// Whether there is no word in these bytes.
    fileprivate var isBlank: Bool {
        var position = 0
        return bytes.nextWord(from: &position) == nil
    }
}
