// Connections that are served, and the ways in which handlers end.

extension Scenario {
    static let serving: [Scenario] = [
        Scenario("plain") { try $0.connect().exchange("hello\n") },

        Scenario("plain-several-sources") { play in
            let first = try play.connect(from: "127.0.0.2").say("one\n").hear()
            try play.connect(from: "127.0.0.3").exchange("two\n")
            try first.say("three\n").hear().finish().hearAll()
            try play.connect(from: "127.0.0.2").say("four\n\n").hearAll()
        },

        Scenario("plain-closed-by-clients") { play in
            try play.connect().close()
            try play.connect().say("hello\n").hear().close()
            try play.connect().say("hello\n").hear().reset()
        },

        Scenario("plain-two-services", ["a": echo, "b": service(handler: "[\"hello\"]")]) { play in
            try play.connect(to: "a").exchange("hello\n")
            try play.connect(to: "b").exchange("")
        },

        Scenario("plain-two-listeners", ["a": "listen = [\"127.0.0.1:0\", \"127.0.0.1:0\"]\nhandler = [\"echo\"]\n"]) {
            play in
            try play.connect(listener: 1).exchange("second\n")
            try play.connect(listener: 0).exchange("first\n")
        },

        Scenario("unix-socket", ["a": "listen = [\"unix:DIRECTORY/a.sock\"]\nhandler = [\"echo\"]\n"]) { play in
            try play.connect(path: "a.sock").exchange("hello\n")
            try play.connect(path: "a.sock").say("again\n").hear().close()
        },

        Scenario(
            "unix-socket-denied",
            ["a": "listen = [\"unix:DIRECTORY/a.sock\"]\nhandler = [\"echo\"]\naccess = [\"deny unix\"]\n"]
        ) { try $0.connect(path: "a.sock").hearAll() },

        Scenario(
            "environment", handler: "DIRECTORY/it", script: "echo $DOORWARD_SERVICE $TCPREMOTEIP $NAME; cat",
            "environment = { NAME = \"set\" }"
        ) { try $0.connect(from: "127.0.0.2").exchange("hello\n") },

        Scenario(
            "handler-logs", handler: "DIRECTORY/it",
            script: """
                echo 'a line' >&2
                printf '\\n\\n"quoted" \\033[1m \\\\ and event=accept\\n' >&2
                printf '%01000d\\n' 7 >&2
                printf 'without an end' >&2
                read -r line
                """
        ) { play in
            let client = try play.connect()
            try play.waitFor("stderr", count: 4)
            try client.say("go\n").hearAll()
        },

        Scenario("spawn-failed", handler: "DIRECTORY/it", script: "echo there") { play in
            try play.connect().hearAll()
            try play.supervised.remove("it")
            try play.connect().hearAll()
            try play.connect().hearAll()
            try play.supervised.write("#!/bin/sh\necho again\n", to: "it")
            try play.connect().hearAll()
        },
    ]

    static let ending: [Scenario] = [
        Scenario("end-status", handler: "DIRECTORY/it", script: "read -r status; exit $status") { play in
            for status in [0, 1, 111] { try play.connect().say("\(status)\n").hearAll() }
        },

        Scenario("end-signal", handler: "DIRECTORY/it", script: "read -r signal; kill -$signal $$") { play in
            for signal in ["TERM", "KILL"] { try play.connect().say("\(signal)\n").hearAll() }
        },

        Scenario(
            "end-lifetime", handler: "DIRECTORY/it", script: "sleep 1000 & echo there; wait",
            "[limits]\nlifetime = \"300ms\""
        ) { try $0.connect().hear().hearAll() },

        Scenario(
            "end-lifetime-obeyed", handler: "DIRECTORY/it",
            script: "exec 2> /dev/null; trap 'echo bye; exit 3' TERM; echo there; while :; do sleep 0.01; done",
            "[limits]\nlifetime = \"300ms\""
        ) { try $0.connect().hear().hearAll() },

        Scenario(
            "end-orphans", handler: "DIRECTORY/it",
            script: "setsid sh -c 'echo there; exec sleep 300 <&- >&- 2>&-' &\nread -r line"
        ) { play in
            try play.connect().hear().say("go\n").hearAll()
            try play.waitFor("orphans", of: "a")
        },

        Scenario(
            "end-process-group", handler: "DIRECTORY/it", script: "sleep 1000 <&- >&- 2>&- &\necho there"
        ) { try $0.connect().hear().hearAll() },
    ]
}
