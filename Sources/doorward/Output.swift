// Prints the outcome of a command, as text or as JSON, and turns it into an exit status.
internal import ArgumentParser
internal import Inspection
internal import LinuxSystem

extension CommandOutcome {
    /// Prints the outcome.
    ///
    /// Errors: exit status 1 when the command did not do its work.
    func print(json isJSON: Bool) throws(ExitCode) {
        write(json: isJSON)
        if !isDone { throw ExitCode(1) }
    }

    /// JSON goes to standard output, and so does the text of a command that did its work; other text goes to standard
    /// error.
    fileprivate func write(json isJSON: Bool) {
        if isJSON { return Swift.print(json.text) }
        for line in lines { if isDone { Swift.print(line) } else { StandardError.write(line) } }
    }
}

extension CommandFailure {
    /// Prints the reason why a command ends.
    ///
    /// - Returns: the exit status.
    func printed(json isJSON: Bool) -> ExitCode {
        outcome.write(json: isJSON)
        return ExitCode(1)
    }
}
