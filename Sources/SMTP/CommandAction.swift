// What the session does after a command line: the result of the protocol's rules.

/// What the session does after a command.
enum CommandAction: ~Copyable {
    /// Sends the reply and reads the next command.
    case reply(Reply)
    /// Sends the reply, 354, and reads a message.
    case readMessage(Reply)
    /// Reads a chunk of a message, and then replies.
    case readChunk(ChunkArguments)
    /// Reads and drops this number of bytes, and then sends the reply.
    case skipChunk(Int, Reply)
}
