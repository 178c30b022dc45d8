// The guessing game of the guide, in a session that a text file cannot describe: a deadline passes.
import Testing

@Suite("hilo, of the guide")
struct HiloTests {
    @Test("the end of a game's time ends the game and not the session")
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
