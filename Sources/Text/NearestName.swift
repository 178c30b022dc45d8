// Finds the known word that a misspelled word was meant to be.

/// The known word nearest to `word`, if it is near enough; the first one of equally near words.
package func nearestName(to word: String, among known: [String]) -> String? {
    let written = Array(word.utf8)
    guard written.count <= 40 else { return nil }
    let most = max(1, written.count / 3)
    var nearest: (name: String, distance: Int)?
    for name in known {
        let distance = editDistance(written, Array(name.utf8))
        if distance <= most, distance < nearest?.distance ?? .max { nearest = (name, distance) }
    }
    return nearest?.name
}

/// How many bytes must be inserted, removed, replaced or swapped with their neighbour (optimal string alignment).
private func editDistance(_ first: [UInt8], _ second: [UInt8]) -> Int {
    var before: [Int] = []
    var previous = Array(0...second.count)
    for row in first.indices {
        var current = [row + 1]
        for column in second.indices {
            let replacing = previous[column] + (first[row] == second[column] ? 0 : 1)
            var best = min(replacing, previous[column + 1] + 1, current[column] + 1)
            if row > 0, column > 0, first[row] == second[column - 1], first[row - 1] == second[column] {
                best = min(best, before[column - 1] + 1)
            }
            current.append(best)
        }
        (before, previous) = (previous, current)
    }
    return previous[second.count]
}
