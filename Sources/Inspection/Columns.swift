// Formats tables and times.

/// Aligns rows in columns. No line ends with blanks.
func aligned(_ rows: [[String]]) -> String {
    let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    let lines = rows.map { row in
        let cells = row.enumerated().map { index, cell in
            index == row.count - 1 ? cell : cell + String(repeating: " ", count: widths[index] - cell.count)
        }
        return cells.joined(separator: "  ")
    }
    return lines.joined(separator: "\n")
}

/// A duration from its largest unit that is not 0: `3d 4h`, `12s`; milliseconds for less than a second.
func shown(_ duration: Duration) -> String {
    let total = max(duration.components.seconds, 0)
    let milliseconds = duration.components.attoseconds / 1_000_000_000_000_000
    if total == 0, milliseconds > 0 { return "\(milliseconds)ms" }
    let parts = [(total / 86400, "d"), (total / 3600 % 24, "h"), (total / 60 % 60, "min"), (total % 60, "s")]
    guard let first = parts.firstIndex(where: { $0.0 > 0 }) else { return "0s" }
    return parts[first...].prefix(2).filter { $0.0 > 0 }.map { "\($0.0)\($0.1)" }.joined(separator: " ")
}
