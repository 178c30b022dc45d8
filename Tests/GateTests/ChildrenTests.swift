import LinuxSystem
import TestSupport
import Testing

@testable import Gate

/// Children that a test lets end.
private struct World: ~Copyable {
    let starter = StarterDouble()
    /// Has nothing to read, like a queue without signals.
    private let silence: HandlerPipe
    var children: Children<StarterDouble>

    init() throws {
        let silence = try HandlerPipe()
        let signals = SignalQueue(adopting: try Descriptor.duplicate(of: silence.readerNumber))
        children = Children(starter, signals: signals, list: try ChildList())
        self.silence = silence
    }
}

struct ChildrenTests {
    @Test("after a signal the deadline is now, until there are no more ends")
    func ends() throws {
        var world = try World()
        let none = world.children.deadline
        #expect(none == nil)
        world.starter.endOrphan()
        try world.children.noteSignal()
        let (atOnce, hasMore) = (world.children.deadline, world.children.hasMoreEnds)
        #expect(atOnce == 0 && hasMore)
        let first = try world.children.nextEnd()
        let still = world.children.deadline
        let last = try world.children.nextEnd()
        let after = world.children.deadline
        #expect(first?.way == .exited(status: 0) && still == 0 && last == nil && after == nil)
    }

    @Test("a second after a handler's end the gate looks for orphans, and once more soon after it has killed some")
    func sweep() throws {
        var world = try World()
        world.children.mayHaveLeftOrphans(at: 5)
        world.children.mayHaveLeftOrphans(at: 500)
        let deadline = world.children.deadline
        let due = 5 + Sweep.afterNanoseconds
        #expect(deadline == due)
        let (early, isDue) = (world.children.isSweepDue(at: due - 1), world.children.isSweepDue(at: due))
        #expect(!early && isDue)
        let some = world.children.hasTooManyOrphans(3, at: due)
        let again = world.children.deadline
        let none = world.children.hasTooManyOrphans(0, at: due)
        let after = world.children.deadline
        #expect(!some && again == due + Sweep.againNanoseconds && !none && after == nil)
    }

    @Test("orphans that multiply without end are too many")
    func tooMany() throws {
        var world = try World()
        var isTooMany = false
        for _ in 0..<9 { isTooMany = world.children.hasTooManyOrphans(256, at: 5) }
        #expect(isTooMany)
    }
}
