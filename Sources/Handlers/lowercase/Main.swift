// lowercase: a filter that turns A to Z into a to z, from standard input to standard output.
// Source: shared/reference/protocols.md 1.5, EB-02.
import HandlerKit

@main
struct Main {
    /// Filters one stream.
    static func main() {
        Options(usage: "lowercase").finish()
        serveFilter(Lowercase())
    }
}
