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
do throws(HostDefinitionError) {
    let reader = DefinitionCommand(path: arguments[2], arguments: Array(arguments.dropFirst(2)))
    let supervisor = try Supervisor(reader: reader, readyNumber: Int32(arguments[1]))
    Processes.exit(supervisor.run())
} catch {
    for line in error.lines { StandardError.write("doorward: \(line)") }
    Processes.exit(1)
}
