// Pi in fixed point: 4 * (4 * arctan(1/5) - arctan(1/239)), John Machin, 1706.

/// The first words of 32 bits after the binary point, the most significant first.
func fractionOfPi(words: Int) -> [UInt32] {
    // One word for the integer part, and four more at the end for the rounding errors of the divisions.
    var sum = [UInt32](repeating: 0, count: 1 + words + 4)
    add(16, arcTangentOfOneIn: 5, to: &sum, isSubtracted: false)
    add(4, arcTangentOfOneIn: 239, to: &sum, isSubtracted: true)
    return Array(sum[1...words])
}

/// Adds factor * (1/x - 1/(3x^3) + 1/(5x^5) - …), or subtracts it.
private func add(_ factor: UInt32, arcTangentOfOneIn x: UInt32, to sum: inout [UInt32], isSubtracted: Bool) {
    var power = [UInt32](repeating: 0, count: sum.count)
    power[0] = factor
    divide(&power, by: x)
    var odd: UInt32 = 1
    var isNegative = isSubtracted
    while power.contains(where: { $0 != 0 }) {
        var term = power
        divide(&term, by: odd)
        accumulate(term, into: &sum, isNegative: isNegative)
        divide(&power, by: x * x)
        odd += 2
        isNegative.toggle()
    }
}

private func divide(_ number: inout [UInt32], by divisor: UInt32) {
    var rest: UInt64 = 0
    for index in number.indices {
        let value = rest << 32 | UInt64(number[index])
        number[index] = UInt32(value / UInt64(divisor))
        rest = value % UInt64(divisor)
    }
}

private func accumulate(_ term: [UInt32], into sum: inout [UInt32], isNegative: Bool) {
    var carry: Int64 = 0
    for index in sum.indices.reversed() {
        let value = Int64(sum[index]) + (isNegative ? -Int64(term[index]) : Int64(term[index])) + carry
        sum[index] = UInt32(truncatingIfNeeded: value)
        carry = value >> 32
    }
}
