// What access rules change for the programs. Most of a thousand rules change nothing, or all change the same: a plan
// keeps each change once, because each takes memory in every launch.
internal import ServiceModel

extension Service {
    /// What an access rule changes for the programs.
    private struct Change: Hashable {
        let environment: [EnvironmentVariable]
        let handler: HandlerCommand?
    }

    /// For each access rule the number of its change, 0 for none; and for each change from 1 on, a rule that has it.
    var changes: (ofRules: [Int], examples: [Int]) {
        var numbers = [Change(environment: [], handler: nil): 0]
        var examples: [Int] = []
        let ofRules = access.indices.map { index in
            let change = Change(environment: access[index].environment, handler: access[index].handler)
            if let number = numbers[change] { return number }
            examples.append(index)
            numbers[change] = examples.count
            return examples.count
        }
        return (ofRules, examples)
    }
}
