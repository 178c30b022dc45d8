// The names of imported services, which are the names of their files.

/// A name for a service file from the service's name before: `port-79` for a number, only a-z, 0-9, `_` and `-`, at
/// most `most` bytes.
func serviceName(from text: String, most: Int = 32) -> String {
    if readNumber(text) != nil { return serviceName(from: "port-\(text)", most: most) }
    let bytes = text.utf8.map { byte -> UInt8 in
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): byte | 0x20
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"): byte
        default: UInt8(ascii: "-")
        }
    }
    let name = bytes.drop { $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_") }.prefix(most)
    return name.isEmpty ? "service" : String(decoding: name, as: UTF8.self)
}

/// Gives each service a name of its own: the second `ftp` becomes `ftp-2`.
func makeNamesUnique(_ services: inout [ImportedService]) {
    var taken: Set<String> = []
    for index in services.indices {
        let name = services[index].name
        var number = 1
        while !taken.insert(services[index].name).inserted {
            number += 1
            services[index].name = "\(serviceName(from: name, most: 31 - String(number).utf8.count))-\(number)"
        }
    }
}
