internal import CHandler
public struct Kit: ~Copyable {
    var storage: InlineArray<4096, UInt8>
    public init() { storage = .init(repeating: 0) }
    public mutating func pump() {
        while true {
            var s = storage.mutableSpan
            let n = unsafe s.withUnsafeMutableBytes { unsafe chandler_read(0, $0.baseAddress, $0.count) }
            if n <= 0 { return }
            _ = unsafe s.withUnsafeBytes { unsafe chandler_write(1, $0.baseAddress, n) }
        }
    }
}
