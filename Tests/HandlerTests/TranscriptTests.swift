// Every session in Golden/, as a dialogue over each transport, and cut at every place.
import TestSupport
import Testing

@Suite("transcripts", .serialized)
struct TranscriptTests {
    @Test("there are sessions to play")
    func some() {
        #expect(
            Transcript.all.count >= (Transcript.chosen == "" ? 8 : 1), "\(Transcript.folder)/\(Transcript.chosen)*.txt")
    }

    @Test("a session goes as in its file, with each answer before the next line", arguments: Transcript.all)
    func dialogue(transcript: Transcript) {
        for transport in Transport.allCases where !transcript.play(over: transport) { break }
    }

    @Test("the answers are the same however the bytes are cut", arguments: Transcript.all)
    func cuts(transcript: Transcript) {
        for cut in Segmentation.all(of: transcript.sent) where !transcript.check(cut) { break }
    }
}
