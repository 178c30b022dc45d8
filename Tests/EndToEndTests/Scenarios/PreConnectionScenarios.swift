// What a connection waits for before it has a handler: a PROXY header, silence, a first byte.

extension Scenario {
    private static let line = "PROXY TCP4 192.0.2.7 198.51.100.1 56324 443\r\n"
    /// What version 2 begins with. Source: haproxy.org, proxy-protocol.txt, 2.2.
    private static let signature = Array("\r\n\r\n\0\r\nQUIT\n".utf8)
    private static let binary: [UInt8] =
        signature + [0x21, 0x11, 0, 12] + [192, 0, 2, 7, 198, 51, 100, 1, 220, 4, 1, 187]
    private static let upstream = "proxy_protocol = [\"127.0.0.2\"]\n"
    private static let named = "192.0.2.7:56324"

    static let proxy: [Scenario] = [
        Scenario(
            "proxy-header", handler: "DIRECTORY/it",
            script: "echo $TCPREMOTEIP $TCPREMOTEPORT $TCPLOCALIP $TCPLOCALPORT; cat", upstream
        ) { play in
            try play.connect(from: "127.0.0.2", as: named).exchange(line + "text\n")
            try play.connect(from: "127.0.0.2", as: named).say(binary).hear().exchange("binary\n")
        },

        Scenario("proxy-split", upstream) { play in
            let client = try play.connect(from: "127.0.0.2", as: named).say("PROXY TCP4 192.0.2.7")
            try play.waitFor(waiting: 1)
            try client.say(" 198.51.100.1 56324 443\r\n").exchange("hello\n")
        },

        Scenario("proxy-malformed", upstream) { play in
            for bytes in ["GET / HTTP/1.1\r\n", "PROXY TCP4 192.0.2.7\r\n", "PROXY"] {
                try play.connect(from: "127.0.0.2").say(bytes).finish().hearAll()
            }
            try play.connect(from: "127.0.0.2").say(signature + [0x31, 0x11, 0, 0]).hearAll()
            try play.connect(from: "127.0.0.2").close()
        },

        Scenario("proxy-own-connection", upstream) { play in
            try play.connect(from: "127.0.0.2").say(signature + [0x20, 0, 0, 0]).exchange("local\n")
            try play.connect(from: "127.0.0.2").say("PROXY UNKNOWN\r\n").exchange("unknown\n")
        },

        Scenario("proxy-no-upstream", upstream) { try $0.connect(from: "127.0.0.3").exchange(line) },

        Scenario("proxy-slow", upstream + "deny_message = \"421 too slow\\r\\n\"") { play in
            try play.connect(from: "127.0.0.2").say("PROXY TCP4").hearAll()
        },

        Scenario(
            "proxy-client-refused",
            upstream + "access = [\"deny 192.0.2.7\", \"allow all\"]\ndeny_message = \"554 not you\\r\\n\""
        ) { play in
            try play.connect(from: "127.0.0.2", as: named).say(line).hearAll()
            try play.connect(from: "127.0.0.2", as: "192.0.2.8:5000")
                .say("PROXY TCP4 192.0.2.8 198.51.100.1 5000 443\r\n").exchange("hello\n")
        },
    ]

    private static let greeting = "echo 220 hello; exec cat"

    static let preConnection: [Scenario] = [
        Scenario(
            "greet-delay-early-talker", handler: "DIRECTORY/it", script: greeting,
            "greet_delay = \"30s\"\ndeny_message = \"554 wait\\r\\n\""
        ) { try $0.connect().say("EHLO x\r\n").hearAll() },

        Scenario(
            "greet-delay-patient-client", handler: "DIRECTORY/it", script: greeting, "greet_delay = \"200ms\""
        ) { try $0.connect().hear().exchange("EHLO x\r\n") },

        Scenario("greet-delay-closed", "greet_delay = \"30s\"") { play in
            let client = try play.connect()
            try play.waitFor(waiting: 1)
            try client.close()
        },

        Scenario("first-byte-data", "start = \"data\"") { play in
            let silent = try play.connect()
            try play.waitFor(waiting: 1)
            try play.connect().exchange("hello\n")
            try silent.expectSilence()
            try silent.say("late\n").hear().close()
        },

        Scenario(
            "first-byte-timeout", "start = \"data\"\nfirst_byte = \"200ms\"\ndeny_message = \"421 too late\\r\\n\""
        ) { try $0.connect().hearAll() },

        Scenario("first-byte-timeout-reset", "start = \"data\"\nfirst_byte = \"200ms\"\nrefuse = \"reset\"") {
            try $0.connect().hearAll()
        },

        Scenario("first-byte-close", "start = \"data\"\ndeny_message = \"421 too late\\r\\n\"") { play in
            try play.connect().close()
            try play.connect().finish().hearAll()
        },

        Scenario("first-byte-reset", "start = \"data\"") { play in
            let client = try play.connect()
            // A connection that is reset before the gate accepts it leaves no line.
            try play.waitFor(waiting: 1)
            try client.reset()
        },

        Scenario("first-byte-penalties", "start = \"data\"\n[penalties]\nno_data = 50") { play in
            try play.connect(from: "127.0.0.2").close()
            let second = try play.connect(from: "127.0.0.2")
            try play.waitFor(waiting: 1)
            try second.reset()
            try play.waitFor("ban")
        },
    ]
}
