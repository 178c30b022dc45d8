// Owns the document that CTOMLReader returns: frees it once, and copies it into values with their places.
// Promises that an error of the text is a fault at its place, and that no pointer to C's memory leaves this file.

internal import CTOMLReader
import HostDefinition
import ServiceModel

/// A TOML text, as a list of values in C's memory.
@safe struct ParsedTOML: ~Copyable {
    private let document: UnsafeMutablePointer<ctoml_document>

    /// Reads any text, with or without errors. Errors: there is not enough memory.
    init(_ text: SourceText) throws(Fault) {
        var document: UnsafeMutablePointer<ctoml_document>?
        // Sound: C reads exactly these bytes, and keeps no pointer to them.
        let result = unsafe text.bytes.withUnsafeBytes { bytes in
            unsafe ctoml_read(bytes.baseAddress, bytes.count, &document)
        }
        guard let document = unsafe document else {
            throw Fault(position: text.position(of: 0), message: "cannot be read as TOML: error \(-result)")
        }
        unsafe self.document = document
    }

    deinit {
        // Sound: this object owns the document, and nothing else frees it.
        unsafe ctoml_free(document)
    }

    /// The entries of the top table, in the order of the text. Errors: the text is not TOML.
    func entries(in text: SourceText) throws(Fault) -> [TOMLEntry] {
        // Sound: C has filled the structure, and its description ends with a zero.
        let result = unsafe document.pointee
        let offset = unsafe result.fault_place
        switch unsafe result.fault {
        case ctoml_none: break
        case ctoml_too_deep:
            throw text.fault(offset, "nested too deep; expected \(ctoml_most_nested) levels at most")
        case ctoml_nul_escape: throw text.fault(offset, "a NUL character; expected text without one")
        default:
            let description = unsafe String(cString: result.description)
            let isMultiLine = unsafe result.is_multi_line != 0
            throw text.fault(
                offset, syntaxMessage(description, at: offset, in: text.bytes, isMultiLine: isMultiLine))
        }
        var entries: [TOMLEntry] = []
        var next = 0
        let count = unsafe result.node_count
        while next < count { entries.append(entry(at: &next, in: text)) }
        return entries
    }

    /// The entry at an index of the list; moves the index to the next node after the entry's value.
    private func entry(at index: inout Int, in text: SourceText) -> TOMLEntry {
        let node = node(index)
        let key = string(node.key_text, node.key_length)
        let position = text.position(of: node.key_place)
        return TOMLEntry(key: key, position: position, value: value(at: &index, in: text))
    }

    /// The value at an index of the list; moves the index as ``entry(at:in:)`` does. It calls itself for the values
    /// inside of this one, ctoml_most_nested levels at most.
    private func value(at index: inout Int, in text: SourceText) -> TOMLNode {
        let node = node(index)
        index += 1
        let content: TOMLNode.Content =
            switch node.kind {
            case ctoml_table: .table((0..<node.count).map { _ in entry(at: &index, in: text) })
            case ctoml_array: .list((0..<node.count).map { _ in value(at: &index, in: text) })
            case ctoml_string: .string(string(node.text, node.text_length))
            case ctoml_integer: .integer(Int(node.integer))
            case ctoml_float: .float(node.number)
            case ctoml_boolean: .boolean(node.integer != 0)
            case ctoml_date: .other("a date")
            case ctoml_time: .other("a time")
            default: .other("a date-time")
            }
        return TOMLNode(
            content: content, position: text.position(of: node.value_place),
            textPosition: node.is_verbatim != 0 ? text.position(of: node.value_place + 1) : nil)
    }

    private func node(_ index: Int) -> ctoml_node {
        // Sound: the index is inside the list, because C's count of each node says how many nodes follow.
        unsafe document.pointee.nodes[index]
    }

    private func string(_ start: Int, _ length: Int) -> String {
        // Sound: C's texts contain this range.
        let bytes = unsafe UnsafeRawBufferPointer(start: document.pointee.texts + start, count: length)
        return unsafe String(decoding: bytes, as: UTF8.self)
    }
}

extension SourceText {
    /// A fault at a byte.
    fileprivate func fault(_ offset: Int, _ message: String) -> Fault {
        Fault(position: position(of: offset), message: message)
    }
}
