// The variables that the rules of DNS block lists set: strings that are made once, and the choice for a connection.
internal import ServiceModel

@safe
struct ListVariables {
    @unsafe
    private struct Value {
        /// The bit of the rule that sets it.
        let rule: UInt32
        let entry: UnsafeMutablePointer<CChar>
    }

    /// The names of the variables, each once.
    let names: [String]
    /// For each name, in the order of the rules.
    private let values: [[Value]]

    init(of rules: [DNSBLRule], in memory: inout PlanMemory) {
        var names: [String] = []
        var values: [[Value]] = unsafe []
        for (index, rule) in rules.enumerated() {
            for variable in rule.environment {
                let entry = unsafe memory.string("\(variable.name)=\(variable.value)")
                let value = unsafe Value(rule: 1 << UInt32(index), entry: entry)
                if let place = names.firstIndex(of: variable.name) {
                    unsafe values[place].append(value)
                } else {
                    names.append(variable.name)
                    unsafe values.append([value])
                }
            }
        }
        self.names = names
        unsafe self.values = values
    }

    /// The entry that the first matching rule sets for a variable; nil when none does.
    ///
    /// - Parameters:
    ///   - index: the place of the variable's name in ``names``.
    ///   - matches: a bit for each rule.
    func entry(of index: Int, matches: UInt32) -> UnsafeMutablePointer<CChar>? {
        guard matches != 0 else { return nil }
        return unsafe values[index].first { unsafe $0.rule & matches != 0 }?.entry
    }
}
