// Reloads, gates that end, and the end of the supervisor.
import Glibc

extension Scenario {
    private static let nicer = service("nice = 3")

    static let reload: [Scenario] = [
        Scenario("reload-unchanged") { play in
            let live = try play.connect().say("before\n").hear()
            try play.supervised.reload()
            try live.exchange("after\n")
        },

        Scenario("reload-changed") { play in
            let live = try play.connect().say("before\n").hear()
            try play.supervised.write(nicer, to: "services/a.toml")
            try play.supervised.reload()
            try play.waitFor("closed")
            try play.connect().exchange("new\n")
            try live.exchange("after\n")
            try play.waitFor("gate_ended")
        },

        Scenario("reload-changed-while-pending", "start = \"data\"") { play in
            let pending = try play.connect()
            try play.waitFor(waiting: 1)
            try play.supervised.write(service("start = \"data\"\nnice = 3"), to: "services/a.toml")
            try play.supervised.reload()
            try play.waitFor("closed")
            try play.connect().exchange("new\n")
            try pending.exchange("old\n")
            try play.waitFor("gate_ended")
        },

        Scenario("reload-broken") { play in
            try play.supervised.write("listen = [\"127.0.0.1:0\"]\nhandlr = [\"echo\"]\n", to: "services/a.toml")
            try play.supervised.reload()
            try play.connect().exchange("still\n")
        },

        Scenario("reload-command") { play in
            try play.supervised.write("listen = [\"127.0.0.1:0\"\n", to: "services/a.toml")
            try play.doorward("reload")
            try play.supervised.write(echo, to: "services/a.toml")
            try play.doorward("reload")
            try play.connect().exchange("still\n")
        },

        Scenario("reload-broken-host") { play in
            try play.supervised.write("exemt = [\"192.0.2.1\"]\n", to: "doorward.toml")
            try play.supervised.reload()
            try play.connect().exchange("still\n")
        },

        Scenario("reload-added-and-removed") { play in
            try play.supervised.write(service(handler: "[\"hello\"]"), to: "services/b.toml")
            try play.supervised.reload()
            try play.waitFor("ready", of: "b")
            try play.connect(to: "b").exchange("")
            let live = try play.connect().say("before\n").hear()
            try play.supervised.remove("services/a.toml")
            try play.supervised.reload()
            try play.waitFor("closed", of: "a")
            try live.exchange("after\n")
            try play.waitFor("gate_ended", of: "a")
        },

        Scenario("reload-address-conflict") { play in
            let address = "127.0.0.9:\(try play.supervised.port("a"))"
            for name in ["b", "c"] {
                try play.supervised.write(echo.replacing("127.0.0.1:0", with: address), to: "services/\(name).toml")
            }
            try play.supervised.reload()
            try play.waitFor("ready", of: "b")
        },

        Scenario("reload-gate-cannot-start", needs: .root, files: ["private": "#!/bin/sh\n"]) { play in
            // Root may execute it, and the service's user may not.
            chmod(play.supervised.directory + "/private", 0o700)
            try play.supervised.write(service(handler: "[\"DIRECTORY/private\"]"), to: "services/a.toml")
            try play.supervised.reload()
            try play.waitFor("start_failed")
            try play.connect().exchange("still\n")
        },
    ]

    static let lifecycle: [Scenario] = [
        Scenario("gate-killed") { play in
            let gate = try play.supervised.gate("a")
            kill(gate, SIGSTOP)
            let waiting = try play.connect().say("hello\n").finish()
            kill(gate, SIGKILL)
            try waiting.hearAll()
            try play.waitFor("ready", count: 2)
        },

        Scenario("gate-killed-with-handler") { play in
            let live = try play.connect().say("before\n").hear()
            kill(try play.supervised.gate("a"), SIGKILL)
            try live.hearUnlogged()
            try play.waitFor("ready", count: 2)
            try play.connect().exchange("after\n")
        },

        Scenario("drain") { play in
            let live = try play.connect().say("before\n").hear()
            try play.count(whenIdle: false)
            play.supervised.signal(SIGTERM)
            try play.waitFor("closed")
            try live.say("after\n").hear().finish().hearAll()
            play.waitForEnd()
        },

        Scenario("drain-ended-by-second-signal", ["a": echo, "b": echo]) { play in
            let clients = try ["a", "b"].map { try play.connect(to: $0).say("before\n").hear() }
            try play.count(whenIdle: false)
            play.supervised.signal(SIGTERM)
            for service in ["a", "b"] { try play.waitFor("closed", of: service) }
            play.supervised.signal(SIGTERM)
            for client in clients { try client.hearAll() }
            play.waitForEnd()
        },

        Scenario(
            "drain-killed", handler: "DIRECTORY/it", script: "trap '' TERM; echo ready; while :; do sleep 1000; done"
        ) { play in
            let client = try play.connect().hear()
            try play.count(whenIdle: false)
            play.supervised.signal(SIGTERM)
            try play.waitFor("closed")
            play.supervised.signal(SIGTERM)
            try play.waitFor("drain", count: 2)
            play.supervised.signal(SIGTERM)
            try client.hearAll()
            play.waitForEnd()
        },

        Scenario("drain-serves-queue", "[limits]\nconnections = 1") { play in
            let first = try play.connect().say("first\n").hear()
            let second = try play.connect().say("second\n")
            try play.count(whenIdle: false)
            play.supervised.signal(SIGTERM)
            try play.waitFor("drain")
            try first.finish().hearAll()
            try second.hear().finish().hearAll()
            play.waitForEnd()
        },

        Scenario(
            "drain-refuses-queue", "deny_message = \"421 later\\r\\n\"\n[limits]\nconnections = 1\nwaiting = 3"
        ) { play in
            let first = try play.connect().say("first\n").hear()
            let second = try play.connect()
            try play.waitFor(waiting: 1)
            try play.count(whenIdle: false)
            play.supervised.signal(SIGTERM)
            try play.waitFor("closed")
            play.supervised.signal(SIGTERM)
            try second.hearAll()
            try first.hearAll()
            play.waitForEnd()
        },

        Scenario("drain-refuses-pending", "start = \"data\"\ndeny_message = \"421 later\\r\\n\"") { play in
            let pending = try play.connect()
            try play.waitFor(waiting: 1)
            try play.count(whenIdle: false)
            // A drain does not wait for clients from which no byte has come.
            play.supervised.signal(SIGTERM)
            try pending.hearAll()
            play.waitForEnd()
        },

        Scenario("drain-ends-check", "checks = [[\"/bin/sleep\", \"600\"]]\ncheck_timeout = \"500s\"") { play in
            let client = try play.connect()
            try play.waitFor(waiting: 1)
            try play.count(whenIdle: false)
            play.supervised.signal(SIGTERM)
            try play.waitFor("closed")
            play.supervised.signal(SIGTERM)
            try client.hearAll()
            play.waitForEnd()
        },

        Scenario("drain-command") { play in
            try play.connect().exchange("hello\n")
            try play.count()
            try play.doorward("drain")
            play.waitForEnd()
        },
    ]
}
