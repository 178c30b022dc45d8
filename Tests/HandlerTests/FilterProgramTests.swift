// Filters as programs of their own: lowercase and record, alone over pipes, and in chains with handlers and with other
// programs.
import Glibc
import Testing

@Suite("filter programs", .serialized)
struct FilterProgramTests {
    /// tr without a buffer for its output: it would otherwise keep up to 4096 bytes.
    static let tr = ["/usr/bin/stdbuf", "-o0", "tr", "A-Z", "a-z"]

    @Test("a filter sends its output before the next read, and the end of input is the end of output")
    func atOnce() {
        for name in ["lowercase", "record"] {
            for transport in Transport.allCases {
                let filter = RunningHandler(name, over: transport)
                for text in ["a", "bc\n", "d\ne"] {
                    filter.send(text)
                    #expect(filter.receive(exactly: text.utf8.count) == text)
                }
                filter.endInput()
                #expect(filter.receiveAll() == "")
                #expect(filter.wait().status == 0)
            }
        }
    }

    @Test("a filter whose reader is gone ends with 111, but never by a signal")
    func readerGone() {
        for name in ["lowercase", "record"] {
            let filter = RunningHandler(name, over: .pipes)
            filter.closeOutput()
            filter.send("x\n")
            #expect(filter.wait().status == 111)
        }
    }

    @Test("a filter that cannot read has a line in the log, and ends with 111")
    func cannotRead() {
        let folder = unsafe open("/", O_RDONLY | O_CLOEXEC)
        let (output, log) = (pipePair(), pipePair())
        let process = spawn(programPath("lowercase"), [], [], folder, output[1], log[1])
        for descriptor in [folder, output[1], log[1]] { close(descriptor) }
        #expect(readToEnd(output[0]).isEmpty)
        #expect(String(decoding: readToEnd(log[0]), as: UTF8.self) == "cannot read errno=\(EISDIR)\n")
        #expect(endingStatus(of: process) == 111)
        for descriptor in [output[0], log[0]] { close(descriptor) }
    }

    @Test(
        "record logs long lines in parts, marks each of them, and loses no byte", arguments: [200, 201, 999])
    func longLines(length: Int) {
        let line = String(repeating: "x", count: length)
        let (output, ending) = session("record", input: line + "\nend\n")
        #expect(output == line + "\nend\n")
        let lines = ending.log.split(separator: "\n")
        #expect(lines.dropLast(2).allSatisfy { $0.hasPrefix("input more=1 bytes=") })
        let logged = lines.map { $0.split(separator: "bytes=", maxSplits: 1)[1] }.joined()
        #expect(logged == line + #"\x0aend\x0a"#)
    }

    @Test(
        "wrong arguments are refused with the allowed ones",
        arguments: [
            (["lowercase", "--upper", "x"], "arguments: unknown: --upper\n"),
            (["record", "--as", "both"], "--as: not allowed: both; allowed: input output\n"),
        ])
    func wrongArguments(command: [String], log: String) {
        let (output, ending) = session(command[0], Array(command.dropFirst()), input: "x\n")
        #expect(output == "")
        #expect(ending.log == log)
        #expect(ending.status == 100)
    }

    /// The ways to get lower case from echo: our filter after it, its own option, another program before or after it.
    static let lowerCase: [[[String]]] = [
        [["echo"], ["lowercase"]], [["echo", "--letters", "lowercase"]], [["echo"], tr], [tr, ["echo"]],
        [["record"], ["echo"], ["record", "--as", "output"], ["lowercase"]],
    ]

    @Test(
        "each of these chains sends lower case, line by line, and the blank line ends the session",
        arguments: lowerCase)
    func chain(programs: [[String]]) {
        let chain = Pipeline(programs)
        for line in ["Hello\r\n", "fOo BaR\r\n"] {
            chain.send(line)
            #expect(chain.receive(exactly: line.utf8.count) == line.lowercased())
        }
        chain.send("\r\n")
        // The end of the handler passes through the chain: the peer reads it before it ends its own output.
        #expect(chain.receive(exactly: 1) == "")
        chain.endInput()
        let statuses = chain.end().statuses
        #expect(statuses.allSatisfy { [0, 111].contains($0) }, "\(statuses)")
        #expect(statuses.last == 0)
    }

    @Test("a half-close of the peer passes through the whole chain, and no byte is lost", arguments: lowerCase)
    func halfClose(programs: [[String]]) {
        let chain = Pipeline(programs)
        chain.send("Hello\nno end")
        chain.endInput()
        #expect(chain.receive(exactly: 100) == "hello\nno end")
        #expect(chain.end().statuses.allSatisfy { $0 == 0 })
    }

    @Test("filters apply in their order")
    func order() {
        let upper = ["/usr/bin/stdbuf", "-o0", "tr", "a-z", "A-Z"]
        for (programs, expected) in [
            ([["echo"], upper, ["lowercase"]], "hello"), ([["echo"], ["lowercase"], upper], "HELLO"),
        ] {
            let chain = Pipeline(programs)
            chain.send("Hello")
            chain.endInput()
            #expect(chain.receive(exactly: 100) == expected)
            #expect(chain.end().statuses.allSatisfy { $0 == 0 })
        }
    }

    @Test("record logs both directions, and does not change the connection")
    func recorded() {
        let chain = Pipeline([["record"], ["hello"], ["record", "--as", "output"]])
        #expect(chain.receive(exactly: 20) == "What is your name?\r\n")
        chain.send("Ada\n")
        #expect(chain.receive(exactly: 13) == "Hello, Ada!\r\n")
        chain.endInput()
        #expect(chain.receive(exactly: 1) == "")
        let (statuses, log) = chain.end()
        #expect(statuses == [0, 0, 0])
        #expect(
            log.split(separator: "\n").sorted() == [
                #"input bytes=Ada\x0a"#, #"output bytes=Hello,\x20Ada!\x0d\x0a"#,
                #"output bytes=What\x20is\x20your\x20name?\x0d\x0a"#,
            ])
    }

    @Test("a peer that goes away at any point ends the whole chain")
    func goneAtEachPoint() {
        let text = "One\r\nTwo\n\n"
        for count in 0...text.utf8.count {
            let chain = Pipeline([["record"], ["echo"], ["lowercase"]])
            chain.send(String(decoding: text.utf8.prefix(count), as: UTF8.self))
            let statuses = chain.end().statuses
            #expect(statuses.allSatisfy { [0, 111].contains($0) }, "\(statuses), after \(count)")
        }
    }
}
