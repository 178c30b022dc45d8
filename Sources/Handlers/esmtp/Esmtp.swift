// esmtp: takes mail for the recipients that a file lists, and delivers it to their Maildirs.
// Promises: it sends 250 for a message when the whole message is on the disk in every recipient's Maildir; it relays no
// mail, runs no program, and asks no other host. The actions of a client, and their time, have limits.
//
//     esmtp --hostname mx.example.org --recipients /etc/doorward/recipients
//
// Exit status: 0 done, 100 wrong arguments, 111 the peer went away or was too slow.
// Sources: RFC 5321; maildir(5). The engine is in Sources/SMTP, the store in Sources/Maildir.
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
