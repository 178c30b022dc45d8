// What a gate asks others about a client: DNS block lists and checks.

import Glibc

extension Scenario {
    private static let list = """
        $TTL 3600
        :127.0.0.2:Listed
        127.0.0.66
        127.0.0.77 :127.0.0.4:worse

        """
    private static let deny = "dnsbl = [\"bl.test deny\"]\n"

    static let lists: [Scenario] = [
        Scenario("list-listed", deny + "deny_message = \"554 listed\\r\\n\"", nameServer: .rbldnsd(list)) { play in
            try play.connect(from: "127.0.0.5").exchange("hello\n")
            try play.connect(from: "127.0.0.66").hearAll()
            // The gate has kept the answers.
            try play.connect(from: "127.0.0.66").hearAll()
            try play.connect(from: "127.0.0.5").exchange("again\n")
        },

        Scenario(
            "list-answers", handler: "[\"/bin/sh\", \"-c\", \"echo level=$LEVEL\"]",
            """
            environment = { LEVEL = "good" }
            dnsbl = ["bl.test=127.0.0.4 deny", "bl.test LEVEL=bad"]
            """, nameServer: .rbldnsd(list)
        ) { play in
            for source in ["127.0.0.77", "127.0.0.66", "127.0.0.5"] { try play.connect(from: source).hearAll() }
        },

        Scenario("list-unreachable", deny, nameServer: .closed) { play in
            try play.connect(from: "127.0.0.66").exchange("hello\n")
            try play.waitFor("dnsbl_no_answer")
        },

        Scenario("list-silent", deny + "access = [\"deny 127.0.0.9\", \"allow all\"]\n", nameServer: .silent) { play in
            let held = try play.connect(from: "127.0.0.66").say("hello\n")
            try play.waitFor(waiting: 1)
            try play.connect(from: "127.0.0.9").hearAll()
            try held.finish().hearAll()
            try play.connect(from: "127.0.0.66").exchange("again\n")
        },

        Scenario("list-resolver-dies", deny, nameServer: .rbldnsd(list)) { play in
            let pid = try play.supervised.log.wait(for: "resolver_ready")["pid"].flatMap { Int32($0) } ?? 0
            guard kill(pid, SIGKILL) == 0 else { throw HarnessError("no resolver \(pid)") }
            try play.waitFor("resolver_ready", count: 2)
            try play.connect(from: "127.0.0.66").hearAll()
        },
    ]

    /// A check that runs a shell script, as a service file spells it.
    private static func check(_ script: String) -> String { "[\"/bin/sh\", \"-c\", \"\(script)\"]" }

    static let checks: [Scenario] = [
        Scenario(
            "check-order",
            "checks = [[\"DIRECTORY/first\"], [\"DIRECTORY/second\"]]\ndeny_message = \"554 checked\\r\\n\"",
            files: [
                "first": "#!/bin/sh\ntest $TCPREMOTEIP != 127.0.0.6\n",
                "second": "#!/bin/sh\ntest $TCPREMOTEIP != 127.0.0.7 && test $TCPREMOTEIP != 127.0.0.6\n",
            ]
        ) { play in
            try play.connect(from: "127.0.0.5").exchange("hello\n")
            for source in ["127.0.0.6", "127.0.0.7"] { try play.connect(from: source).hearAll() }
            // The gate has kept the answers.
            try play.connect(from: "127.0.0.5").exchange("again\n")
            try play.connect(from: "127.0.0.7").hearAll()
        },

        Scenario("check-failed", "checks = [\(check("kill -KILL $$"))]") { play in
            for _ in 1...2 { try play.connect().hearAll() }
        },

        Scenario("check-missing", script: "exit 0", "checks = [[\"DIRECTORY/it\"]]") { play in
            try play.supervised.remove("it")
            try play.connect().hearAll()
            try play.supervised.write("#!/bin/sh\nexit 0\n", to: "it")
            try play.connect().exchange("hello\n")
        },

        Scenario(
            "check-timeout",
            "checks = [\(check("test $TCPREMOTEIP != 127.0.0.6 || exec sleep 60"))]\ncheck_timeout = \"300ms\""
        ) { play in
            try play.connect(from: "127.0.0.6").hearAll()
            try play.waitFor("check_failed")
            try play.connect(from: "127.0.0.5").exchange("hello\n")
        },
    ]
}
