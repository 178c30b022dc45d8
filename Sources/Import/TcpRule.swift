// One line of the source of a tcprules database: `ADDRESS:allow,NAME="value"`.
// Source: tcprules(1) of ucspi-tcp 0.88.

import ServiceModel

/// A rule as the source has it.
struct TcpRule {
    /// Everything before the first colon.
    var address: String
    var verdict: AccessRule.Verdict
    var variables: [EnvironmentVariable]

    /// The reason why a line is no rule.
    struct Problem: Error { var reason: String }

    init(_ line: String) throws(Problem) {
        guard let colon = line.firstIndex(of: ":") else {
            throw Problem(reason: "it has no colon; tcprules ignores it")
        }
        address = String(line[..<colon])
        var rest = line[line.index(after: colon)...]
        guard let verdict = [AccessRule.Verdict.allow, .deny].first(where: { rest.hasPrefix("\($0)") }) else {
            throw Problem(reason: "expected allow or deny behind the first colon; IPv6 addresses are not for tcprules")
        }
        self.verdict = verdict
        rest = rest.dropFirst("\(verdict)".count)
        variables = []
        while !rest.isEmpty {
            guard rest.hasPrefix(","), let equals = rest.firstIndex(of: "=") else {
                throw Problem(reason: "expected ,NAME=\"value\" behind the verdict")
            }
            let name = rest[rest.index(after: rest.startIndex)..<equals]
            rest = rest[rest.index(after: equals)...]
            guard let quote = rest.first, let end = rest.dropFirst().firstIndex(of: quote) else {
                throw Problem(reason: "the value of '\(printable(String(name)))' has no end; expected NAME=\"value\"")
            }
            let value = rest[rest.index(after: rest.startIndex)..<end]
            variables.append(EnvironmentVariable(name: String(name), value: String(value)))
            rest = rest[rest.index(after: end)...]
        }
    }
}
