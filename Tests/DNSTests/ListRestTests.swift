import Testing

@testable import DNS

struct ListRestTests {
    @Test("a list that was silent often enough in a row is left alone for a while")
    func rests() {
        var list = ListRest()
        for silence in 1..<ListRest.mostSilences { list.wasSilent(at: Int64(silence)) }
        #expect(!list.isResting(at: 100))
        list.wasSilent(at: 100)
        #expect(list.isResting(at: 100) && list.isResting(at: 99 + ListRest.rest))
        #expect(!list.isResting(at: 100 + ListRest.rest))
    }

    @Test("a single silence after the rest begins another one")
    func again() {
        var list = ListRest()
        for _ in 0..<ListRest.mostSilences { list.wasSilent(at: 0) }
        let later = ListRest.rest + 5
        list.wasSilent(at: later)
        #expect(list.isResting(at: later + ListRest.rest - 1))
    }
}
