// How every command prints what came of it: text or JSON, and the exit status.
internal import ArgumentParser
internal import Inspection
internal import LinuxSystem

extension CommandOutcome {
    /// Prints what was done.
    ///
    /// Errors: exit status 1 when the command did not do what it was told.
    func print(json isJSON: Bool) throws(ExitCode) {
        write(json: isJSON)
        if !isDone { throw ExitCode(1) }
    }

    /// JSON goes to standard output, and so does text about what was done; other text goes to standard error.
    fileprivate func write(json isJSON: Bool) {
        if isJSON { return Swift.print(json.text) }
        for line in lines { if isDone { Swift.print(line) } else { StandardError.write(line) } }
    }
}

extension CommandFailure {
    /// Says why a command ends here.
    ///
    /// - Returns: the exit status.
    func printed(json isJSON: Bool) -> ExitCode {
        outcome.write(json: isJSON)
        return ExitCode(1)
    }
}
