// The output of `doorward import --json`.
internal import Import
internal import Inspection
internal import LinuxSystem

extension Imported {
    /// Services, remarks (the report), files that were written, files that were left out, problems.
    func json(written: [String], problems: [ImportProblem], skipped: [String]) -> JSON {
        .document([
            "services": .list(services.map { ["name": .string($0.name), "text": .string($0.fileText)] }),
            "access": JSON(access), "remarks": .list(report.remarks.map(\.json)), "written": .strings(written),
            "skipped": .strings(skipped), "problems": .list(problems.map(\.json)),
        ])
    }
}

extension Remark {
    fileprivate var json: JSON {
        [
            "file": .string(place.file), "line": JSON(place.line == 0 ? nil : place.line),
            "kind": .string(kind.rawValue), "directive": .string(directive), "reason": .string(reason),
        ]
    }
}

extension ImportProblem {
    fileprivate var json: JSON {
        [
            "cause": .string(cause), "file": .string(file), "errno": JSON(errno?.name),
            "message": .string(description),
        ]
    }
}
