// The fuzz target of the reader of PROXY headers; see Tests/Fuzz/run. An input is what a connection began with; the
// results for all bytes and for each beginning of them must agree, because a gate asks again as bytes come in.
import Admission

/// The result for the first bytes, checked by itself.
private func read(_ bytes: ArraySlice<UInt8>) -> ProxyReading {
    let reading = ProxyHeader.read(Array(bytes).span)
    switch reading {
    case .needMore(let count): precondition(count > bytes.count && count <= ProxyHeader.mostBytes)
    case .header(let header): precondition((1...bytes.count).contains(header.length))
    case .malformed: precondition(!bytes.isEmpty)
    }
    return reading
}

/// Runs one input.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    let whole = read(bytes[...])
    for length in 0..<min(count, 600) {
        let part = read(bytes[..<length])
        switch (whole, part) {
        case (.header(let header), .needMore(let least)):
            precondition(length < header.length && least <= header.length)
        case (.header(let header), .header): precondition(part == whole && length >= header.length)
        case (.header, .malformed), (.needMore, .header), (.needMore, .malformed), (.malformed, .header):
            preconditionFailure("\(whole) of all bytes, \(part) of the first \(length)")
        case (.needMore, .needMore), (.malformed, .needMore), (.malformed, .malformed): break
        }
    }
    return 0
}
