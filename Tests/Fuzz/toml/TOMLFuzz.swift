// The fuzz target of the reader of files; see Tests/Fuzz/run. An input is a service file if its first byte is even, and
// else doorward.toml. The first byte stays in the text. Each fault must have its place inside the file, and each
// service must be equal to what the supervisor reads of its bytes.
import Configuration
import HostDefinition
import ServiceModel
import Wire

private let host = Host(
    accounts: [.init(name: "root", uid: 0, gid: 0), .init(name: "www-data", uid: 33, gid: 33)],
    groups: ["mail": 8, "www-data": 33, "root": 0],
    handlerProblems: ["/libexec/missing": "no such file"],
    pathProblems: ["/missing": "no such file or directory"])

private func checkPlaces(_ faults: Faults, in text: [UInt8]) {
    precondition(!faults.all.isEmpty)
    let lines = text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    for fault in faults.all {
        precondition(lines.indices.contains(fault.position.line - 1), "\(fault)")
        precondition((1...lines[fault.position.line - 1].count + 1).contains(fault.position.column), "\(fault)")
    }
}

private func readServiceFile(_ text: [UInt8]) {
    let reader = ServiceReader(host: host, configuration: HostConfiguration())
    switch reader.read(name: "fuzz", file: "fuzz.toml", text: text) {
    case .failure(let faults): checkPlaces(faults, in: text)
    case .success(let definition):
        precondition(ServiceDefinition(wireBytes: definition.wireBytes) == definition)
    }
}

private func readHostFile(_ text: [UInt8]) {
    do throws(Faults) {
        let configuration = try HostConfiguration.read(text: text, file: "doorward.toml", host: host)
        let settings = configuration.settings
        precondition(HostDefinition(wire: HostDefinition(settings: settings).wire)?.settings == settings)
    } catch {
        checkPlaces(error, in: text)
    }
}

/// Runs one input.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let text = Array(UnsafeBufferPointer(start: start, count: count))
    if (text.first ?? 0).isMultiple(of: 2) { readServiceFile(text) } else { readHostFile(text) }
    return 0
}
