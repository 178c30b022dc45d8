// The facts about the real machine, for Configuration.
package import Configuration
internal import LinuxSystem
internal import Sandbox
internal import ServiceModel

extension Host {
    /// This machine. An account that cannot be read counts as missing: the file that needs it has a fault, and its
    /// service does not start.
    package static var thisMachine: Host {
        Host(
            userNamed: { name in account { () throws(SystemError) in try Accounts.user(named: name) } },
            userWithUID: { uid in account { () throws(SystemError) in try Accounts.user(uid: uid) } },
            groupNamed: { name in
                do throws(SystemError) {
                    return try Accounts.group(named: name)
                } catch {
                    // Fail closed: an unreadable group is an unknown group.
                    return nil
                }
            },
            capabilityProblem: { CapabilitySets.problem(with: $0) },
            handlerProblem: { path in
                switch Files.executionProblem(path) {
                case nil: formatProblem(path)
                case .noEntry?: "no such file"
                case .isDirectory?: "is a directory"
                case .access?: "not executable"
                case let errno?: errno.description
                }
            },
            pathProblem: { path in
                switch Files.lookupProblem(path) {
                case nil: nil
                case .noEntry?: "no such file or directory"
                case .notDirectory?: "is not a directory"
                case let errno?: errno.description
                }
            },
            systemCallProblem: { change in
                let problem = SystemCalls.problem(with: change.name)
                return change.effect == .refuse ? problem ?? SystemCalls.refusalProblem(with: change.name) : problem
            })
    }

    /// The reason why the kernel would not start a file, for example a text without `#!`: a shell would start it, the
    /// kernel does not.
    private static func formatProblem(_ path: String) -> String? {
        // The kernel's table of further formats. Source: the kernel's admin-guide/binfmt-misc.rst.
        let others = "/proc/sys/fs/binfmt_misc"
        do throws(SystemError) {
            let head = try Files.head(of: path, length: ProgramFormat.headLength)
            if case .script(let interpreter) = ProgramFormat(head: head), interpreter.utf8.last == 13 {
                return "its first line ends in a carriage return, which is part of its interpreter's name so"
            }
            if ProgramFormat.isForKernel(head) { return nil }
            let known = Files.exists(others + "/status") ? try Files.names(in: others) : []
            let mayBeStarted = known.contains { $0 != "register" && $0 != "status" }
            return mayBeStarted
                ? nil : "begins neither with \"#!\" nor as an ELF file, and the kernel starts nothing else"
        } catch {
            // A file may be executable but not readable: only the kernel knows its format.
            return nil
        }
    }

    private static func account(_ find: () throws(SystemError) -> Accounts.User?) -> Account? {
        do throws(SystemError) {
            return try find().map { Account(name: $0.name, uid: $0.uid, gid: $0.gid) }
        } catch {
            // Fail closed: an unreadable account is an unknown account.
            return nil
        }
    }
}
