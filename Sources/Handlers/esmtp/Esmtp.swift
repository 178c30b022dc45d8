// esmtp: takes mail for the recipients that a file lists, and delivers it to their Maildirs.
// Promises: 250 to a message is said when it is on the disk in every recipient's Maildir, whole; it relays nothing, runs
// nothing, and asks no other host. What a client may do, and for how long, is bounded.
//
//     esmtp --hostname mx.example.org --recipients /etc/doorward/recipients
//
// Exit status: 0 done, 100 wrong arguments, 111 the peer went away or was too slow.
// Sources: RFC 5321; shared/reference/protocols.md 1.7 to 1.9, 2. The engine is Sources/SMTP, the store Sources/Maildir.
import HandlerKit
import SMTP

@main
struct Esmtp {
    /// Reads the options and serves one connection.
    static func main() {
        let settings = Settings.read()
        serve { connection throws(ConnectionError) in
            var server = SMTPServer(MaildirPolicy(settings), settings.configuration)
            return try server.run(on: &connection)
        }
    }
}
