// Who may log in: one --require of several suffices. Apache's words.
// Source: mod_authz_user, mod_authz_groupfile; CS-15.
import HandlerKit
import Passwords

/// What the --require options say.
struct Requirements {
    let list: OptionValues

    /// Whether nobody has to log in.
    var isEmpty: Bool { list[0] == nil }

    /// Whether each is one that there is.
    var areSpelledWell: Bool {
        forEach { kind, names in
            kind == "valid-user" ? names.isBlank : (kind == "user" || kind == "group") && !names.isBlank
        }
    }

    /// Whether one of them names a group.
    var namesGroup: Bool {
        !forEach { kind, _ in kind != "group" }
    }

    /// Whether a user who gave the right password is named or need not be.
    func admit(_ user: borrowing Span<UInt8>) -> Bool {
        !forEach { kind, names in
            !(kind == "valid-user" || kind == "user" && user.isWord(of: names.bytes))
        }
    }

    /// Whether members of this group are admitted.
    func admit(group: borrowing Span<UInt8>) -> Bool {
        !forEach { kind, names in !(kind == "group" && group.isWord(of: names.bytes)) }
    }

    /// Looks at each requirement until one is found wanting; true: none was.
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
    /// Whether there is no word in it.
    fileprivate var isBlank: Bool {
        var position = 0
        return bytes.nextWord(from: &position) == nil
    }
}
