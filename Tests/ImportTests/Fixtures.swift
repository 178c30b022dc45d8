// What the tests of this target share: ports, a machine with every account, and functions from a text to services.

import Addresses
import Configuration
import HostDefinition
import ServiceModel

@testable import Import

let testPorts = PortTable(
    text: """
        echo 7/tcp
        discard 9/tcp sink null
        daytime 13/tcp
        chargen 19/tcp
        ftp 21/tcp
        telnet 23/tcp
        smtp 25/tcp mail
        time 37/tcp
        finger 79/tcp
        irc 194/tcp
        """)

/// A machine on which every name is an account, and every path exists.
private let testHost = Host(
    // No name is a number.
    userNamed: {
        Int($0) != nil ? nil : $0 == "root" ? .init(name: $0, uid: 0, gid: 0) : .init(name: $0, uid: 1000, gid: 1000)
    },
    userWithUID: { .init(name: "u\($0)", uid: $0, gid: 1000) }, groupNamed: { $0 == "root" ? 0 : 1000 },
    capabilityProblem: { _ in nil }, handlerProblem: { _ in nil }, pathProblem: { _ in nil },
    systemCallProblem: { _ in nil })

func imported(_ text: String, _ format: ImportFormat, file: String = "f", service: String? = nil) -> Imported {
    imported(Array(text.utf8), format, file: file, service: service)
}

func imported(_ text: [UInt8], _ format: ImportFormat, file: String = "f", service: String? = nil) -> Imported {
    Imported([ImportSource(file: file, format: format, text: text)], ports: testPorts, service: service)
}

extension Imported {
    /// The remarks on lines, as they are printed.
    var lineRemarks: [String] { report.remarks.filter { $0.place.line > 0 }.map(\.description) }
}

/// The service that a file's text is.
func readBack(_ service: ImportedService) throws -> ServiceDefinition {
    try readBack(service.fileText, name: service.name)
}

func readBack(_ text: String, name: String = "s") throws -> ServiceDefinition {
    let configuration = try HostConfiguration.read(text: [], file: "d.toml", handlers: "/libexec", host: testHost)
    return try ServiceReader(host: testHost, configuration: configuration)
        .read(name: name, file: "\(name).toml", text: Array(text.utf8)).get()
}

/// Whether the access rules of a service let an address in, and with which variables.
func decision(_ rules: [AccessRule], _ address: IPAddress) -> (isAllowed: Bool, environment: [EnvironmentVariable]) {
    guard !rules.isEmpty else { return (true, []) }
    guard let rule = rules.first(where: { $0.matches(.ip(address, port: 1)) }) else { return (false, []) }
    return (rule.verdict == .allow, rule.environment)
}
