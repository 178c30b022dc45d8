import Testing

@testable import DNS

struct OutageNoticeTests {
    @Test("the log says once that a list has no answers, and once that it has some again")
    func once() {
        var list = OutageNotice()
        let isNews = list.answer()
        #expect(!isNews)
        let said = (0..<3).map { list.noAnswer(at: $0) }
        #expect(said == [true, false, false])
        let again = (0..<2).map { _ in list.answer() }
        #expect(again == [true, false])
    }

    @Test("the log mentions a list that answers now and then at most once a minute")
    func seldom() {
        var list = OutageNotice()
        var said = 0
        for second in 0..<180 as Range<Int64> {
            if list.noAnswer(at: second * 1_000_000_000) { said += 1 }
            _ = list.answer()
        }
        #expect(said == 3)
    }
}
