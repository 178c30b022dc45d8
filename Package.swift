// swift-tools-version: 6.2
// What is built, and how. Four builds of one package:
//   ordinary                       the supervisor, the command line, and every target as the tests see it
//   DOORWARD_HANDLERS=embedded     the handlers alone: Embedded Swift, static PIE on musl (see Makefile, "handlers")
//   DOORWARD_HANDLERS=sessions     the handlers and the tests that play their sessions: a short build
//   DOORWARD_HANDLERS=fuzzed       the fuzz targets in place of the tests (see Tests/Fuzz/run)
// The folders under Sources/ are the architecture; arrows between targets point down only (docs/architecture.md).
import PackageDescription

let isEmbedded = Context.environment["DOORWARD_HANDLERS"] == "embedded"
let isOnlySessions = Context.environment["DOORWARD_HANDLERS"] == "sessions"
let isFuzzed = Context.environment["DOORWARD_HANDLERS"] == "fuzzed"
let isPreloaded = Context.environment["DOORWARD_CHILDREN"] == "preloaded"

#if arch(arm64)
    let muslTriple = "aarch64-linux-musl"
#else
    let muslTriple = "x86_64-linux-musl"
#endif
let muslHeaders = "/usr/include/\(muslTriple)"
let muslLibraries = "/usr/lib/\(muslTriple)"

let strict: [SwiftSetting] = [
    .strictMemorySafety(),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableExperimentalFeature("Lifetimes"),
    .treatAllWarnings(as: .error),
]
// Each function stands in a section of its own, so that the linker can leave out a function without a caller: the
// Hashable that Swift gives every enum would otherwise need a source of randomness. A change of these flags needs a
// fresh scratch path.
let embedded: [SwiftSetting] =
    isEmbedded
    ? [
        .enableExperimentalFeature("Embedded"),
        .unsafeFlags(["-wmo", "-Osize", "-Xfrontend", "-function-sections"]),
    ] : []
let strictC: [CSetting] = [.unsafeFlags(["-std=c17", "-Wall", "-Wextra", "-Werror"])]
// Hidden: toml++'s names are no symbols of the program.
let strictCXX: [CXXSetting] = [
    .unsafeFlags(["-std=c++17", "-Wall", "-Wextra", "-Werror", "-fvisibility=hidden"])
]
let embeddedC: [CSetting] =
    isEmbedded
    ? [.unsafeFlags(["-Os", "-fPIE", "-ffunction-sections", "-fdata-sections", "-nostdinc", "-isystem", muslHeaders])]
    : []
let embeddedLink: [LinkerSetting] =
    isEmbedded
    ? [
        .unsafeFlags([
            "-nostartfiles", "-use-ld=lld", "-Xclang-linker", "-nostdlib", "-Xclang-linker", "-static-pie",
            // SwiftPM asks for -pie as well.
            "-Xclang-linker", "-Wno-unused-command-line-argument",
            "-Xlinker", "--gc-sections", "-Xlinker", "-z", "-Xlinker", "relro", "-Xlinker", "-z", "-Xlinker", "now",
            "-Xlinker", "-z", "-Xlinker", "noexecstack", "-Xlinker", "--strip-all",
            "\(muslLibraries)/rcrt1.o", "\(muslLibraries)/libc.a",
        ])
    ] : []

let handlerFolder = "Sources/Handlers"

/// A handler: one folder in Sources/Handlers, one executable of the same name.
/// Each has a line in handlerColumn. They are not looked for: SwiftPM keeps what it read here until this file changes.
func handler(_ name: String, _ dependencies: [Target.Dependency] = [], in folder: String = handlerFolder) -> Target {
    .executableTarget(
        name: name, dependencies: ["HandlerKit"] + dependencies, path: "\(folder)/\(name)",
        swiftSettings: strict + embedded, linkerSettings: embeddedLink)
}

/// What of Text the supervisor's column needs alone: String's tables of characters are not there in Embedded Swift.
let textNotEmbedded = ["ByteText.swift", "ByteText+Escaping.swift", "Escaping.swift", "NearestName.swift"]

let handlerColumn: [Target] = [
    .target(name: "CHandler", cSettings: strictC + embeddedC),
    .target(name: "Text", exclude: isEmbedded ? textNotEmbedded : [], swiftSettings: strict + embedded),
    .target(name: "HandlerKit", dependencies: ["CHandler", "Text"], swiftSettings: strict + embedded),
    handler("classic", ["CHandler"]),
    handler("echo"),
    handler("hello"),
    handler("lowercase"),
    handler("record"),
    .target(name: "SMTP", dependencies: ["HandlerKit"], swiftSettings: strict + embedded),
    handler("smtp-lab", ["CHandler", "SMTP"]),
    .target(name: "CProbe", cSettings: strictC + embeddedC),
    handler("probe", ["CProbe"]),
    .target(name: "CMaildir", cSettings: strictC + embeddedC),
    .target(name: "Maildir", dependencies: ["CHandler", "CMaildir", "HandlerKit"], swiftSettings: strict + embedded),
    handler("esmtp", ["Maildir", "SMTP"]),
    .target(name: "CCrypt", cSettings: strictC + embeddedC),
    .target(name: "Passwords", dependencies: ["CCrypt", "HandlerKit"], swiftSettings: strict + embedded),
    handler("command", ["CHandler", "Passwords"]),
]

/// The handlers that the guide shows (Sources/HandlerKit/HandlerKit.docc), and the one that `make new-handler` begins
/// with. They are built and tested like all handlers, and not installed.
let guideHandlers = ["crlf", "hilo", "measure", "template"].map { handler($0, in: "Tests/GuideTests/Listings") }

/// A target of the supervisor's column.
func target(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: strict)
}

func tests(_ name: String, _ dependencies: [Target.Dependency], exclude: [String] = []) -> Target {
    .testTarget(name: name, dependencies: dependencies, exclude: exclude, swiftSettings: strict)
}

/// A program that the supervisor executes: static PIE when it is released, so that it starts in the half of the time,
/// and each process has a layout of its own. Nothing is loaded into it, but by tests (Tests/Preloaded).
/// glibc's start of such a program wants no run path: build it with --disable-local-rpath.
func child(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .executableTarget(
        name: name, dependencies: dependencies, swiftSettings: strict,
        linkerSettings: isPreloaded
            ? []
            : [
                .unsafeFlags(
                    ["-static-executable", "-use-ld=lld", "-Xclang-linker", "-static-pie"],
                    .when(configuration: .release))
            ])
}

let supervisorColumn: [Target] = [
    .target(name: "CLinux", cSettings: strictC),
    .target(name: "CSpawn", cSettings: strictC),
    .systemLibrary(name: "Clibcap", pkgConfig: "libcap", providers: [.apt(["libcap-dev"])]),
    target("Addresses", []),
    target("Tables"),
    target("LinuxSystem", ["Addresses", "CLinux"]),
    target("ServiceModel", ["Addresses", "Tables", "Text"]),
    target("EventLog", ["Addresses", "LinuxSystem", "ServiceModel", "Text"]),
    target("Admission", ["Addresses", "DNS", "ServiceModel", "Tables", "Text"]),
    target("DNS", ["Addresses", "ServiceModel"]),
    target("Sandbox", ["CLinux", "Clibcap", "LinuxSystem", "ServiceModel", "Text"]),
    target("Spawner", ["Addresses", "CSpawn", "LinuxSystem", "ServiceModel", "Text"]),
    target(
        "Gate",
        [
            "Addresses", "Admission", "DNS", "EventLog", "LinuxSystem", "Messages", "ProcessSetup", "Sandbox",
            "ServiceModel", "Spawner", "Tables", "Text", "Wire",
        ]),
    target("Resolver", ["Addresses", "DNS", "EventLog", "LinuxSystem", "Messages", "ProcessSetup", "Sandbox", "Wire"]),
    target("LogWriter", ["EventLog", "LinuxSystem", "Messages", "ProcessSetup", "Sandbox", "Text"]),
    target("ProcessSetup", ["Addresses", "HostDefinition", "LinuxSystem", "Sandbox", "ServiceModel", "Wire"]),
    target("Wire", ["Addresses"]),
    target("Messages", ["Addresses", "DNS", "LinuxSystem", "ServiceModel", "Wire"]),
    target("HostDefinition", ["Addresses", "ServiceModel", "Text", "Wire"]),
    target(
        "Control",
        ["Addresses", "HostDefinition", "LinuxSystem", "Messages", "Sandbox", "ServiceModel", "Wire"]),
    target(
        "Supervisor",
        [
            "Addresses", "Admission", "Control", "HostDefinition", "EventLog", "LinuxSystem", "Messages",
            "ProcessSetup", "Sandbox", "ServiceModel", "Wire",
        ]),
    .executableTarget(
        name: "doorward-supervisor", dependencies: ["HostDefinition", "LinuxSystem", "Supervisor"],
        swiftSettings: strict),
    child("doorward-gate", ["Gate", "LinuxSystem", "ProcessSetup"]),
    child("doorward-log", ["LinuxSystem", "LogWriter", "ProcessSetup"]),
    child("doorward-resolver", ["LinuxSystem", "ProcessSetup", "Resolver"]),
    .target(name: "CTOMLReader", cxxSettings: strictCXX),
    target("Configuration", ["Addresses", "CTOMLReader", "HostDefinition", "ServiceModel", "Tables", "Text"]),
    target(
        "ConfigurationLoader",
        ["Admission", "Configuration", "HostDefinition", "LinuxSystem", "Sandbox", "ServiceModel", "Text"]),
    target("Import", ["Addresses", "Configuration", "ServiceModel", "Text"]),
    target(
        "Inspection",
        [
            "Addresses", "Admission", "Configuration", "ConfigurationLoader", "Control", "Gate", "HostDefinition",
            "LinuxSystem", "Messages", "Sandbox", "ServiceModel", "Spawner", "Text", "Wire",
        ]),
    .executableTarget(
        name: "doorward",
        dependencies: [
            "Addresses", "Configuration", "ConfigurationLoader", "Control", "HostDefinition", "Import", "Inspection",
            "LinuxSystem", "ServiceModel", "Wire", .product(name: "ArgumentParser", package: "swift-argument-parser"),
        ], swiftSettings: strict),
]

let testTargets: [Target] = [
    .target(
        name: "TestSupport", dependencies: ["Addresses", "LinuxSystem", "ServiceModel"], path: "Tests/TestSupport",
        swiftSettings: strict),
    tests("TextTests", ["Text"]),
    tests("AddressesTests", ["Addresses", "TestSupport"]),
    tests("TablesTests", ["Tables", "TestSupport"]),
    tests("ServiceModelTests", ["Addresses", "ServiceModel", "TestSupport"]),
    tests("LinuxSystemTests", ["Addresses", "CLinux", "LinuxSystem", "ServiceModel", "TestSupport"]),
    tests("EventLogTests", ["Addresses", "EventLog", "LinuxSystem", "ServiceModel", "TestSupport", "Text"]),
    tests("AdmissionTests", ["Addresses", "Admission", "DNS", "ServiceModel", "Tables", "TestSupport", "Text"]),
    tests("DNSTests", ["Addresses", "DNS", "ServiceModel", "TestSupport"]),
    tests(
        "ResolverTests",
        [
            "Addresses", "DNS", "LinuxSystem", "Messages", "ProcessSetup", "Resolver", "Sandbox", "TestSupport", "Wire",
        ]),
    tests(
        "ProcessSetupTests",
        ["Addresses", "LinuxSystem", "ProcessSetup", "Sandbox", "ServiceModel", "TestSupport", "Wire"]),
    tests("SandboxTests", ["Addresses", "CLinux", "LinuxSystem", "Sandbox", "ServiceModel", "TestSupport"]),
    tests("SpawnerTests", ["Addresses", "CLinux", "LinuxSystem", "ServiceModel", "Spawner", "TestSupport"]),
    tests(
        "GateTests",
        [
            "Addresses", "Admission", "DNS", "EventLog", "Gate", "LinuxSystem", "Messages", "ProcessSetup", "Sandbox",
            "ServiceModel", "Spawner", "Tables", "TestSupport", "Wire",
        ]),
    tests("MessagesTests", ["Addresses", "DNS", "Messages", "ServiceModel", "TestSupport", "Wire"]),
    tests("HostDefinitionTests", ["Addresses", "HostDefinition", "ServiceModel", "Tables", "Wire"]),
    tests(
        "ControlTests",
        ["Addresses", "Control", "HostDefinition", "LinuxSystem", "Messages", "Sandbox", "ServiceModel", "Wire"]),
    tests(
        "SupervisorTests",
        [
            "Addresses", "Admission", "Control", "EventLog", "HostDefinition", "LinuxSystem", "Messages",
            "ProcessSetup", "ServiceModel", "Supervisor", "TestSupport", "Wire",
        ]),
    tests("LogWriterTests", ["EventLog", "LinuxSystem", "LogWriter", "Messages", "TestSupport"]),
    tests(
        "ConfigurationTests",
        ["Addresses", "Configuration", "HostDefinition", "ServiceModel", "Tables", "TestSupport"]),
    tests(
        "ConfigurationLoaderTests",
        ["ConfigurationLoader", "Configuration", "HostDefinition", "LinuxSystem", "ServiceModel", "TestSupport"]),
    tests("ImportTests", ["Addresses", "Configuration", "HostDefinition", "Import", "ServiceModel", "TestSupport"]),
    tests(
        "InspectionTests",
        [
            "Addresses", "Admission", "Configuration", "ConfigurationLoader", "Control", "DNS", "Gate",
            "HostDefinition",
            "Inspection", "LinuxSystem", "Messages", "Sandbox", "ServiceModel", "Tables", "TestSupport", "Wire",
        ], exclude: ["Golden"]),
    tests("HandlerKitTests", ["CHandler", "HandlerKit"]),
    .testTarget(
        name: "HandlerTests",
        dependencies: ["CLinux", "TestSupport"]
            + (handlerColumn + guideHandlers).filter { $0.type == .executable }.map { .byName(name: $0.name) },
        exclude: ["Golden"], swiftSettings: strict),
    tests("GuideTests", ["TestSupport"], exclude: ["Listings", "Services"]),
    tests("MaildirTests", ["HandlerKit", "LinuxSystem", "Maildir", "TestSupport"]),
    .target(
        name: "COracle", dependencies: ["CCrypt"], path: "Tests/COracle",
        cSettings: strictC + [.headerSearchPath("../../Sources/CCrypt")], linkerSettings: [.linkedLibrary("crypt")]),
    tests("PasswordsTests", ["CCrypt", "COracle", "HandlerKit", "Passwords", "TestSupport"]),
    tests("SMTPTests", ["HandlerKit", "SMTP", "TestSupport"]),
    tests("LinkTests", ["TestSupport"]),
    // Drives programs from outside, through libc; memory safety of the harness is not the point there.
    .testTarget(
        name: "EndToEndTests",
        dependencies: ["Addresses", "DNS", "LinuxSystem", "Messages", "ServiceModel", "TestSupport"],
        exclude: ["GoldenLogs"],
        swiftSettings: [.treatAllWarnings(as: .error)]),
]

/// What plays the handlers' sessions, and what that needs.
let sessionTargets = (supervisorColumn + testTargets).filter {
    ["CLinux", "HandlerTests", "LinuxSystem", "ServiceModel", "TestSupport"].contains($0.name)
}

/// A fuzz target, in the folder of its name (Tests/Fuzz/run). It has no main function: libFuzzer brings that.
func fuzzTarget(_ name: String, _ dependencies: [Target.Dependency], exclude: [String] = []) -> Target {
    .executableTarget(
        name: "fuzz-\(name)", dependencies: dependencies, path: "Tests/Fuzz/\(name)", exclude: exclude,
        swiftSettings: [.enableExperimentalFeature("Lifetimes"), .unsafeFlags(["-parse-as-library"])])
}

let fuzzTargets = [
    fuzzTarget("dns", ["Addresses", "DNS"], exclude: ["corpus"]),
    fuzzTarget("proxy", ["Admission"], exclude: ["corpus"]),
    fuzzTarget("smtp", ["HandlerKit", "SMTP"], exclude: ["corpus", "dictionary"]),
    fuzzTarget("toml", ["Configuration", "HostDefinition", "ServiceModel", "Wire"]),
    fuzzTarget("wire", ["Control", "DNS", "HostDefinition", "Messages", "Wire"], exclude: ["corpus"]),
]

let package = Package(
    name: "doorward",
    dependencies: isEmbedded || isOnlySessions
        ? []
        : [.package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2")],
    targets: handlerColumn + guideHandlers
        + (isEmbedded
            ? [] : isOnlySessions ? sessionTargets : supervisorColumn + (isFuzzed ? fuzzTargets : testTargets))
)
