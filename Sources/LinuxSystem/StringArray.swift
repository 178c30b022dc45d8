// The arguments and variables of a program, as exec takes them.

/// Calls the function with a NULL-terminated array of C strings, which lives only during that call.
func withStringArray<Failure: Error, Result>(
    _ texts: [String], _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) throws(Failure) -> Result
) throws(Failure) -> Result {
    // Sound: every string and the array are allocated here at their full size and freed after the call that uses them.
    let strings = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>.allocate(capacity: texts.count + 1)
    for (index, text) in texts.enumerated() {
        let bytes = Array(text.utf8CString)
        let copy = UnsafeMutablePointer<CChar>.allocate(capacity: bytes.count)
        unsafe copy.initialize(from: bytes, count: bytes.count)
        unsafe (strings + index).initialize(to: copy)
    }
    unsafe (strings + texts.count).initialize(to: nil)
    defer {
        for index in texts.indices { unsafe strings[index]?.deallocate() }
        unsafe strings.deallocate()
    }
    return unsafe try body(strings)
}
