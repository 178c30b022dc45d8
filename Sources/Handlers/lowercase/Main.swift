// lowercase: a filter that turns A to Z into a to z, from standard input to standard output.
// Source: lowercase_filter of mod_perl 2.0's user guide (perl.apache.org, "Protocol Handlers").
import HandlerKit

@main
struct Main {
    /// Filters one stream.
    static func main() {
        Options(usage: "lowercase").finish()
        serveFilter(Lowercase())
    }
}
