// One declaration for each key of a file. All code about keys loops over these: reading and its messages, the wire,
// `explain`, `import`, and the test of the manual. The initial value of the property is the default, and the only place
// of it.

/// A key of a file, and the property of `Root` that has its value.
package struct Key<Root>: Sendable {
    /// With its table: `limits.memory`.
    package let name: String
    package let form: Form
    package let scope: KeyScope
    package let constraints: [Constraint]
    private let get: @Sendable (Root) -> SettingValue
    private let put: @Sendable (inout Root, SettingValue) -> Bool
    private let remark: String

    /// - Parameters:
    ///   - path: the property; its type can hold every value of the form.
    ///   - remark: the words after the value in the output of `explain`.
    package init<Value: Setting>(
        _ name: String, _ path: any WritableKeyPath<Root, Value> & Sendable, _ form: Form, _ scope: KeyScope = .common,
        _ constraints: Constraint..., remark: String = ""
    ) {
        self.name = name
        self.form = form
        self.scope = scope
        self.constraints = constraints
        self.remark = remark
        get = { $0[keyPath: path].setting }
        put = { root, setting in
            guard let value = Value(setting: setting) else { return false }
            root[keyPath: path] = value
            return true
        }
    }

    /// A key that takes one of a few words.
    package init<Value: Setting & CaseIterable & RawRepresentable<String>>(
        _ name: String, _ path: any WritableKeyPath<Root, Value> & Sendable, _ constraints: Constraint...,
        remark: String = ""
    ) {
        self.init(
            name, form: .choice(Value.allCases.map(\.rawValue)), .common, constraints, remark: remark,
            get: { $0[keyPath: path].setting },
            put: { root, setting in
                guard let value = Value(setting: setting) else { return false }
                root[keyPath: path] = value
                return true
            })
    }

    private init(
        _ name: String, form: Form, _ scope: KeyScope, _ constraints: [Constraint], remark: String,
        get: @escaping @Sendable (Root) -> SettingValue, put: @escaping @Sendable (inout Root, SettingValue) -> Bool
    ) {
        self.name = name
        self.form = form
        self.scope = scope
        self.constraints = constraints
        self.remark = remark
        self.get = get
        self.put = put
    }

    /// The key of a table inside of another value.
    package func inside<Outer>(_ path: any WritableKeyPath<Outer, Root> & Sendable, table: String = "") -> Key<Outer> {
        let (get, put) = (get, put)
        return Key<Outer>(
            table.isEmpty ? name : "\(table).\(name)", form: form, scope, constraints, remark: remark,
            get: { get($0[keyPath: path]) }, put: { put(&$0[keyPath: path], $1) })
    }

    /// The value.
    package func value(in root: Root) -> SettingValue { get(root) }

    /// Sets the value.
    ///
    /// - Returns: false when the setting cannot have this value; nothing changes then.
    package func set(_ value: SettingValue, in root: inout Root) -> Bool { put(&root, value) }

    /// The value as `explain` shows it.
    package func shown(in root: Root) -> String {
        let value = get(root)
        return form.shown(value) + (value == .none || value == .unlimited ? "" : remark)
    }

    /// The table of the key; empty for the top of the file.
    package var table: String { name.contains(".") ? String(name.prefix { $0 != "." }) : "" }

    /// The name inside of its table.
    package var plainName: String { table.isEmpty ? name : String(name.dropFirst(table.count + 1)) }
}

/// The files and tables that a key may stand in.
package enum KeyScope: Hashable, Sendable {
    /// A service's own file only.
    case service
    /// A service's file, and `[defaults]`.
    case common
    /// doorward.toml.
    case host
}
