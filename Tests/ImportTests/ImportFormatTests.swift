import Testing

@testable import Import

struct ImportFormatTests {
    @Test(
        "the first line with a known shape gives the format",
        arguments: [
            ("ftp stream tcp nowait root /usr/sbin/x x", ImportFormat.inetd), ("127.0.0.1:\n", .inetd), ("", .inetd),
            ("# nothing\n", .inetd), ("#<off># ftp stream tcp nowait root /usr/sbin/x", .inetd),
            (".include /x", .inetd),
            ("# x\nservice ftp\n{\n}", .xinetd), ("defaults\n{", .xinetd), ("defaults {", .xinetd),
            ("defaults{", .xinetd),
            ("includedir /etc/xinetd.d", .xinetd), ("10.:allow", .tcprules), (":deny\r\n", .tcprules),
            ("=x.example:allow,A=\"b\"", .tcprules), ("hello", nil), ("a b c", nil),
        ])
    func shapes(text: String, format: ImportFormat?) {
        #expect(ImportFormat(ofText: Array(text.utf8)) == format)
    }
}
