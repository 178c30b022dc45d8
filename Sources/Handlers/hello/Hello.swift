// hello: greets by name, line by line. The README's example of a handler.
import HandlerKit

@main
struct Hello {
    static func main() {
        serve { connection throws(ConnectionError) in
            try connection.write("What is your name?\r\n")
            while let event = try connection.nextLine(maximumLength: 80) {
                guard case .line(let name) = event else {
                    try connection.write("That is too long for a name.\r\n")
                    continue
                }
                if name.isBlank { break }
                try connection.write("Hello, ")
                try connection.write(name.text)
                try connection.write("!\r\n")
            }
            return .done
        }
    }
}
