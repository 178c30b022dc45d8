// What configuration must know of the machine: accounts, groups, what is there and what is executable.
// The facts come in as functions, so that reading a file touches nothing and can be tested alone.

package import ServiceModel

/// The machine that services are to run on.
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
    ///   - userNamed: The account of this very name; nil when there is none, or it could not be read.
    ///   - userWithUID: An account with this number.
    ///   - groupNamed: The number of the group of this very name.
    ///   - capabilityProblem: Why libcap does not take the text of an IAB set; nil when it does.
    ///   - handlerProblem: Why the file at an absolute path cannot be executed (`no such file`); nil when it can.
    ///   - pathProblem: Why there is nothing at an absolute path (`no such file or directory`); nil when there is.
    ///   - systemCallProblem: Why a call cannot be allowed or refused, its name unknown for example; nil when it can.
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

    /// A machine that is a table, for tests. Problems are looked up by capability text, path and name.
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

    /// Why a text is not a capability set.
    package func capabilityProblem(_ text: String) -> String? { findCapabilityProblem(text) }

    /// Why a file cannot be executed.
    package func handlerProblem(_ path: String) -> String? { findHandlerProblem(path) }

    /// Why a path leads to nothing.
    package func pathProblem(_ path: String) -> String? { findPathProblem(path) }

    /// Why a name is not that of a system call.
    package func systemCallProblem(_ change: SystemCallChange) -> String? { findSystemCallProblem(change) }
}
