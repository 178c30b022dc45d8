// Who comes in: access rules, the block list, bans, hours, limits.
import Foundation
import Glibc

extension Scenario {
    static let admission: [Scenario] = [
        Scenario(
            "access-rules", handler: "[\"/bin/sh\", \"-c\", \"echo level=$LEVEL\"]",
            """
            access = [
                "deny 127.0.0.3 refuse=reset",
                "deny 127.0.0.4 message=554 not from there\\r\\n",
                "deny 127.0.0.5 refuse=close",
                "deny 127.0.0.6",
                "allow 127.0.0.7 LEVEL=high",
                "allow 127.0.0.8 handler=DIRECTORY/it",
                "allow 127.0.0.1",
            ]
            deny_message = "421 not you\\r\\n"
            """, files: ["it": "#!/bin/sh\necho another handler\n"]
        ) { play in
            for last in [1, 3, 4, 5, 6, 7, 8, 9] { try play.connect(from: "127.0.0.\(last)").hearAll() }
        },

        Scenario("access-message-while-sending", "access = [\"deny all\"]\ndeny_message = \"421 not you\\r\\n\"") {
            try $0.connect().exchange("hello\n")
        },

        Scenario("access-tarpit", "access = [\"deny 127.0.0.2\", \"allow all\"]\nrefuse = \"tarpit\"") { play in
            let held = try play.connect(from: "127.0.0.2")
            try play.waitFor("refuse")
            try play.connect().exchange("hello\n")
            try held.expectSilence()
        },

        Scenario(
            "block-list", host: "block_list = \"blocked\"\n", files: ["blocked": "# hostile\n10.0.0.4\n127.0.0.2\n"]
        ) { play in
            try play.connect(from: "127.0.0.2").hearAll()
            try play.connect(from: "127.0.0.3").exchange("hello\n")
            try play.replace("blocked", with: "127.0.0.3\n")
            try play.waitFor("block_list")
            try play.connect(from: "127.0.0.2").exchange("hello\n")
            try play.connect(from: "127.0.0.3").hearAll()
            try play.replace("blocked", with: "127.0.0.300\n")
            try play.waitFor("block_list_kept")
            try play.connect(from: "127.0.0.3").hearAll()
        },

        Scenario("hours", "hours = [\"\(distantDay) 12:00-12:01\"]\ntime_zone = \"UTC\"") { play in
            try play.connect().hearAll()
        },

        Scenario("hours-message", "hours = [\"\(distantDay)\"]\ntime_zone = \"UTC\"\ndeny_message = \"closed\\r\\n\"") {
            try $0.connect().hearAll()
        },
    ]

    /// A day of the week that is at least one day away from now.
    private static var distantDay: String {
        var now = time(nil)
        var parts = tm()
        gmtime_r(&now, &parts)
        return ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"][(Int(parts.tm_wday) + 2) % 7]
    }

    private static let failing = "read -r way; [ \"$way\" = kill ] && kill -9 $$; exit \"$way\""

    static let bans: [Scenario] = [
        Scenario("ban-command", ["a": echo, "b": echo]) { play in
            let open = try play.connect(from: "127.0.0.2").say("before\n").hear()
            try play.doorward("block", "127.0.0.0/30", "--for", "1h", "--reason", "a test")
            for service in ["a", "b"] { try play.connect(to: service, from: "127.0.0.2").hearAll() }
            try play.connect(from: "127.0.0.4").exchange("hello\n")
            try open.exchange("after\n")
            try play.doorward("unblock", "127.0.0.2")
            try play.doorward("unblock", "127.0.0.0/30")
            try play.doorward("unblock", "127.0.0.0/30")
            try play.connect(from: "127.0.0.2").exchange("free\n")
        },

        Scenario("ban-exempt", host: "exempt = [\"127.0.0.8\"]\n") { play in
            try play.doorward("block", "127.0.0.8")
            try play.doorward("block", "127.0.0.0/28")
            try play.connect(from: "127.0.0.8").exchange("exempt\n")
            try play.connect(from: "127.0.0.7").hearAll()
        },

        Scenario(
            "ban-points", handler: "DIRECTORY/it", script: failing,
            "[penalties]\nexit = { 77 = 50 }\nsignal = 100\nban = \"1h\""
        ) { play in
            for way in ["1", "77", "77"] { try play.connect(from: "127.0.0.2").say("\(way)\n").hearAll() }
            try play.waitFor("ban")
            try play.connect(from: "127.0.0.3").say("kill\n").hearAll()
            try play.waitFor("ban", count: 2)
            // After the answer to a command, gates have every ban.
            try play.doorward("block", "192.0.2.1")
            for source in ["127.0.0.2", "127.0.0.3"] { try play.connect(from: source).hearAll() }
            try play.connect(from: "127.0.0.4").say("0\n").hearAll()
        },

        Scenario(
            "ban-sensor", ["a": echo, "trap": "listen = [\"127.0.0.1:0\"]\nsensor = \"1h\"\n"],
            host: "exempt = [\"127.0.0.8\"]\n"
        ) { play in
            for source in ["127.0.0.8", "127.0.0.9"] { try play.connect(to: "trap", from: source).hearAll() }
            try play.waitFor("ban")
            try play.doorward("block", "192.0.2.1")
            try play.connect(from: "127.0.0.9").hearAll()
            try play.connect(from: "127.0.0.8").exchange("exempt\n")
        },
    ]

    static let limits: [Scenario] = [
        Scenario("limit-per-source", "[limits]\nper_source = 1") { play in
            let held = try play.connect(from: "127.0.0.2").say("first\n").hear()
            try play.connect(from: "127.0.0.2").hearAll()
            try play.connect(from: "127.0.0.3").exchange("another\n")
            try held.finish().hearAll()
            try play.connect(from: "127.0.0.2").exchange("second\n")
        },

        Scenario("limit-rate", "[limits]\nrate = \"2/h\"") { play in
            for _ in 1...2 { try play.connect(from: "127.0.0.2").exchange("hello\n") }
            for _ in 1...2 { try play.connect(from: "127.0.0.2").hearAll() }
            try play.connect(from: "127.0.0.3").exchange("hello\n")
        },

        Scenario("limit-connections", "[limits]\nconnections = 1") { play in
            let first = try play.connect().say("first\n").hear()
            let second = try play.connect().say("second\n")
            let third = try play.connect().say("third\n")
            try first.finish().hearAll()
            try second.hear().finish().hearAll()
            try third.hear().finish().hearAll()
        },

        Scenario("limit-waiting", "[limits]\nconnections = 2\nwaiting = 2\nper_source = \"unlimited\"") { play in
            let served = try (1...2).map { try play.connect(from: "127.0.0.2").say("served \($0)\n").hear() }
            let first = try play.connect(from: "127.0.0.2").say("first\n")
            try play.waitFor(waiting: 1)
            let second = try play.connect(from: "127.0.0.2")
            try play.waitFor(waiting: 2)
            // One of the same source makes way for another source, which is served next.
            let other = try play.connect(from: "127.0.0.3").say("other\n")
            try second.hearAll()
            try served[0].finish().hearAll()
            try other.hear().finish().hearAll()
            try first.hear().finish().hearAll()
            try served[1].finish().hearAll()
        },

        Scenario("limit-first-byte-queue", "start = \"data\"\n[limits]\nconnections = 1") { play in
            let first = try play.connect().say("first\n").hear()
            let second = try play.connect()
            try play.waitFor(waiting: 1)
            let third = try play.connect().say("third\n")
            try play.waitFor(waiting: 2)
            try first.finish().hearAll()
            try third.hear().finish().hearAll()
            try second.exchange("second\n")
        },

        Scenario(
            "limit-processes", needs: .root, handler: "DIRECTORY/it", script: "/bin/true\necho more",
            "[limits]\nprocesses = 1"
        ) { try $0.connect().hearAll() },

        Scenario("limit-no-process", needs: .root) { play in
            let gate = try play.supervised.gate("a")
            try setLimit(gate, "--nproc=0:")
            let client = try play.connect().say("hello\n")
            try play.waitFor("pause")
            try setLimit(gate, "--nproc=100:")
            try client.finish().hearAll()
        },

        Scenario(
            "limit-pressure", handler: "DIRECTORY/it", script: "echo pressure=$DOORWARD_PRESSURE; read -r line",
            "[limits]\nconnections = 2"
        ) { play in
            let first = try play.connect().hear()
            try play.connect().hear().say("go\n").hearAll()
            try first.say("go\n").hearAll()
        },
    ]
}
