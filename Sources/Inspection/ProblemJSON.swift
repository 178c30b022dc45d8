// What is wrong with files, and with services, as programs read it.
internal import Control
package import HostDefinition
internal import ServiceModel

extension Problem {
    /// `file`, `line`, `column`, `key` and `message`; all but the last are null where they are not known.
    package var json: JSON {
        [
            "file": JSON(file), "line": JSON(position?.line), "column": JSON(position?.column), "key": JSON(key),
            "message": .string(message),
        ]
    }
}

extension ServiceProblem {
    /// What is known of it, besides the message.
    var json: JSON.Object {
        [
            "line": JSON(position?.line), "column": JSON(position?.column), "key": JSON(key), "errno": JSON(errno),
            "old_in_force": .boolean(isOldInForce),
        ]
    }
}
