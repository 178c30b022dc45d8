import Testing

@testable import Import

struct ServiceNamesTests {
    @Test(
        "every name is one that a file can have",
        arguments: [
            ("ftp", "ftp"), ("8080", "port-8080"), ("FTP.main", "ftp-main"), ("--x", "x"), ("_x_", "x_"),
            ("", "service"),
            ("é", "service"), ("..", "service"), ("a/b", "a-b"),
            (String(repeating: "a", count: 40), String(repeating: "a", count: 32)),
        ])
    func names(text: String, name: String) {
        #expect(serviceName(from: text) == name)
    }

    @Test("no two services have the same name, however long it is and whatever other names exist")
    func unique() {
        let long = String(repeating: "a", count: 32)
        var services = ["x", "x-2", "x", "x", long, long].map {
            ImportedService(name: $0, place: Place(file: "f", line: 1))
        }
        makeNamesUnique(&services)
        #expect(
            services.map(\.name) == ["x", "x-2", "x-3", "x-4", long, String(repeating: "a", count: 30) + "-2"])
    }
}
