// Facts about the machine that configuration needs: accounts, groups, which files exist and which can be executed.
// The facts come in as functions, so that reading a file does not touch the machine and can be tested alone.

package import ServiceModel

/// The machine on which services are to run.
package struct Host: Sendable {
    /// An entry of passwd(5).
    package struct Account: Hashable, Sendable {
        package var name: String
        package var uid: UInt32
        /// The primary group.
        package var gid: UInt32

        package init(name: String, uid: UInt32, gid: UInt32) {
            self.name = name
            self.uid = uid
            self.gid = gid
        }
    }

    private let findUserByName: @Sendable (String) -> Account?
    private let findUserByUID: @Sendable (UInt32) -> Account?
    private let findGroup: @Sendable (String) -> UInt32?
    private let findCapabilityProblem: @Sendable (String) -> String?
    private let findHandlerProblem: @Sendable (String) -> String?
    private let findPathProblem: @Sendable (String) -> String?
    private let findSystemCallProblem: @Sendable (SystemCallChange) -> String?

    /// - Parameters:
    ///   - userNamed: The account with exactly this name; nil when there is none, or when it cannot be read.
    ///   - userWithUID: An account with this number.
    ///   - groupNamed: The number of the group with exactly this name.
    ///   - capabilityProblem: The reason why libcap rejects the text of an IAB set; nil when it accepts it.
    ///   - handlerProblem: The reason why the file at an absolute path cannot be executed (`no such file`), or nil.
    ///   - pathProblem: The reason why an absolute path leads to nothing (`no such file or directory`), or nil.
    ///   - systemCallProblem: The reason why a call cannot be allowed or refused, for example an unknown name; or nil.
    package init(
        userNamed: @escaping @Sendable (String) -> Account?,
        userWithUID: @escaping @Sendable (UInt32) -> Account?,
        groupNamed: @escaping @Sendable (String) -> UInt32?,
        capabilityProblem: @escaping @Sendable (String) -> String?,
        handlerProblem: @escaping @Sendable (String) -> String?,
        pathProblem: @escaping @Sendable (String) -> String?,
        systemCallProblem: @escaping @Sendable (SystemCallChange) -> String?
    ) {
        findUserByName = userNamed
        findUserByUID = userWithUID
        findGroup = groupNamed
        findCapabilityProblem = capabilityProblem
        findHandlerProblem = handlerProblem
        findPathProblem = pathProblem
        findSystemCallProblem = systemCallProblem
    }

    /// A machine made of tables, for tests. Problems are looked up by capability text, path and name.
    package init(
        accounts: [Account] = [], groups: [String: UInt32] = [:], capabilityProblems: [String: String] = [:],
        handlerProblems: [String: String] = [:], pathProblems: [String: String] = [:],
        systemCallProblems: [String: String] = [:]
    ) {
        self.init(
            userNamed: { name in accounts.first { $0.name == name } },
            userWithUID: { uid in accounts.first { $0.uid == uid } },
            groupNamed: { groups[$0] },
            capabilityProblem: { capabilityProblems[$0] },
            handlerProblem: { handlerProblems[$0] },
            pathProblem: { pathProblems[$0] },
            systemCallProblem: { systemCallProblems[$0.name] })
    }

    /// The account of this name.
    package func user(named name: String) -> Account? { findUserByName(name) }

    /// An account with this number.
    package func user(uid: UInt32) -> Account? { findUserByUID(uid) }

    /// The number of a group.
    package func group(named name: String) -> UInt32? { findGroup(name) }

    /// The reason why a text is not a capability set.
    package func capabilityProblem(_ text: String) -> String? { findCapabilityProblem(text) }

    /// The reason why a file cannot be executed.
    package func handlerProblem(_ path: String) -> String? { findHandlerProblem(path) }

    /// The reason why a path leads to nothing.
    package func pathProblem(_ path: String) -> String? { findPathProblem(path) }

    /// The reason why a change of the system calls is impossible.
    package func systemCallProblem(_ change: SystemCallChange) -> String? { findSystemCallProblem(change) }
}
