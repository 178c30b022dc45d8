import LinuxSystem
import ServiceModel
import Testing

@testable import Spawner

/// `in` and `out` filters around a handler, all of them started.
private func running(_ inputFilters: Int, _ outputFilters: Int) -> FilterChain {
    var chain = FilterChain(inputFilters: inputFilters, outputFilters: outputFilters)
    while let position = chain.next { chain.started(position) }
    return chain
}

private func list(_ positions: StageSet) -> [Int] { (0..<FilterChain.longest).filter(positions.contains) }

struct FilterChainTests {
    @Test("without filters there is one program, and the chain ends with it")
    func alone() {
        var chain = FilterChain(inputFilters: 0, outputFilters: 0)
        #expect(chain.count == 1 && chain.handler == 0 && !chain.isOver)
        #expect(chain.next == 0)
        chain.started(0)
        #expect(chain.next == nil)
        let steps = chain.ended(0, .failed)
        #expect(list(steps.terminate) == [] && !steps.breaks)
        #expect(chain.isOver && !chain.isBroken)
    }

    @Test("the longest chain that a service may have fits into every record of a chain")
    func longest() {
        #expect(FilterChain.longest == ChainSockets.longest)
        let chain = FilterChain(inputFilters: Service.mostFilters, outputFilters: Service.mostFilters)
        #expect(chain.count == FilterChain.longest)
        #expect(list(StageSet(0..<chain.count)) == Array(0..<FilterChain.longest))
    }

    @Test("programs start from the last to the first")
    func order() {
        var chain = FilterChain(inputFilters: 2, outputFilters: 1)
        var order: [Int] = []
        while let position = chain.next {
            order.append(position)
            chain.started(position)
        }
        #expect(order == [3, 2, 1, 0])
        #expect(chain.handler == 2)
    }

    @Test("the end of input passes through the chain, program by program")
    func halfClose() {
        var chain = running(1, 1)
        for position in 0..<3 {
            #expect(!chain.isOver)
            let steps = chain.ended(position, .orderly)
            #expect(steps.endsOutput && list(steps.terminate) == [] && !steps.breaks)
        }
        #expect(chain.isOver)
    }

    @Test("an output filter that ends before the handler could start leaves the handler alone")
    func handlerNotStarted() {
        var chain = FilterChain(inputFilters: 0, outputFilters: 1)
        chain.started(1)
        #expect(chain.ended(1, .orderly).leavesHandlerAlone)
        #expect(chain.next == 0 && !chain.isOver)
    }

    @Test("when the handler ends, input filters are terminated, and output filters read the end of their input")
    func handlerEnds() {
        for end in [FilterChain.End.orderly, .failed] {
            var chain = running(2, 2)
            let steps = chain.ended(2, end)
            #expect(list(steps.terminate) == [0, 1])
            #expect(steps.endsOutput && !steps.breaks && !chain.isBroken)
            // How they end now means nothing.
            #expect(!chain.ended(0, .failed).breaks && !chain.ended(1, .failed).breaks)
            #expect(chain.ended(3, .orderly).endsOutput)
        }
    }

    @Test("when an output filter ends before the handler, the handler has no reader, and has time to end by itself")
    func outputFilterEnds() {
        var chain = running(1, 2)
        let steps = chain.ended(2, .orderly)
        #expect(steps.leavesHandlerAlone && list(steps.terminate) == [])
        #expect(steps.endsOutput && !chain.isBroken)
        #expect(list(chain.running) == [0, 1, 3])
        let handlerSteps = chain.ended(1, .orderly)
        #expect(list(handlerSteps.terminate) == [0])
        let last = chain.ended(3, .orderly)
        #expect(last.endsOutput && !last.leavesHandlerAlone)
    }

    @Test("a filter that fails ends the whole chain, and no end of input is given after that", arguments: [0, 1, 3, 4])
    func failure(position: Int) {
        var chain = running(2, 2)
        let steps = chain.ended(position, .failed)
        #expect(steps.breaks && !steps.endsOutput && chain.isBroken)
        #expect(list(steps.terminate) == [0, 1, 2, 3, 4].filter { $0 != position })
        for other in [0, 1, 2, 3, 4] where other != position {
            let next = chain.ended(other, .failed)
            #expect(!next.endsOutput && !next.breaks && list(next.terminate) == [])
        }
        #expect(chain.isOver)
    }

    @Test("the handler is asked to end first, then every program that is left, each once")
    func asked() {
        var chain = running(1, 1)
        #expect(list(chain.askToEnd()) == [1])
        #expect(list(chain.askToEnd()) == [])
        #expect(list(chain.ended(1, .failed).terminate) == [0])
        #expect(list(chain.askToEnd()) == [2])
        #expect(list(chain.endAll()) == [0, 2])
    }

    @Test("a program that was not started when the chain broke or was ended is not started any more")
    func unstarted() {
        var broken = FilterChain(inputFilters: 1, outputFilters: 1)
        broken.started(2)
        _ = broken.ended(2, .failed)
        #expect(broken.next == nil && broken.isOver)
        var ended = FilterChain(inputFilters: 1, outputFilters: 1)
        ended.started(2)
        #expect(list(ended.endAll()) == [2])
        #expect(ended.next == nil && !ended.isOver)
        var gone = FilterChain(inputFilters: 1, outputFilters: 1)
        gone.started(2)
        gone.started(1)
        _ = gone.ended(1, .orderly)
        #expect(gone.next == nil && !gone.isOver)
    }
}
