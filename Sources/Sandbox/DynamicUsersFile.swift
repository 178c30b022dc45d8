// The file `users` in the state directory.
package import LinuxSystem
package import ServiceModel

/// The reason why a service has no identity.
package struct IdentityError: Error, CustomStringConvertible {
    package let description: String
}

extension DynamicUsers {
    private static func file(in state: String) -> String { state + "/users" }

    /// The credentials of a service. Looks its dynamic number up, or makes and stores one.
    ///
    /// Fails closed: a state directory that cannot be read or written gives no number.
    package static func credentials(
        of service: Service, state: String, privilege: Privilege
    ) throws(IdentityError) -> Credentials {
        var number = Accounts.effectiveUser
        if privilege == .root, case .dynamic = service.identity.user {
            number = try Self.number(for: service.name, state)
        }
        guard let credentials = Credentials(of: service, dynamicNumber: number) else {
            throw IdentityError(description: "capabilities '\(service.identity.capabilities)' are not libcap's")
        }
        return credentials
    }

    /// The number that a service already has; nil when it has none yet.
    ///
    /// Errors: the file cannot be read.
    package static func known(_ name: String, state: String) throws(IdentityError) -> UInt32? {
        do throws(SystemError) {
            return try read(file(in: state))?.numbers[name]
        } catch {
            throw IdentityError(description: "\(file(in: state)): \(error) [state]")
        }
    }

    private static func number(for name: String, _ state: String) throws(IdentityError) -> UInt32 {
        let path = file(in: state)
        do throws(SystemError) {
            var users = try read(path)
            guard users != nil else {
                throw SystemError("\(path): not the numbers of dynamic users; read", .invalid)
            }
            if let known = users?.numbers[name] { return known }
            try Files.makeDirectory(state, mode: 0o711)
            guard let number = users?.number(for: name, isTaken: isTaken), let users else {
                throw SystemError("all numbers of dynamic users are taken", .again)
            }
            try Files.replace(path, with: users.text, mode: 0o644)
            return number
        } catch {
            throw IdentityError(description: "no dynamic user: \(error) [state, user]")
        }
    }

    private static func read(_ path: String) throws(SystemError) -> DynamicUsers? {
        do throws(SystemError) {
            return DynamicUsers(text: String(decoding: try Files.read(path, most: 1 << 20), as: UTF8.self))
        } catch  where error.errno == .noEntry {
            return DynamicUsers()
        }
    }

    private static func isTaken(_ number: UInt32) -> Bool {
        do throws(SystemError) {
            if try Accounts.user(uid: number) != nil { return true }
            return try Accounts.hasGroup(number)
        } catch {
            // Fails closed: a number that cannot be looked up counts as taken.
            return true
        }
    }
}
