// The common part of the tests of command: files like those of the original, and the form of its dates.
import Glibc
import TestSupport

/// A directory with a motd, a utmp, password and group files, and the arguments that name them.
final class CommandFiles {
    private let directory: TemporaryDirectory
    let path: String

    /// The hash that `htpasswd -s` makes of foobar.
    static let foobar = "{SHA}iEPX+SQWIR3p67lj/0zigSWTKHg="

    init() throws {
        directory = try TemporaryDirectory()
        path = directory.path
        try directory.write("motd", "Have a lot of fun...\n")
        let minute = 60
        // 12 March 2001, 00:00 in the zone of TZ=PST8.
        let midnight = 984_384_000
        let sessions = [
            ("tty1", 49), ("pts/0", 11 * 60 + 23), ("pts/1", 14 * 60 + 8), ("pts/2", 17 * 60 + 9),
        ]
        try directory.write(
            "utmp",
            bytes: sessions.flatMap { record(user: "dougm", line: $0.0, seconds: midnight + $0.1 * minute) })
        try directory.write("passwords", "dougm:\(Self.foobar)\nanna:\(Self.foobar)\nplain:foobar\n")
        try directory.write("groups", "admin: root dougm\nstaff: anna\n")
        try directory.makeDirectory("commands")
    }

    /// The arguments of every session.
    var arguments: [String] {
        ["--name", "MyApache2::CommandServer", "--motd", path + "/motd", "--utmp", path + "/utmp"]
    }

    /// The arguments of a login without a delay.
    func login(_ requirements: String..., delay: String = "0s") -> [String] {
        arguments + requirements.flatMap { ["--require", $0] } + [
            "--auth-file", path + "/passwords", "--failure-delay", delay,
        ]
    }

    func write(_ name: String, _ text: String, mode: UInt32 = 0o644) throws {
        try directory.write(name, text, mode: mode)
    }

    func write(_ name: String, bytes: [UInt8]) throws { try directory.write(name, bytes: bytes) }

    /// A script in the directory of commands.
    func script(_ name: String, _ text: String) throws {
        try directory.write("commands/" + name, "#!/bin/sh\n" + text, mode: 0o755)
    }
}

/// A record of utmp(5); kind 7 is the session of a user.
func record(user: String, line: String, seconds: Int, kind: UInt8 = 7) -> [UInt8] {
    #if arch(x86_64)
        let (size, timePlace, timeSize) = (384, 340, 4)
    #else
        let (size, timePlace, timeSize) = (400, 344, 8)
    #endif
    var record = [UInt8](repeating: 0, count: size)
    record[0] = kind
    for (place, text) in [(8, line), (44, user)] {
        for (index, byte) in text.utf8.prefix(32).enumerated() { record[place + index] = byte }
    }
    for index in 0..<timeSize { record[timePlace + index] = UInt8(truncatingIfNeeded: seconds >> (8 * index)) }
    return record
}

/// Whether a line is `Www Mmm dd hh:mm:ss ZONE yyyy`.
func isDate(_ line: Substring) -> Bool {
    let form =
        #/
        (Sun|Mon|Tue|Wed|Thu|Fri|Sat)\ (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)\ [\ 123]\d
        \ [012]\d:[0-5]\d:[0-6]\d\ [-+A-Z0-9]{1,6}\ \d{4}
        /#
    return line.wholeMatch(of: form) != nil
}
