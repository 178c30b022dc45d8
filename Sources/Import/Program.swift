// The program that inetd or xinetd starts for a service, as Doorward's `handler`.

extension ImportReport {
    /// A handler from a program and its arguments after argv[0]. nil when there is none, which it reports.
    ///
    /// - Parameters:
    ///   - name: argv[0]; nil when it is the path, as in xinetd.
    mutating func handler(
        program: String, name: String?, arguments: [String], place: Place, directive: String
    ) -> [String]? {
        var program = program
        var name = name
        if baseName(program) == "tcpd", let wrapped = name {
            // Debian's tcpd looks here for a name without a path (REAL_DAEMON_DIR).
            program = wrapped.hasPrefix("/") ? wrapped : "/usr/sbin/\(wrapped)"
            name = nil
            note(
                place, directive,
                "\(program) is started without tcpd; hosts.allow and hosts.deny are not read: "
                    + "put their rules into 'access'"
            )
        }
        guard program.hasPrefix("/"), program.utf8.count > 1 else {
            notCarriedOver(place, directive, "the program is not an absolute path, and PATH is never searched; no file")
            return nil
        }
        if let name, ["busybox", "toybox"].contains(baseName(program)), baseName(name) != baseName(program) {
            // These programs take the name as their first argument too.
            return [program, baseName(name)] + arguments
        }
        if let name, baseName(name) != baseName(program) {
            note(
                place, directive, "argument 0 is \(program), not \(printable(name)): a program that goes by it differs")
        }
        return [program] + arguments
    }
}

/// The last part of a path.
func baseName(_ path: String) -> String {
    path.utf8.split(separator: UInt8(ascii: "/")).last.map { String(decoding: $0, as: UTF8.self) } ?? path
}
