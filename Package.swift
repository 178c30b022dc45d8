// swift-tools-version: 6.2
// What is built, and how. Three builds of one package:
//   ordinary                       the supervisor, the command line, and every target as the tests see it
//   DOORWARD_HANDLERS=embedded     the handlers alone: Embedded Swift, static PIE on musl (see Makefile, "handlers")
//   DOORWARD_HANDLERS=sessions     the handlers as the tests see them and the tests that play their sessions, soon built
// The folders under Sources/ are the architecture; arrows between targets point down only (README, "The house").
import PackageDescription

let isEmbedded = Context.environment["DOORWARD_HANDLERS"] == "embedded"
let isOnlySessions = Context.environment["DOORWARD_HANDLERS"] == "sessions"

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
    .enableExperimentalFeature("Lifetimes"),
    .treatAllWarnings(as: .error),
]
// Each function in a section of its own, so that the linker can leave out what nobody calls: the Hashable that Swift gives
// every enum would otherwise need a source of randomness. Changing these flags needs a fresh scratch path.
let embedded: [SwiftSetting] =
    isEmbedded
    ? [
        .enableExperimentalFeature("Embedded"),
        .unsafeFlags(["-wmo", "-Osize", "-Xfrontend", "-function-sections"]),
    ] : []
let strictC: [CSetting] = [.unsafeFlags(["-std=c17", "-Wall", "-Wextra", "-Werror"])]
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

let handlerColumn: [Target] = [
    .target(name: "CHandler", cSettings: strictC + embeddedC),
    .target(name: "HandlerKit", dependencies: ["CHandler"], swiftSettings: strict + embedded),
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

/// The handlers that the guide shows (Sources/HandlerKit/HandlerKit.docc), and the one that `make new-handler` begins with. They
/// are built and tested like all handlers, and not installed.
let guideHandlers = ["crlf", "hilo", "measure", "template"].map { handler($0, in: "Tests/GuideTests/Listings") }

/// A target of the supervisor's column.
func target(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: strict)
}

func tests(_ name: String, _ dependencies: [Target.Dependency], exclude: [String] = []) -> Target {
    .testTarget(name: name, dependencies: dependencies, exclude: exclude, swiftSettings: strict)
}

let supervisorColumn: [Target] = [
    .target(name: "CLinux", cSettings: strictC),
    .target(name: "CSpawn", cSettings: strictC),
    .systemLibrary(name: "Clibcap", pkgConfig: "libcap", providers: [.apt(["libcap-dev"])]),
    target("LinuxSystem", ["CLinux", "ServiceModel"]),
    target("ServiceModel"),
    target("EventLog", ["LinuxSystem", "ServiceModel"]),
    target("Admission", ["DNS", "ServiceModel"]),
    target("DNS", ["ServiceModel", "Wire"]),
    target("Sandbox", ["Clibcap", "CLinux", "LinuxSystem", "ServiceModel"]),
    target("Spawner", ["CSpawn", "EventLog", "LinuxSystem", "ServiceModel"]),
    target(
        "Gate",
        ["Admission", "Control", "DNS", "EventLog", "LinuxSystem", "Sandbox", "ServiceModel", "Spawner", "Wire"]),
    target("Resolver", ["DNS", "EventLog", "LinuxSystem", "Sandbox", "ServiceModel", "Wire"]),
    target("Wire", ["ServiceModel"]),
    target("Definitions", ["ServiceModel", "Wire"]),
    target("Control", ["ServiceModel", "Wire"]),
    target(
        "Supervisor",
        [
            "Admission", "Control", "Definitions", "EventLog", "Gate", "LinuxSystem", "Resolver", "Sandbox",
            "ServiceModel",
        ]),
    .executableTarget(
        name: "doorward-supervisor", dependencies: ["Definitions", "LinuxSystem", "Supervisor"], swiftSettings: strict),
    target("Configuration", ["Definitions", "ServiceModel", .product(name: "TOMLKit", package: "TOMLKit")]),
    target(
        "ConfigurationFiles", ["Admission", "Configuration", "Definitions", "LinuxSystem", "Sandbox", "ServiceModel"]),
    target("Import", ["Configuration", "ServiceModel"]),
    target(
        "Inspection",
        [
            "Admission", "Configuration", "ConfigurationFiles", "Control", "Definitions", "EventLog", "Gate",
            "LinuxSystem", "Sandbox", "ServiceModel", "Spawner",
        ]),
    .executableTarget(
        name: "doorward",
        dependencies: [
            "Configuration", "ConfigurationFiles", "Control", "Definitions", "Import", "Inspection", "LinuxSystem",
            .product(name: "ArgumentParser", package: "swift-argument-parser"),
        ], swiftSettings: strict),
]

let testTargets: [Target] = [
    .target(
        name: "TestSupport", dependencies: ["LinuxSystem", "ServiceModel"], path: "Tests/TestSupport",
        swiftSettings: strict),
    tests("ServiceModelTests", ["ServiceModel", "TestSupport"]),
    tests("LinuxSystemTests", ["CLinux", "LinuxSystem", "ServiceModel", "TestSupport"]),
    tests("EventLogTests", ["EventLog", "LinuxSystem", "ServiceModel", "TestSupport"]),
    tests("AdmissionTests", ["Admission", "DNS", "ServiceModel", "TestSupport"]),
    tests("DNSTests", ["DNS", "ServiceModel", "TestSupport"]),
    tests("ResolverTests", ["DNS", "LinuxSystem", "Resolver", "Sandbox", "ServiceModel", "TestSupport"]),
    tests("SandboxTests", ["CLinux", "LinuxSystem", "Sandbox", "ServiceModel", "TestSupport"]),
    tests("SpawnerTests", ["CLinux", "EventLog", "LinuxSystem", "ServiceModel", "Spawner", "TestSupport"]),
    tests("GateTests", ["Admission", "Control", "EventLog", "Gate", "LinuxSystem", "ServiceModel", "TestSupport"]),
    tests("DefinitionsTests", ["Definitions", "ServiceModel"]),
    tests("ControlTests", ["Control", "ServiceModel", "Wire"]),
    tests(
        "SupervisorTests",
        ["Admission", "Definitions", "Gate", "LinuxSystem", "ServiceModel", "Supervisor", "TestSupport"]),
    tests("ConfigurationTests", ["Configuration", "Definitions", "ServiceModel"]),
    tests(
        "ConfigurationFilesTests",
        ["ConfigurationFiles", "Configuration", "Definitions", "LinuxSystem", "ServiceModel", "TestSupport"]),
    tests("ImportTests", ["Configuration", "Definitions", "Import", "ServiceModel", "TestSupport"]),
    tests(
        "InspectionTests",
        ["Configuration", "ConfigurationFiles", "Control", "Definitions", "Inspection", "ServiceModel", "TestSupport"]),
    tests("HandlerKitTests", ["CHandler", "HandlerKit"]),
    .testTarget(
        name: "HandlerTests",
        dependencies: ["TestSupport"]
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
        name: "EndToEndTests", dependencies: ["TestSupport"], swiftSettings: [.treatAllWarnings(as: .error)]),
]

/// What plays the handlers' sessions, and what that needs.
let sessionTargets = (supervisorColumn + testTargets).filter {
    ["CLinux", "HandlerTests", "LinuxSystem", "ServiceModel", "TestSupport"].contains($0.name)
}

let package = Package(
    name: "doorward",
    dependencies: isEmbedded || isOnlySessions
        ? []
        : [
            .package(url: "https://github.com/LebJe/TOMLKit", from: "0.6.0"),
            .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        ],
    targets: handlerColumn + guideHandlers
        + (isEmbedded ? [] : isOnlySessions ? sessionTargets : supervisorColumn + testTargets)
)
