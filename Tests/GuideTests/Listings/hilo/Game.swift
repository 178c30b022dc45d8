// The rule of hilo, with no connection, clock or chance in it.

/// One number to guess.
struct Game {
    enum Answer { case higher, lower, found }

    /// What has to be guessed.
    let number: Int
    /// How often somebody guessed.
    private(set) var guesses = 0

    init(number: Int) { self.number = number }

    /// Says where the number is, seen from a guess.
    mutating func answer(to guess: Int) -> Answer {
        guesses += 1
        if guess == number { return .found }
        return guess < number ? .higher : .lower
    }
}
