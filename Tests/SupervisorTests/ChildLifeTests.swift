import ServiceModel
import Testing

@testable import Supervisor

/// A cell of the table, in words.
private struct Cell: CustomTestStringConvertible {
    let state: ChildLife.State
    let event: ChildLife.Event
    let next: ChildLife.State
    let consequence: ChildLife.Consequence

    var testDescription: String { "\(event) while \(state)" }
}

private let table: [ChildLife.State: [ChildLife.Event: (ChildLife.State, ChildLife.Consequence)]] = [
    .starting: [
        .ready: (.serving, .takeOver), .failed: (.failing, .nothing), .late: (.failing, .kill),
        .nonsense: (.failing, .kill), .dismissed: (.leaving, .nothing), .ended: (.failing, .startFailed),
    ],
    .serving: [
        .ready: (.serving, .nothing), .failed: (.serving, .nothing), .late: (.serving, .nothing),
        .nonsense: (.serving, .kill), .dismissed: (.leaving, .nothing), .ended: (.serving, .died),
    ],
    .working: [
        .ready: (.working, .nothing), .failed: (.working, .nothing), .late: (.failing, .kill),
        .nonsense: (.failing, .kill), .dismissed: (.leaving, .nothing), .ended: (.working, .done),
    ],
    .failing: [
        .ready: (.failing, .nothing), .failed: (.failing, .nothing), .late: (.failing, .kill),
        .nonsense: (.failing, .kill), .dismissed: (.leaving, .nothing), .ended: (.failing, .startFailed),
    ],
    .leaving: [
        .ready: (.leaving, .nothing), .failed: (.leaving, .nothing), .late: (.leaving, .kill),
        .nonsense: (.leaving, .kill), .dismissed: (.leaving, .nothing), .ended: (.leaving, .done),
    ],
]

struct ChildLifeTests {
    @Test(
        "each event has a consequence in each state",
        arguments: ChildLife.State.allCases.flatMap { state in
            ChildLife.Event.allCases.map { event in
                let (next, consequence) = table[state]![event]!
                return Cell(state: state, event: event, next: next, consequence: consequence)
            }
        })
    private func cell(_ cell: Cell) {
        let (next, consequence) = ChildLife.step(cell.state, cell.event)
        #expect(next == cell.next)
        #expect(consequence == cell.consequence)
    }

    @Test("a child that has to report has ten seconds, and none to wait for once it serves")
    func reported() {
        var life = ChildLife(startedAt: 5)
        #expect(life.deadline == 10_000_000_005)
        #expect(life.note(.ready) == .takeOver)
        #expect(life.deadline == nil)
    }

    @Test("a child that reports a failure and does not end is killed at the end of its time, once")
    func stuck() {
        var life = ChildLife(startedAt: 5)
        #expect(life.note(.failed) == .nothing)
        #expect(life.deadline == 10_000_000_005)
        #expect(life.note(.late) == .kill)
        #expect(life.deadline == nil)
        #expect(life.note(.ended) == .startFailed)
    }

    @Test("a child with one task has its own time, and its end is as it should be")
    func task() {
        var life = ChildLife(workingFrom: 5, withinNanoseconds: 7)
        #expect(life.deadline == 12)
        #expect(life.note(.ended) == .done)
    }

    @Test("a child that serves and was dismissed may take its time")
    func dismissed() {
        var life = ChildLife(startedAt: 5)
        _ = life.note(.ready)
        _ = life.note(.dismissed)
        #expect(life.deadline == nil)
        #expect(life.note(.ended) == .done)
    }

    @Test("a child that was dismissed while it starts still has to start in time, and then may take its time")
    func superseded() {
        var life = ChildLife(startedAt: 5)
        _ = life.note(.dismissed)
        #expect(life.deadline == 10_000_000_005)
        var hanging = life
        #expect(hanging.note(.late) == .kill)
        #expect(hanging.deadline == nil && hanging.note(.ended) == .done)
        #expect(life.note(.ready) == .nothing)
        #expect(life.deadline == nil && life.note(.ended) == .done)
    }

    @Test("a child is proven when it has lived as long as a start may take")
    func proven() {
        let life = ChildLife(startedAt: 5)
        #expect(!life.isProven(at: 10_000_000_004))
        #expect(life.isProven(at: 10_000_000_005))
    }
}

struct RestartTests {
    @Test("failures are tried again after waits that double")
    func failures() {
        var restart = Restart()
        #expect(restart.at == nil && !restart.isDue(at: .max))
        #expect(restart.failed(at: 5) == .milliseconds(100))
        #expect(restart.at == 100_000_005)
        #expect(!restart.isDue(at: 100_000_004) && restart.isDue(at: 100_000_005))
        #expect(restart.wait(at: 5) == .milliseconds(100))
        #expect(restart.wait(at: 200_000_000) == .zero)
        restart.cancel()
        #expect(restart.at == nil && restart.wait(at: 5) == nil)
        #expect(restart.failed(at: 0) == .milliseconds(200))
    }

    @Test("the death of a process that was proven is the first failure again; an early one is one more")
    func deaths() {
        var restart = Restart()
        for _ in 0..<4 { restart.failed(at: 0) }
        let life = ChildLife(startedAt: 0)
        #expect(restart.died(life, at: 1) == .milliseconds(1600))
        #expect(restart.died(life, at: ChildLife.startNanoseconds) == .milliseconds(100))
    }

    @Test("a start that is planned soon is no failure")
    func soon() {
        var restart = Restart()
        restart.soon(at: 5)
        #expect(restart.at == 100_000_005)
        #expect(restart.failed(at: 5) == .milliseconds(100))
    }
}
