// Waiting for what other processes do: each function asks again until the answer is right.
import Foundation
import Glibc
import Testing

/// The whole answer that a client gets for these bytes and the end of its input.
func answer(_ port: UInt16, to bytes: String, from source: String = "127.0.0.1") throws -> String {
    let client = try Client(port: port, source: source)
    client.send(bytes)
    client.shutdownWrite()
    return client.readToEnd()
}

/// A counter of a service, as `doorward status` prints it.
func count(_ key: String, of service: String? = nil, _ supervised: Supervised) throws -> Int {
    let outcome = try run([
        Supervised.program, "status", "--json", "--config", supervised.directory + "/doorward.toml",
    ])
    let all = try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any]
    let services = all?["services"] as? [[String: Any]]
    let wanted = services?.first { service == nil || $0["name"] as? String == service }
    return try #require((wanted?["counts"] as? [String: Int])?[key])
}

/// Asks `status` until a counter has this value: then the gate has seen what its clients did.
func wait(for key: String, _ expected: Int, of service: String? = nil, _ supervised: Supervised) throws {
    var found = try count(key, of: service, supervised)
    let end = Date(timeIntervalSinceNow: 15)
    while found != expected, Date() < end {
        usleep(10_000)
        found = try count(key, of: service, supervised)
    }
    #expect(found == expected, "\(key)")
}

/// Asks until the answer is yes, for at most 15 seconds.
func wait(until isSo: () throws -> Bool) throws {
    let end = Date(timeIntervalSinceNow: 15)
    while try !isSo() {
        guard Date() < end else { throw HarnessError("the condition was not met within 15 s") }
        usleep(10_000)
    }
}
