// A user of the machine who attacks (Tests/LocalUser).
import Foundation
import Glibc

/// The harness's function of the name that a method has here.
private func execute(_ command: [String], _ variables: [String: String]) throws -> Outcome {
    try run(command, environment: variables)
}

/// Attempts of the user 4242.
struct LocalUser {
    private static let program = Supervised.build + "/test/user"
    private static let asUser = ["setpriv", "--reuid=4242", "--regid=4242", "--clear-groups"]
    private let copy: String
    private let variables: [String: String]

    /// - Parameters:
    ///   - service: the path of a unix socket that the user may connect to.
    ///   - handler, gate: the processes that the user attacks beside the supervisor.
    init(_ doorward: Supervised, service: String, handler: Int32, gate: Int32) throws {
        // Where every user may execute it.
        copy = doorward.directory + "/user"
        try Supervised.copy(Self.program, to: copy)
        variables = [
            "ATTACK_UNIX": service, "ATTACK_CONTROL": doorward.directory + "/state/control",
            "ATTACK_STATE": doorward.directory + "/state/users", "ATTACK_HANDLER": "\(handler)",
            "ATTACK_GATE": "\(gate)", "ATTACK_SUPERVISOR": "\(doorward.pid)",
        ]
    }

    func attempts(_ names: [String]) throws -> [Attempt] {
        let outcome = try run([copy] + names)
        guard outcome.status == 0 else { throw HarnessError("the user: \(outcome.status) \(outcome.error)") }
        return Attempt.all(in: outcome.output)
    }

    /// Runs a program as this user.
    func run(_ command: [String]) throws -> Outcome {
        try execute(Self.asUser + command, variables)
    }

    static func names() throws -> [String] {
        let outcome = try execute([program, "--list"], [:])
        guard outcome.status == 0, !outcome.output.isEmpty else { throw HarnessError("user --list: \(outcome.error)") }
        return outcome.output.split(separator: "\n").map(String.init)
    }
}
