// A user of the machine who may connect to a unix socket where access rules refuse him, and not to the control socket.
// Tests/LocalUser has his attempts.
import Foundation
import Glibc
import Testing

extension EndToEndTests {
    @Suite("Local user", .enabled(if: isRoot, "needs another user"))
    struct LocalUserTests {
        /// What he may do to a service, and what he could do to the control socket if its mode let him.
        private static let allowed: Set<String> = ["user-pass-lingering", "user-silent", "user-flood"]
        private static let ifConnected: Set<String> = ["control-pass-lingering", "control-silent", "control-flood"]

        @Test("a local user is refused every attempt, and holds up nobody at the sockets that he may connect to")
        func all() throws {
            let rig = try TakenOverRig()
            let user = try rig.localUser()
            let names = try LocalUser.names()
            let attempts = try user.attempts(["all"])
            #expect(Set(names) == Set(attempts.map(\.name)))
            for attempt in attempts {
                let expected = Self.allowed.contains(attempt.name) ? "allowed" : "refused"
                #expect(attempt.result == expected, "\(attempt.name): \(attempt.result) \(attempt.how)")
            }
            try rig.expectOthersUnhurt()
        }

        @Test("a control socket that every user can connect to answers none of them, and goes on answering root")
        func control() throws {
            let rig = try TakenOverRig()
            let user = try rig.localUser()
            chmod(rig.doorward.directory + "/state", 0o711)
            chmod(rig.doorward.directory + "/state/control", 0o666)
            for attempt in try user.attempts(["control-ask"] + Self.ifConnected.sorted()) {
                let expected = Self.ifConnected.contains(attempt.name) ? "allowed" : "refused"
                #expect(attempt.result == expected, "\(attempt.name): \(attempt.result) \(attempt.how)")
                #expect(!attempt.how.hasSuffix("(connect)"), "\(attempt.name): \(attempt.how)")
                try rig.expectOthersUnhurt("\(attempt.name)")
            }
            let asked = try user.run([Supervised.program, "status", "--config", rig.doorward.configuration])
            #expect(asked.status != 0 && asked.output.isEmpty, "\(asked.output)")
        }

        @Test("docs/security.md names every attempt of a local user once, and no other")
        func documents() throws {
            let ofHandlers = Set(try documentedAttempts("attempts"))
            let own = try LocalUser.names().filter { !ofHandlers.contains($0) }
            #expect(try documentedAttempts("attempts of users").sorted() == own.sorted())
        }
    }
}
