// What access rules change of the programs that are started. Most of a thousand rules change nothing, or all the same: a plan
// keeps each change once, because each takes memory in every place that a child can be started from.
internal import ServiceModel

extension Service {
    /// What access rules change of the programs that are started.
    private struct Change: Hashable {
        let environment: [EnvironmentVariable]
        let handler: HandlerCommand?
    }

    /// For each access rule the number of its change, 0 for none; and for each change from 1 on, a rule that makes it.
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
