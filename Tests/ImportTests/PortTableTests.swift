import Testing

@testable import Import

struct PortTableTests {
    private static let table = PortTable(
        text: """
            # names
            ftp    21/tcp
            domain 53/tcp nameserver  # DNS
            domain 5353/tcp
            tftp   69/udp
            odd    x/tcp
            odd2   80
            zero   0/tcp
            """)

    @Test(
        "a port is a number, or a name or an alias of a TCP service",
        arguments: [
            ("ftp", UInt16(21)), ("domain", 53), ("nameserver", 53), ("tftp", nil), ("odd", nil), ("odd2", nil),
            ("zero", nil), ("8080", 8080), ("0", nil), ("65536", nil), ("DNS", nil), ("", nil), ("-1", nil),
            ("99999999999999999999999", nil),
        ])
    func ports(name: String, port: UInt16?) {
        #expect(Self.table.port(name) == port)
    }
}
