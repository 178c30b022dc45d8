// classic as a program: discard, daytime, time, chargen and qotd. Sources: RFC 863 to 865, 867, 868.
import Glibc
import Testing

@Suite("classic", .serialized)
struct ClassicTests {
    private func classic(
        _ arguments: String..., over transport: Transport = .socket, environment: [String] = [], input: String = ""
    ) -> (output: [UInt8], ending: HandlerResult) {
        let handler = RunningHandler("classic", arguments, over: transport, environment: environment)
        handler.send(input)
        handler.endInput()
        let output = readToEnd(handler.output)
        return (output, handler.wait())
    }

    @Test("RFC 863: discard reads 10 MB and sends no byte", arguments: Transport.allCases)
    func discard(over transport: Transport) {
        let handler = RunningHandler("classic", ["discard"], over: transport)
        let block = [UInt8](repeating: 0x0a, count: 1 << 20)
        for _ in 0..<10 { handler.send(block) }
        handler.endInput()
        #expect(handler.receiveAll() == "")
        #expect(handler.wait().status == 0)
    }

    /// The text of strftime(3) for each second in a range.
    private func days(_ range: ClosedRange<Int>, zoneOffset: Int, zone: String) -> [String] {
        range.map { seconds in
            var time = time_t(seconds + zoneOffset)
            var fields = unsafe tm()
            // Sound: the calls get two variables, and a buffer with its size.
            _ = unsafe gmtime_r(&time, &fields)
            let text = unsafe [UInt8](unsafeUninitializedCapacity: 64) { buffer, count in
                unsafe buffer.withMemoryRebound(to: CChar.self) { text in
                    unsafe count = strftime(text.baseAddress!, text.count, "%Y-%m-%d %H:%M:%S ", &fields)
                }
            }
            return String(decoding: text, as: UTF8.self) + zone + "\r\n"
        }
    }

    @Test(
        "RFC 867: daytime sends the day and the time, with the zone that TZ names",
        arguments: [("TZ=UTC0", 0, "UTC"), ("TZ=EARLY-2", 7200, "EARLY"), ("TZ=LATE5:30", -19800, "LATE")])
    func daytime(variable: String, offset: Int, zone: String) {
        for transport in Transport.allCases {
            let start = Int(time(nil))
            let (output, ending) = classic("daytime", over: transport, environment: [variable])
            // time(2) may be a tick slower than the clock that the handler reads.
            let expected = days(start...Int(time(nil)) + 1, zoneOffset: offset, zone: zone)
            #expect(expected.contains(String(decoding: output, as: UTF8.self)))
            #expect(ending.status == 0)
        }
    }

    @Test("RFC 868: time sends the seconds since 1900, as four bytes", arguments: Transport.allCases)
    func seconds(over transport: Transport) {
        // Source: RFC 868 has this figure for 1 January 1970.
        let start = Int(time(nil)) + 2_208_988_800
        let (output, ending) = classic("time", over: transport, input: "ignored")
        // time(2) may be a tick slower than the clock that the handler reads.
        let end = Int(time(nil)) + 1 + 2_208_988_800
        #expect(output.count == 4)
        let received = output.reduce(0) { $0 << 8 | Int($1) }
        #expect((start...end).contains { $0 % (1 << 32) == received })
        #expect(ending.status == 0)
    }

    /// The first bytes of RFC 864's pattern.
    private func characters(_ count: Int) -> [UInt8] {
        let ring = (0x20...0x7e).map { UInt8($0) }
        var bytes: [UInt8] = []
        var line = 0
        while bytes.count < count {
            bytes += (0..<72).map { ring[(line + $0) % ring.count] } + [0x0d, 0x0a]
            line += 1
        }
        return Array(bytes.prefix(count))
    }

    @Test(
        "RFC 864: chargen sends lines of 72 characters, each shifted by one, until the peer is gone",
        arguments: Transport.allCases)
    func characterGenerator(over transport: Transport) {
        let handler = RunningHandler("classic", ["chargen"], over: transport)
        #expect(handler.receive(exactly: 30_000) == String(decoding: characters(30_000), as: UTF8.self))
        handler.hangUp()
        let ending = handler.wait()
        #expect(ending.status == 0)
        #expect(ending.log == "")
    }

    @Test("RFC 864: the first line of chargen is the first line in the RFC")
    func firstLine() {
        let handler = RunningHandler("classic", ["chargen"], over: .socket)
        let line = ##" !"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\]^_`abcdefg"##
        #expect(handler.receive(exactly: 74) == line + "\r\n")
        handler.hangUp()
        #expect(handler.wait().status == 0)
    }

    @Test("chargen reads what the peer sends, also before the peer reads", arguments: Transport.allCases)
    func sendsFirst(over transport: Transport) {
        let handler = RunningHandler("classic", ["chargen"], over: transport)
        // More than all buffers between the two hold: the sends would never end if chargen only wrote.
        let block = [UInt8](repeating: 0x78, count: 1 << 20)
        for _ in 0..<16 { handler.send(block) }
        #expect(handler.receive(exactly: 74 * 95) == String(decoding: characters(74 * 95), as: UTF8.self))
        handler.endInput()
        // A peer that ends its input still gets characters.
        #expect(handler.receive(exactly: 1 << 20).utf8.count == 1 << 20)
        handler.hangUp()
        #expect(handler.wait().status == 0)
    }

    private func quotes(_ text: String) -> String {
        let path = "/tmp/doorward-quotes-\(getpid())"
        let file = unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        let bytes = Array(text.utf8)
        // Sound: the address and the count are those of the array.
        _ = unsafe bytes.withUnsafeBytes { unsafe write(file, $0.baseAddress, $0.count) }
        close(file)
        return path
    }

    @Test("RFC 865: qotd sends each quote of a file sometimes, and never one of more than 512 bytes")
    func randomQuotes() {
        let long = String(repeating: "x", count: 510) + "\n"
        let path = quotes(
            "one\n%\ntwo\nlines\r\n%\n%\n\(long)more\n%\n" + String(repeating: "y", count: 9000) + "\n%\n" + long)
        defer { unsafe _ = unlink(path) }
        let expected: Set = ["one\r\n", "two\r\nlines\r\n", String(repeating: "x", count: 510) + "\r\n"]
        var found: Set<String> = []
        // One of the three is missing from 200 draws in about one of 10^34 runs.
        for _ in 0..<200 { found.insert(String(decoding: classic("qotd", "--file", path).output, as: UTF8.self)) }
        #expect(found == expected)
    }

    @Test("RFC 865: without a file qotd sends one quote of at most 512 bytes")
    func builtIn() {
        let (output, ending) = classic("qotd", input: "who?\r\n")
        #expect((3...512).contains(output.count))
        #expect(output.suffix(2) == [0x0d, 0x0a])
        #expect(ending == HandlerResult(status: 0, log: "", peakMemory: ending.peakMemory))
    }

    @Test("a file without a quote, or a missing file, has a line in the log, and the peer gets no byte")
    func noQuote() {
        let empty = quotes("%\n%\n")
        defer { unsafe _ = unlink(empty) }
        for (path, reason) in [(empty, "longest=512"), ("/nonexistent", "errno=2"), ("/", "errno=21")] {
            let (output, ending) = classic("qotd", "--file", path)
            #expect(output.isEmpty)
            #expect(ending.log == "no quote path=\(path) \(reason)\n")
            #expect(ending.status == 111)
        }
    }

    @Test(
        "wrong arguments are refused with the allowed ones",
        arguments: [
            ([], "protocol: needs a value; allowed: discard daytime time chargen qotd\n"),
            (["echo"], "protocol: not allowed: echo; allowed: discard daytime time chargen qotd\n"),
            (["time", "--file", "/x"], "arguments: unknown: --file\n"),
            (["qotd", "--file"], "--file: needs a value"), (["qotd", "time"], "arguments: unknown: time\n"),
        ])
    func wrongArguments(arguments: [String], log: String) {
        let (output, ending) = session("classic", arguments, input: "hello\n")
        #expect(output == "")
        #expect(ending.log.hasPrefix(log), "\(ending.log)")
        #expect(ending.status == 100)
    }
}
