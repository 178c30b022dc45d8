// Reads a TOML 1.0 text into a flat list of values with their places: toml++ with a C interface, for Configuration.
// Promises an answer for any bytes. Memory is proportional to their number, and ctoml_most_nested bounds the recursion.
// No C++ exception leaves these functions. They run in the parent only.
// Source: TOML 1.0.0 (https://toml.io/en/v1.0.0), toml++ (https://marzer.github.io/tomlplusplus).
#ifndef CTOMLREADER_H
#define CTOMLREADER_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// Levels from the top table to the deepest value, and parts of one dotted key.
enum { ctoml_most_nested = 16 };

enum ctoml_kind {
    ctoml_table,
    ctoml_array,
    ctoml_string,
    ctoml_integer,
    ctoml_float,
    ctoml_boolean,
    ctoml_date,
    ctoml_time,
    ctoml_date_time,
};

// A value. `..._place` is a byte offset into the file's text; `..._text` is an offset into the document's texts.
struct ctoml_node {
    enum ctoml_kind kind;
    size_t key_text, key_length;  // empty for an element of an array
    size_t key_place;             // for an element, the place of its value
    // The first byte of the value. A table that a header or a dotted key makes, and an array that headers make, begin
    // with their key; an element of such an array begins with the last part of its header's key.
    size_t value_place;
    size_t count;                 // tables, arrays: the values directly inside, which follow in the order of the text
    size_t text, text_length;     // strings
    int is_verbatim;              // strings: each byte stands for itself in the file, after the opening quote
    int64_t integer;              // integers; booleans: 1 for true
    double number;                // floats
};

enum ctoml_fault {
    ctoml_none,
    ctoml_syntax,      // not TOML; toml++'s description says why
    ctoml_too_deep,    // more than ctoml_most_nested levels
    ctoml_nul_escape,  // a key or a string that holds U+0000
};

struct ctoml_document {
    enum ctoml_fault fault;
    size_t fault_place;              // at most the text's length
    const char *description;         // zero-terminated; empty unless the fault is one of syntax
    int is_multi_line;               // of a string that lacks its end: whether it begins with three quotes
    const struct ctoml_node *nodes;  // a table or an array precedes its values; none when there is a fault
    size_t node_count;
    const char *texts;
};

// Reads a text. Returns 0 and a document, which the caller gives to ctoml_free; or -ENOMEM; or -EIO for an exception
// that toml++ does not document.
int ctoml_read(const char *text, size_t length, struct ctoml_document **document);
void ctoml_free(struct ctoml_document *document);

#ifdef __cplusplus
}
#endif

#endif
