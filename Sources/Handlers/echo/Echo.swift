import HandlerKit
@main struct Echo { static func main() { var kit = Kit(); kit.pump() } }
