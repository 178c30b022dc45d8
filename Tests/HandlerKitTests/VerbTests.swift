// Verb tables: order, groups, arguments, the rest of the line; and a whole protocol.
import Glibc
import Testing

@testable import HandlerKit

extension VerbGroups {
    fileprivate static let member = VerbGroups(1)
    fileprivate static let body = VerbGroups(31)
}

/// The commands of a protocol of five verbs, as a handler would define it.
private enum Command { case login(InputSlice), add(Int), total, clear, quit }

private func till(_ connection: inout Connection) throws(ConnectionError) -> HandlerKit.ExitStatus {
    var verbs = VerbTable(letters: .ignored) {
        Verb("LOGIN", .word, as: Command.login)
        Verb("ADD", .number, as: Command.add, in: .member)
        Verb("TOTAL", as: Command.total, in: .member)
        Verb("CLEAR", as: Command.clear, in: .member)
        Verb("QUIT", as: Command.quit)
    }
    var total = 0
    try connection.write("200 ready\n")
    while let event = try connection.nextCommand(verbs, maximumLength: 40) {
        switch event {
        case .command(.login(let name)):
            verbs.enabled.insert(.member)
            try connection.write("200 welcome, ")
            try connection.write(name)
        case .command(.add(let number)):
            total += number
            try connection.write("200 added")
        case .command(.total):
            var text = ShortText()
            text.append("200 ")
            text.append(total)
            try connection.write(text)
        case .command(.clear):
            total = 0
            try connection.write("200 cleared")
        case .command(.quit): return .done
        case .unmatched(let line) where line.isBlank: continue
        case .unmatched: try connection.write("500 what?")
        case .tooLong: try connection.write("500 too long")
        }
        try connection.write("\n")
    }
    return .temporaryFailure
}

/// The results of most tests here.
private enum Word: Equatable {
    case a, b, c
    case text(String)
    case number(Int)
    case pair(String, String)
    case triple(String, Int, String)
    case maybe(String?)
}

@Suite("verb tables")
struct VerbTests {
    private func session(_ text: String, _ cut: Segmentation) throws(ConnectionError) -> (String, HandlerKit.ExitStatus)
    {
        let pair = SocketPair(SOCK_SEQPACKET)
        let output = SocketPair(SOCK_STREAM)
        pair.peers.send(cut.pieces(of: Array(text.utf8)))
        shutdown(pair.peers.number, Int32(SHUT_WR))
        var connection = Connection(input: pair.ours.number, output: output.ours.number, capacity: 200)
        let status = try till(&connection)
        try connection.finishWriting()
        return (String(decoding: output.peers.receiveAll(), as: UTF8.self), status)
    }

    @Test("a protocol of five verbs gives the same answers however the stream is cut")
    func wholeSession() throws {
        let text = "add 5\r\nlogin Ada\nADD 5\r\nadd 07\n\r\nadd x\ntotal now\nTotal\nclear\ntotal\nquit\nadd 1\n"
        let answers = """
            200 ready
            500 what?
            200 welcome, Ada
            200 added
            200 added
            500 what?
            500 what?
            200 12
            200 cleared
            200 0

            """
        for cut in Segmentation.all(of: Array(text.utf8)) {
            let (output, status) = try session(text, cut)
            #expect(output == answers, "\(cut)")
            #expect(status == .done)
        }
    }

    @Test("the end of input ends the session, also in the middle of a line")
    func endOfInput() throws {
        #expect(try session("", .whole) == ("200 ready\n", .temporaryFailure))
        #expect(try session("login x\nquit", .whole) == ("200 ready\n200 welcome, x\n", .done))
        #expect(try session("qui", .whole) == ("200 ready\n500 what?\n", .temporaryFailure))
    }

    @Test("many lines in one segment are many lines, and a line that is too long is one event")
    func segments() throws {
        let long = "login " + String(repeating: "x", count: 100)
        #expect(try session(long + "\nlogin y\n\nquit\n", .whole).0 == "200 ready\n500 too long\n200 welcome, y\n")
    }

    /// The results for the lines of a text.
    private func words<Rules: VerbRules>(
        _ text: String, _ verbs: VerbTable<Rules>, _ word: @escaping (borrowing Connection, Rules.Command) -> Word
    ) throws -> [Word?] {
        try reading(text, .whole, capacity: 512) { connection throws(ConnectionError) in
            var words: [Word?] = []
            while let event = try connection.nextCommand(verbs, maximumLength: 100) {
                if case .command(let command) = event {
                    words.append(word(connection, command))
                } else {
                    words.append(nil)
                }
            }
            return words
        }
    }

    @Test("the first verb that matches, in the written order, is the only one that counts")
    func order() throws {
        let verbs = VerbTable {
            Verb("GO", .number, as: { Word.number($0) })
            Verb("GO", as: Word.a)
            Verb("GO", .rest, as: { _ in Word.b })
            Verb("GO", as: Word.c)
        }
        #expect(try words("GO 1\nGO\nGO x\nGO 1 2\nGONE\n", verbs) { $1 } == [.number(1), .a, .b, .b, nil])
    }

    @Test("groups are enabled and disabled at any time, and standard is enabled at first")
    func groups() throws {
        var verbs = VerbTable {
            Verb("A", as: Word.a)
            Verb("A", as: Word.b, in: [.member, .body])
            Verb("B", as: Word.c, in: .body)
        }
        #expect(try words("A\nB\n", verbs) { $1 } == [.a, nil])
        verbs.enabled = [.member]
        #expect(try words("A\nB\n", verbs) { $1 } == [.b, nil])
        verbs.enabled.insert(.body)
        #expect(try words("A\nB\n", verbs) { $1 } == [.b, .c])
        verbs.enabled = []
        #expect(try words("A\nB\n", verbs) { $1 } == [nil, nil])
    }

    @Test("a verb without arguments is the whole line, in its own case, and 0 is a verb like any other")
    func wholeLine() throws {
        let verbs = VerbTable {
            Verb("quit", as: Word.a)
            Verb("0", as: Word.b)
        }
        #expect(
            try words("quit\r\nquit\n0\nquit \n quit\nQUIT\nquit now\nquitter\nqui\n\nquit\r\r\n\0quit\n", verbs) { $1 }
                == [.a, .a, .b, nil, nil, nil, nil, nil, nil, nil, nil, nil])
    }

    @Test("with letters ignored, ASCII letters are the same in both cases, and no other bytes are")
    func letterCase() throws {
        let verbs = VerbTable(letters: .ignored) {
            Verb("Mail From:", .rest, as: { _ in Word.a })
            Verb("x[", as: Word.b)
        }
        #expect(
            try words("MAIL FROM:<a>\nmail from: <a>\nmail from\nX[\nx{\nX;\n", verbs) { $1 }
                == [.a, .a, nil, .b, nil, nil])
    }

    @Test("arguments are typed: words, numbers, the rest, and optional ones")
    func arguments() throws {
        enum Given {
            case text(InputSlice), number(Int), pair(InputSlice, InputSlice), triple(InputSlice, Int, InputSlice),
                maybe(InputSlice?)
        }
        let verbs = VerbTable {
            Verb("T", .rest, as: Given.text)
            Verb("N", .number, as: Given.number)
            Verb("P", .word, .word, as: Given.pair)
            Verb("X", .word, .number, .rest, as: Given.triple)
            Verb("M", .optional(.word), as: Given.maybe)
        }
        let text = """
            T  a b \tc\u{20}
            T
            N 0
            N \t9223372036854775807
            N 9223372036854775808
            N -1
            N 1x
            N
            P a \tb
            P a
            P a b c
            X a 7 the rest
            X a 7
            X a b c
            M
            M x
            M x y

            """
        let found = try words(text, verbs) { connection, given in
            switch given {
            case .text(let text): .text(connection.text(text))
            case .number(let number): .number(number)
            case .pair(let a, let b): .pair(connection.text(a), connection.text(b))
            case .triple(let a, let b, let c): .triple(connection.text(a), b, connection.text(c))
            case .maybe(let text): .maybe(text.map { connection.text($0) })
            }
        }
        #expect(
            found == [
                .text("a b \tc "), .text(""), .number(0), .number(.max), nil, nil, nil, nil, .pair("a", "b"), nil, nil,
                .triple("a", 7, "the rest"), .triple("a", 7, ""), nil, .maybe(nil), .maybe("x"), nil,
            ])
    }

    @Test("a protocol may define arguments of its own")
    func ownArgument() throws {
        struct Switch: VerbArgument {
            func take(from rest: inout InputSlice, of connection: borrowing Connection) -> Bool? {
                guard let word = WordArgument().take(from: &rest, of: connection) else { return nil }
                if connection.bytes(of: word).equals("on") { return true }
                return connection.bytes(of: word).equals("off") ? false : nil
            }
        }
        let verbs = VerbTable {
            Verb("LAMP", Switch(), as: { $0 ? Word.a : Word.b })
            Verb("LAMP", .rest, as: { _ in Word.c })
        }
        #expect(try words("LAMP on\nLAMP off\nLAMP dim\n", verbs) { $1 } == [.a, .b, .c])
    }

    @Test("a line that matches no verb is returned whole, with its ending")
    func unmatched() throws {
        let verbs = VerbTable { Verb("A", as: Word.a) }
        let found = try reading("B b\r\n\nC", .whole) { connection throws(ConnectionError) in
            var found: [String] = []
            while case .unmatched(let line)? = try connection.nextCommand(verbs, maximumLength: 20) {
                found.append(connection.text(line.bytes))
            }
            return found
        }
        #expect(found == ["B b\r\n", "\n", "C"])
    }

    @Test("after a verb the handler reads a body, and after the body the next verb, without losing a byte")
    func bodies() throws {
        enum Act { case data(Int), mail, quit }
        let verbs = VerbTable {
            Verb("DATA", .number, as: Act.data)
            Verb("MAIL", as: Act.mail)
            Verb("QUIT", as: Act.quit)
        }
        let text = "DATA 6\r\nQUIT\r\nMAIL\r\nDATA 9\r\n\r\n.\r\nDATA 0\nQUIT\r\nDATA 1\n"
        for cut in Segmentation.all(of: Array(text.utf8)) {
            let found = try reading(text, cut, capacity: 64) { connection throws(ConnectionError) in
                var found: [String] = []
                while case .command(let act)? = try connection.nextCommand(verbs, maximumLength: 20) {
                    var body = ""
                    switch act {
                    case .data(let count):
                        var fixedBody = FixedLengthBody(count)
                        while let chunk = try connection.nextPiece(of: &fixedBody, maximumCount: 4) {
                            body += connection.text(chunk)
                        }
                    case .mail:
                        var mail = DelimitedBody(endingWith: "\r\n.\r\n", alreadyMatched: 2)
                        while let chunk = try connection.nextPiece(of: &mail) { body += connection.text(chunk) }
                    case .quit: return found
                    }
                    found.append(body)
                }
                return found + ["no end"]
            }
            #expect(found == ["QUIT\r\n", "DATA 9\r\n", ""], "\(cut)")
        }
    }

    @Test("the names of the enabled verbs are listed in their written order")
    func names() {
        var verbs = VerbTable {
            Verb("motd", as: Word.a)
            Verb("date", as: Word.a)
            Verb("who", as: Word.a, in: .member)
            Verb("quit", as: Word.b)
        }
        func list() -> String {
            var text = ShortText()
            text.append("Commands:")
            verbs.appendNames(to: &text)
            let bytes = text.bytes
            return String(decoding: bytes.indices.map { bytes[$0] }, as: UTF8.self)
        }
        #expect(list() == "Commands: motd date quit")
        verbs.enabled.insert(.member)
        #expect(list() == "Commands: motd date who quit")
    }

    @Test("a table finds the last of many verbs, in many lines")
    func manyLines() throws {
        let verbs = VerbTable {
            Verb("A", as: 1)
            Verb("B", as: 2)
            Verb("C", as: 3)
            Verb("D", as: 4)
            Verb("E", as: 5)
            Verb("F", as: 6)
            Verb("G", as: 7)
            Verb("H", as: 8)
        }
        let pair = SocketPair(SOCK_STREAM)
        let writer = BackgroundThread(descriptor: dup(pair.peers.number)) { number in
            let peer = Descriptor(number: number)
            for _ in 0..<100 { peer.send([Array(String(repeating: "H\nA\nx\n", count: 1000).utf8)]) }
            shutdown(number, Int32(SHUT_WR))
            return []
        }
        var connection = Connection(input: pair.ours.number, output: pair.ours.number)
        var (sum, unmatched) = (0, 0)
        while let event = try connection.nextCommand(verbs) {
            if case .command(let number) = event { sum += number } else { unmatched += 1 }
        }
        _ = writer.join()
        #expect(sum == 900_000)
        #expect(unmatched == 100_000)
    }
}
