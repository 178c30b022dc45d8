// What `doorward import --json` prints.
internal import Import
internal import Inspection

extension Imported {
    /// An object of lists: services, remarks (the report), files that were written, files that were left out, problems.
    func json(written: [String], problems: [String], skipped: [String]) -> String {
        let services = services.map { object([("name", $0.name), ("text", $0.fileText)]) }
        let remarks = report.remarks.map { remark in
            let line = remark.place.line == 0 ? "null" : "\(remark.place.line)"
            return "{\"file\":\(JSON.text(remark.place.file)),\"line\":\(line),"
                + "\"kind\":\(JSON.text(remark.kind.rawValue)),\"directive\":\(JSON.text(remark.directive)),"
                + "\"reason\":\(JSON.text(remark.reason))}"
        }
        return "{\"services\":\(list(services)),\n\"access\":\(access.map(JSON.text) ?? "null"),\n"
            + "\"remarks\":\(list(remarks)),\n\"written\":\(JSON.list(written)),\n\"skipped\":\(JSON.list(skipped)),\n"
            + "\"problems\":\(JSON.list(problems))}"
    }
}

private func object(_ fields: [(String, String)]) -> String {
    "{\(fields.map { "\(JSON.text($0.0)):\(JSON.text($0.1))" }.joined(separator: ","))}"
}

private func list(_ objects: [String]) -> String {
    objects.isEmpty ? "[]" : "[\n  \(objects.joined(separator: ",\n  "))\n]"
}
