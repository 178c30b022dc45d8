// The rule of hilo, without a connection, a clock or random bits.

/// One number to guess.
struct Game {
    enum Answer { case higher, lower, found }

    /// The number to guess.
    let number: Int
    /// The number of guesses so far.
    private(set) var guesses = 0

    init(number: Int) { self.number = number }

    /// Compares a guess with the number.
    mutating func answer(to guess: Int) -> Answer {
        guesses += 1
        if guess == number { return .found }
        return guess < number ? .higher : .lower
    }
}
