// What a filter made from settings answers to one call.
import CLinux
import Sandbox
import ServiceModel
import Testing

enum Answer {
    static let allow: UInt32 = 0x7fff_0000
    static let killProcess: UInt32 = 0x8000_0000
    static let notPermitted: UInt32 = 0x0005_0001
    static let notImplemented: UInt32 = 0x0005_0026
    static let noSuchOption: UInt32 = 0x0005_005c
}

extension SandboxSettings {
    /// Settings with changes in the form of a service file: `"+mount -open"`.
    init(_ mode: SeccompMode = .refuse, network: Set<SocketFamily> = [], _ changes: String = "") {
        self.init()
        seccomp = mode
        self.network = network
        systemCalls = changes.split(separator: " ").map {
            SystemCallChange($0.hasPrefix("+") ? .allow : .refuse, String($0.dropFirst()))
        }
    }
}

/// A filter that answers tests.
struct FilterAnswers {
    let program: [SystemCallFilter.Instruction]

    init(_ mode: SeccompMode = .refuse, network: Set<SocketFamily> = [], _ changes: String = "") throws {
        try self.init(SandboxSettings(mode, network: network, changes))
    }

    init(
        _ settings: SandboxSettings, internet: ConditionalSystemCall.InternetSockets = .streamsAndDatagrams
    ) throws {
        program = try #require(SystemCallFilter(settings: settings, internet: internet)).program
    }

    func answer(
        number: UInt32, of architecture: UInt32 = clinux_architecture(), _ arguments: [UInt64] = []
    ) throws -> UInt32 {
        try run(program, on: SystemCallData(number: number, architecture: architecture, arguments: arguments))
    }

    func answer(_ name: String, _ arguments: UInt64...) throws -> UInt32 {
        try answer(number: UInt32(try #require(SystemCalls.number(of: name))), arguments)
    }

    func allows(_ name: String, _ arguments: UInt64...) throws -> Bool {
        try answer(number: UInt32(try #require(SystemCalls.number(of: name))), arguments) == Answer.allow
    }
}
