import LinuxSystem
import TestSupport
import Testing

struct ControlSocketTests {
    @Test("a server that does not accept is not waited for, and keeps its address")
    func full() throws {
        let directory = try TemporaryDirectory()
        let path = directory.path + "/control"
        let server = try ControlSocket(path: path)
        // One more than its queue is for; another connect(2) would wait.
        let clients = try (0..<17).map { _ in Client(channel: try ControlSocket.connect(to: path)) }
        let error = #expect(throws: SystemError.self) { _ = try ControlSocket(path: path) }
        #expect(error?.errno == .addressInUse)
        #expect(clients.count == 17)
        let isReachable = server.isReachable
        #expect(isReachable)
    }

    @Test("only its owner can connect: the mode of its file is 600, and the umask of the process is left alone")
    func mode() throws {
        let directory = try TemporaryDirectory()
        let path = directory.path + "/control"
        let socket = try ControlSocket(path: path)
        #expect(try TemporaryDirectory.mode(of: path) == 0o600)
        _ = consume socket
    }

    @Test("the kernel refuses a client's descriptors, where it can", .enabled(if: kernelRefusesDescriptors))
    func descriptors() throws {
        let directory = try TemporaryDirectory()
        let path = directory.path + "/control"
        let server = try ControlSocket(path: path)
        let client = try ControlSocket.connect(to: path)
        let error = #expect(throws: SystemError.self) { try send([1], passing: [0], over: client.number) }
        #expect(error?.errno == .notPermitted)
        try client.send([1])
        _ = consume server
    }

    private final class Client {
        let channel: MessageChannel
        init(channel: consuming MessageChannel) { self.channel = channel }
    }
}
