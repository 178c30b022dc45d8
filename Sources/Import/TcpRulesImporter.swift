// Turns sources of tcprules into access rules. tcpserver follows the rule with the longest address; in Doorward the
// first rule decides. So the importer sorts the rules by the number of their parts, and keeps the order of the file
// among equal ones: in tcpserver too, the first of two equal addresses decides.
// Source: tcprules(1), tcpserver(1) of ucspi-tcp 0.88.

internal import Addresses
import Configuration
import ServiceModel

/// Reads sources of tcprules.
struct TcpRulesImporter {
    var report: ImportReport
    private var rules: [Rule] = []

    /// A rule about one prefix, as the list takes it.
    private struct Rule {
        var place: Place
        var text: String
        var parts: Int
        var verdict: AccessRule.Verdict
        /// nil: every address.
        var prefix: IPPrefix?
        var tail: String
    }

    init(report: ImportReport) {
        self.report = report
    }

    mutating func read(_ source: ImportSource) {
        for line in source.lines(&report) {
            // tcprules cuts off blanks at the end too.
            let text = String(line.text.reversed().drop { $0 == " " || $0 == "\t" }.reversed())
            if text.isEmpty || text.hasPrefix("#") {
                report.comment(line.place)
            } else {
                read(text, at: line.place)
            }
        }
    }

    /// The rules in the form of `access`.
    mutating func access(of file: String) -> [String] {
        var list = AccessList()
        for parts in (0...4).reversed() {
            for rule in rules where rule.parts == parts {
                let isAdded =
                    rule.prefix.map { list.append(rule.verdict, $0, tail: rule.tail) }
                    ?? list.appendRest(rule.verdict, tail: rule.tail)
                if !isAdded {
                    report.note(rule.place, rule.text, "a rule before it speaks of the same addresses, and decides")
                }
            }
        }
        if list.appendRest(.allow) {
            report.note(
                Place(file: file, line: 0), ":allow",
                "tcpserver lets in whom no rule speaks of; so does the rule 'allow all' at the end")
        }
        return list.texts
    }

    private mutating func read(_ text: String, at place: Place) {
        let rule: TcpRule
        do {
            rule = try TcpRule(text)
        } catch {
            report.notCarriedOver(place, text, error.reason)
            return
        }
        switch TcpRuleAddress(rule.address) {
        case .other(let reason):
            report.notCarriedOver(place, text, reason)
        case .prefixes(let prefixes, let parts):
            report.carried(place)
            let tail = assignments(of: rule, at: place)
            let subjects = parts == 0 ? [nil] : prefixes.map { Optional($0) }
            rules += subjects.map {
                Rule(place: place, text: text, parts: parts, verdict: rule.verdict, prefix: $0, tail: tail)
            }
        }
    }

    /// The variables of a rule as its last words. Reports the variables that an access rule cannot set.
    private mutating func assignments(of rule: TcpRule, at place: Place) -> String {
        var names: [String] = []
        var values: [String: String] = [:]
        for variable in rule.variables {
            let shown = "\(variable.name)=\(variable.value)"
            if rule.verdict == .deny {
                report.notCarriedOver(place, shown, "a deny rule starts no handler, so nobody would see it")
            } else if let problem = environmentNameProblem(variable.name) ?? handlerProblem(variable.name) {
                report.notCarriedOver(place, shown, printable(problem))
            } else if variable.value.utf8.contains(where: { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }) {
                report.notCarriedOver(
                    place, shown, "a value in an access rule has no blanks; set it for the whole service [environment]")
            } else {
                if values.updateValue(variable.value, forKey: variable.name) == nil { names.append(variable.name) }
            }
        }
        return names.map { " \($0)=\(values[$0] ?? "")" }.joined()
    }

    /// The reason why an access rule cannot have this word as a variable: there it names a handler.
    private func handlerProblem(_ name: String) -> String? {
        name == "handler" ? "'handler' in an access rule names a program" : nil
    }
}
