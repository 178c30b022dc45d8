// System calls by name: their numbers on this machine, and the fault of a name that is wrong.
internal import CLinux
internal import Text

package enum SystemCalls {
    /// The number of a call, as the man pages and <asm/unistd.h> spell it; nil when this machine has no such call.
    package static func number(of name: String) -> Int32? {
        let number = unsafe clinux_system_call_number(name)
        return number < 0 ? nil : number
    }

    /// The name of a number; nil when this machine has no such call.
    package static func name(of number: Int32) -> String? {
        // Sound: the strings of the table are constants.
        guard let name = unsafe clinux_system_call_name(number) else { return nil }
        return unsafe String(cString: name)
    }

    /// Every name of this machine, in the order of the kernel's table.
    package static var names: [String] {
        (0..<clinux_system_call_count()).map { index in
            var number: Int32 = 0
            // Sound: the index is within the table, and its strings are constants.
            return unsafe String(cString: clinux_system_call_at(index, &number))
        }
    }

    /// The reason why a name is not a system call, or nil when it is one.
    package static func problem(with name: String) -> String? {
        if number(of: name) != nil { return nil }
        let fault = "'\(name)' is not a system call of this machine"
        return nearestName(to: name, among: names).map { "\(fault); did you mean '\($0)'?" } ?? fault
    }

    /// The reason why a service may not refuse a call, or nil when it may.
    package static func refusalProblem(with name: String) -> String? {
        guard neededByGate.contains(name) else { return nil }
        return "'\(name)' cannot be refused: the gate, which has the same filter, could not serve without it"
    }
}
