// Helpers of this target's tests: a machine, and functions from a text to its faults.

@testable import HostDefinition
import ServiceModel

@testable import Configuration

let testHost = Host(
    accounts: [
        .init(name: "root", uid: 0, gid: 0), .init(name: "toor", uid: 0, gid: 0),
        .init(name: "www-data", uid: 33, gid: 33), .init(name: "sync", uid: 4, gid: 0),
        .init(name: "nobody2", uid: .max, gid: 9), .init(name: "77", uid: 78, gid: 78),
    ],
    groups: ["mail": 8, "www-data": 33, "root": 0],
    capabilityProblems: ["cap_everything": "no such capability"],
    handlerProblems: [
        "/libexec/missing": "no such file", "/srv": "is a directory", "/outside": "no such file",
        "/r/gone": "no such file",
    ],
    pathProblems: [
        "/missing": "no such file or directory", "/r/inside": "no such file or directory",
        "/plain/": "is not a directory",
    ],
    systemCallProblems: ["opem": "'opem' is not a system call"])

/// The first two lines of a correct service file; tests append lines.
let goodTop = """
    listen = "127.0.0.1:7007"
    handler = ["echo"]

    """

func hostConfiguration(defaults: String = "") throws(Faults) -> HostConfiguration {
    try HostConfiguration.read(
        text: Array("[defaults]\n\(defaults)\n".utf8), file: "d.toml", handlers: "/libexec", host: testHost)
}

func readDefinition(_ text: [UInt8], name: String = "s", defaults: String = "") throws -> ServiceDefinition {
    let configuration = try hostConfiguration(defaults: defaults)
    return try ServiceReader(host: testHost, configuration: configuration).read(name: name, file: "s.toml", text: text)
        .get()
}

func readService(_ text: String, defaults: String = "") throws -> Service {
    try readDefinition(Array(text.utf8), defaults: defaults).service
}

/// The faults of a service file as they are printed; none for a correct one.
func faults(_ text: String, defaults: String = "", name: String = "s") -> [String] {
    faults(Array(text.utf8), defaults: defaults, name: name)
}

func faults(_ text: [UInt8], defaults: String = "", name: String = "s") -> [String] {
    do {
        _ = try readDefinition(text, name: name, defaults: defaults)
        return []
    } catch let error as Faults {
        return error.all.map(\.description)
    } catch {
        return ["not Faults: \(error)"]
    }
}

/// The faults of a correct service file with these lines after its own two: they begin at line 3.
func faultsAfterTop(_ lines: String) -> [String] { faults(goodTop + lines) }
