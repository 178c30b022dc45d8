import Testing

@testable import DNS

struct ListBackoffTests {
    @Test("a list that was silent often enough in a row is not asked for a while")
    func rests() {
        var list = ListBackoff()
        for silence in 1..<ListBackoff.mostSilences { list.wasSilent(at: Int64(silence)) }
        #expect(!list.isResting(at: 100))
        list.wasSilent(at: 100)
        #expect(list.isResting(at: 100) && list.isResting(at: 99 + ListBackoff.rest))
        #expect(!list.isResting(at: 100 + ListBackoff.rest))
    }

    @Test("after that time a single silence begins another one")
    func again() {
        var list = ListBackoff()
        for _ in 0..<ListBackoff.mostSilences { list.wasSilent(at: 0) }
        let later = ListBackoff.rest + 5
        list.wasSilent(at: later)
        #expect(list.isResting(at: later + ListBackoff.rest - 1))
    }
}
