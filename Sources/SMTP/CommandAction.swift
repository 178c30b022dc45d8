// What the session does next: the answer of the protocol's rules to one line.

/// What comes after a command.
enum CommandAction: ~Copyable {
    /// This is said, and the next command is read.
    case reply(Reply)
    /// This is said, 354, and a message is read.
    case readMessage(Reply)
    /// A chunk of a message is read, and then answered.
    case readChunk(ChunkArguments)
    /// As many bytes are left behind, and then this is said.
    case skipChunk(Int, Reply)
}
