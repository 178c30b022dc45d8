// Programs between the socket and the handler.

extension Scenario {
    private static let lower = "[\"/usr/bin/tr\", \"A-Z\", \"a-z\"]"

    static let filters: [Scenario] = [
        Scenario("filter-input", handler: "[\"/bin/cat\"]", "input_filters = [\(lower)]") {
            try $0.connect().exchange("HeLLo\n")
        },

        Scenario("filter-output", "output_filters = [\(lower)]") { try $0.connect().exchange("HeLLo\n") },

        Scenario(
            "filter-both", "input_filters = [[\"/bin/cat\"], [\"/bin/cat\"]]\noutput_filters = [\(lower)]"
        ) { play in
            try play.connect().exchange("HeLLo\n")
            try play.connect().say("HeLLo\n\n").hearAll()
        },

        Scenario(
            "filter-handler-fails", handler: "DIRECTORY/it", script: "cat; exit 4",
            "input_filters = [[\"/bin/cat\"]]\noutput_filters = [[\"/bin/cat\"]]"
        ) { try $0.connect().exchange("hello\n") },

        Scenario(
            "filter-input-fails", handler: "[\"/bin/cat\"]", script: "read -r line; read -r line; exit 3",
            "input_filters = [[\"DIRECTORY/it\"]]"
        ) { try $0.connect().say("hello\n").say("more\n").hearAll() },

        Scenario(
            "filter-input-killed", handler: "[\"/bin/cat\"]",
            script: "read -r line; echo \"$line\"; read -r line; kill -9 $$",
            "input_filters = [[\"DIRECTORY/it\"]]"
        ) { try $0.connect().say("hello\n").hear().say("more\n").hearAll() },

        Scenario(
            "filter-output-fails", handler: "[\"/bin/cat\"]", script: "read -r line; echo \"$line\"; exit 9",
            "output_filters = [[\"DIRECTORY/it\"]]"
        ) { try $0.connect().say("hello\n").hearAll() },

        Scenario("filter-output-over", handler: "[\"/bin/sleep\", \"1000\"]", "output_filters = [[\"/bin/true\"]]") {
            try $0.connect().hearAll()
        },

        Scenario("filter-peer-resets", handler: "[\"/bin/cat\"]", "input_filters = [[\"record\"]]") {
            try $0.connect().say("hello\n").hear().reset()
        },

        Scenario("filter-missing", script: "cat", "output_filters = [[\"DIRECTORY/it\"]]") { play in
            try play.supervised.remove("it")
            try play.connect().hearAll()
            try play.supervised.write("#!/bin/sh\ntr a-z A-Z\n", to: "it")
            try play.connect().exchange("hello\n")
        },

        Scenario(
            "filter-lifetime", handler: "DIRECTORY/it",
            script: "exec 2> /dev/null; trap 'echo bye; exit 0' TERM; echo there; while :; do sleep 0.01; done",
            "input_filters = [[\"/bin/cat\"]]\noutput_filters = [[\"/bin/cat\"]]\n[limits]\nlifetime = \"500ms\""
        ) { try $0.connect().hear().hearAll() },
    ]
}
