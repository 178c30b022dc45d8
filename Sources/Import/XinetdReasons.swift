// Why directives of xinetd are not carried over: Doorward has no counterpart, or always does what they say.

/// Reasons, by attribute and by flag.
enum XinetdReasons {
    static let attributes: [String: String] = [
        "banner": "nothing is sent before the handler speaks; let the handler send it",
        "banner_success": "nothing is sent before the handler speaks; let the handler send it",
        "banner_fail": "it is a file; put its text into deny_message, at most 512 bytes",
        "libwrap": "hosts.allow and hosts.deny are not read; put their rules into 'access'",
        "log_type": "the log goes to standard error, and from there to the journal; it has a line for each connection",
        "mdns": "services are not announced",
        "rlimit_data": "limits.memory bounds the whole address space",
        "rlimit_rss":
            "Linux ignores this limit; limits.memory bounds the address space, limits.total_memory the service",
        "rlimit_stack": "limits.memory bounds the whole address space",
        "rpc_number": "Sun RPC is not served",
        "rpc_version": "Sun RPC is not served",
    ]

    static let flags: [String: String] = [
        "INTERCEPT": "it is for services with wait = yes; every connection is checked here",
        "NORETRY": "a gate that cannot start a handler waits some milliseconds, and the connection waits with it",
        "IDONLY": "nobody's ident server is asked",
        "LABELED": "SELinux contexts are not set",
        "NOLIBWRAP": "hosts.allow and hosts.deny are never read",
    ]

    /// The reason for a word of log_on_success or log_on_failure.
    static func logging(_ word: String) -> String {
        switch word {
        case "USERID": "nobody's ident server is asked"
        case "TRAFFIC": "bytes are not counted"
        case "PID", "HOST", "EXIT", "DURATION", "ATTEMPT": "it is in the log line of every connection"
        default: "not a word of xinetd's"
        }
    }

    /// The attributes that other files of this target read, so that a misspelled name can be told from them.
    static let carried = [
        "id", "type", "flags", "disable", "socket_type", "protocol", "wait", "user", "group", "instances", "nice",
        "server",
        "server_args", "only_from", "no_access", "access_times", "log_on_success", "log_on_failure", "env", "passenv",
        "port",
        "redirect", "bind", "interface", "per_source", "cps", "max_load", "groups", "umask", "enabled", "disabled",
        "rlimit_as", "rlimit_files", "rlimit_cpu", "deny_time", "v6only", "socket_backlog",
    ]
}
