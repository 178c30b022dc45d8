import LinuxSystem

@testable import Supervisor

/// Programs that end at once, for a supervisor that starts none of them.
func idlePrograms() throws(SystemError) -> OwnPrograms {
    let program = try OwnProgram(opening: "/bin/true")
    return OwnPrograms(gate: program, resolver: program, logWriter: program, timeZone: nil)
}
