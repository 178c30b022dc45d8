// The resolver as a program of its own. The supervisor executes it, with its setup on descriptor 3.
internal import LinuxSystem
internal import ProcessSetup
internal import Resolver

do {
    Resolver.serve(try ResolverSetup.received())
} catch {
    StandardError.write("doorward-resolver: \(error)")
    Processes.exit(100)
}
