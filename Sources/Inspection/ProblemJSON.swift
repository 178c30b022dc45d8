// The problems of files and of services, for programs.
internal import Control
package import HostDefinition
internal import ServiceModel

extension Problem {
    /// `file`, `line`, `column`, `key`, `errno` and `message`; all but the last are null when they are not known.
    package var json: JSON {
        [
            "file": JSON(file), "line": JSON(position?.line), "column": JSON(position?.column), "key": JSON(key),
            "errno": JSON(errno), "message": .string(message),
        ]
    }
}

extension ServiceProblem {
    /// The parts of the problem besides the message.
    var json: JSON.Object {
        [
            "key_file": JSON(position?.file), "line": JSON(position?.line), "column": JSON(position?.column),
            "key": JSON(key), "errno": JSON(errno), "old_in_force": .boolean(isOldInForce),
        ]
    }
}
