// The supervisor as a program of its own: small, because it is root and runs for months. `doorward run` becomes it by
// exec.
//
//     doorward-supervisor READY PROGRAM ARGUMENT...
//
// READY is the number of the ready descriptor, or `-`; PROGRAM prints the definitions, at start and at each reload.
internal import HostDefinition
internal import LinuxSystem
internal import Supervisor

let arguments = CommandLine.arguments
guard arguments.count >= 3, arguments[1] == "-" || Int32(arguments[1]) != nil, arguments[2].hasPrefix("/") else {
    StandardError.write("doorward-supervisor: this program is started by 'doorward run'")
    Processes.exit(100)
}
do {
    let command = arguments[2]
    let reader = DefinitionCommand(
        try OwnProgram(opening: command), arguments: ["doorward: reader"] + arguments.dropFirst(3))
    let programs = try OwnPrograms(beside: try Commands.ownPath(), timeZone: Startup.variable("TZ"))
    let supervisor = try Supervisor(reader: reader, programs: programs, readyNumber: Int32(arguments[1]))
    Processes.exit(supervisor.run())
} catch let error as HostDefinitionError {
    for line in error.lines { StandardError.write("doorward: \(line)") }
} catch {
    StandardError.write("doorward: cannot start: \(error)")
}
Processes.exit(1)
