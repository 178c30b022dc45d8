import ServiceModel
import Testing

struct LimitsTests {
    @Test("without a word of the file, handlers have the standard number of processes; unlimited is a word of the file")
    func processes() {
        var limits = Limits()
        #expect(limits.processesOrStandard == .at(Limits.standardProcesses))
        limits.processes = .at(7)
        #expect(limits.processesOrStandard == .at(7))
        limits.processes = .unlimited
        #expect(limits.processesOrStandard == .unlimited)
    }
}
