// The guide's guessing game, where a session as a text file cannot go: a deadline that passes.
import Testing

@Suite("hilo, of the guide")
struct HiloTests {
    @Test("when the time for a game is up the game ends, and the session goes on")
    func deadline() {
        let handler = RunningHandler("hilo", ["--time", "100ms"])
        handler.send("PLAY 100\n")
        let answer = "200 hilo: PLAY 100 begins\r\n230 guess\r\n430 time is up; guesses: 0\r\n"
        #expect(handler.receive(exactly: answer.utf8.count) == answer)
        handler.send("QUIT\n")
        #expect(handler.receiveAll() == "221 bye\r\n")
        #expect(handler.wait().status == 0)
    }
}
