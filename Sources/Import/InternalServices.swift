// The internal services of inetd and xinetd, and the handlers that do their work here.

/// An internal service of inetd, and its handler.
struct InternalService {
    /// argv of the handler.
    let handler: [String]
    /// The difference from the internal service.
    let difference: String

    /// Of the internal service of this name; nil when no handler does its work.
    init?(_ name: String) {
        switch name {
        case "echo":
            handler = ["echo", "--on-blank", "off"]
            difference = "the handler echo sends it back"
        case "discard":
            handler = ["classic", name]
            difference = "the handler classic takes it"
        case "chargen":
            handler = ["classic", name]
            difference = "as fast as the peer takes them, in a process for each connection; give it low [limits]"
        case "daytime":
            handler = ["classic", name]
            difference = "it adds the zone, and says UTC unless it can read one (environment.TZ)"
        case "time":
            handler = ["classic", name]
            difference = "a process for each connection, which inetd does without"
        default: return nil
        }
    }
}
