// System calls by name: their numbers on this machine, and what to say about a name that an administrator wrote.
internal import CLinux

package enum SystemCalls {
    /// The number of a call, as the man pages and <asm/unistd.h> spell it; nil when this machine has no such call.
    package static func number(of name: String) -> Int32? {
        let number = unsafe clinux_system_call_number(name)
        return number < 0 ? nil : number
    }

    /// The name of a number; nil when this machine has no such call.
    package static func name(of number: Int32) -> String? {
        // Sound: the table's strings are constants.
        guard let name = unsafe clinux_system_call_name(number) else { return nil }
        return unsafe String(cString: name)
    }

    /// Every name of this machine, in the order of the kernel's table.
    package static var names: [String] {
        (0..<clinux_system_call_count()).map { index in
            var number: Int32 = 0
            // Sound: the index is within the table, whose strings are constants.
            return unsafe String(cString: clinux_system_call_at(index, &number))
        }
    }

    /// Why a name is not a system call, or nil when it is one.
    package static func problem(with name: String) -> String? {
        if number(of: name) != nil { return nil }
        let fault = "'\(name)' is not a system call of this machine"
        return nearestName(to: name, among: names).map { "\(fault); did you mean '\($0)'?" } ?? fault
    }

    /// Why a call cannot be refused, or nil when it can.
    package static func refusalProblem(with name: String) -> String? {
        guard neededByGate.contains(name) else { return nil }
        return "'\(name)' cannot be refused: the gate, which has the same filter, could not serve without it"
    }
}

/// The nearest name, if it is near enough to be what was meant; the first of equally near ones.
private func nearestName(to word: String, among names: [String]) -> String? {
    let written = Array(word.utf8)
    guard written.count <= 40 else { return nil }
    let most = max(1, written.count / 3)
    var nearest: (name: String, distance: Int)?
    for name in names {
        let distance = editDistance(written, Array(name.utf8))
        if distance <= most, distance < nearest?.distance ?? .max { nearest = (name, distance) }
    }
    return nearest?.name
}

/// How many bytes must be inserted, removed or replaced (Levenshtein).
private func editDistance(_ first: [UInt8], _ second: [UInt8]) -> Int {
    var previous = Array(0...second.count)
    for row in first.indices {
        var current = [row + 1]
        for column in second.indices {
            let replacing = previous[column] + (first[row] == second[column] ? 0 : 1)
            current.append(min(replacing, previous[column + 1] + 1, current[column] + 1))
        }
        previous = current
    }
    return previous[second.count]
}
