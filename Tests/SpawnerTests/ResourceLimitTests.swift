import LinuxSystem
import ServiceModel
import Testing

@testable import Spawner

private func limit(_ key: String, _ resource: Int32, _ value: UInt64) -> ResourceLimit {
    ResourceLimit(resource: resource, value: value, key: key)
}

struct ResourceLimitTests {
    @Test("the defaults become these limits of the kernel")
    func defaults() {
        #expect(
            ResourceLimit.all(of: Limits()) == [
                limit("file_size", 1, 1 << 30), limit("core", 4, 1), limit("processes", 6, 512),
                limit("files", 7, 256), limit("memory", 9, 512 << 20),
            ])
    }

    @Test("an unlimited resource is left as it is")
    func unlimited() {
        var limits = Limits()
        limits.files = .unlimited
        limits.processes = .unlimited
        limits.memory = .unlimited
        limits.core = .unlimited
        limits.fileSize = .unlimited
        #expect(ResourceLimit.all(of: limits) == [])
    }

    @Test("without root, the number of a user's processes is limited only when the file says so")
    func sharedUser() {
        var limits = Limits()
        #expect(ResourceLimit.all(of: limits, with: .root).contains { $0.key == "processes" })
        #expect(!ResourceLimit.all(of: limits, with: .ordinary).contains { $0.key == "processes" })
        limits.processes = .at(512)
        #expect(ResourceLimit.all(of: limits, with: .ordinary) == ResourceLimit.all(of: limits, with: .root))
    }

    @Test(
        "processor time is whole seconds, and at least one",
        arguments: [(Duration.seconds(5), UInt64(5)), (.milliseconds(1), 1), (.milliseconds(2500), 2), (.zero, 1)])
    func cpu(duration: Duration, seconds: UInt64) {
        var limits = Limits()
        limits.cpu = .at(duration)
        #expect(ResourceLimit.all(of: limits).first == limit("cpu", 0, seconds))
    }
}
