extension SimulatorOptions {
    /// Reads the command's arguments: `--flag value` or `--flag=value`, in any order.
    init(arguments: [String]) throws(InvalidArgument) {
        var rest = arguments[...]
        while let argument = rest.popFirst() {
            let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            let flag = try Self.flag(parts[0])
            let value = parts.count > 1 ? parts[1] : flag.wanted == nil ? nil : rest.popFirst()
            try apply(flag, named: parts[0], value: value)
        }
        try checkTheWhole()
    }

    /// Changes a running simulator: one `--flag value` or `--flag=value` a line. All lines count, or none does.
    mutating func apply(lines: String) throws(InvalidArgument) {
        var changed = self
        for line in lines.split(whereSeparator: \.isNewline) {
            let parts = line.split(maxSplits: 1, omittingEmptySubsequences: false) { $0 == " " || $0 == "=" }
                .map(String.init)
            let flag = try Self.flag(parts[0])
            if flag.isFixed {
                throw InvalidArgument(flag: parts[0], value: nil, wanted: "cannot be changed while the simulator runs")
            }
            try changed.apply(flag, named: parts[0], value: parts.count > 1 ? parts[1] : nil)
        }
        try changed.checkTheWhole()
        self = changed
    }

    private static func flag(_ name: String) throws(InvalidArgument) -> SimulatorFlag {
        guard let flag = SimulatorFlag.all[name] else {
            throw InvalidArgument(flag: name, value: nil, wanted: "no such flag")
        }
        return flag
    }

    private mutating func apply(_ flag: SimulatorFlag, named name: String, value: String?) throws(InvalidArgument) {
        guard let wanted = flag.wanted else {
            guard value == nil else { throw InvalidArgument(flag: name, value: value, wanted: "takes no value") }
            _ = flag.apply(&self, "")
            return
        }
        guard let value else { throw InvalidArgument(flag: name, value: nil, wanted: wanted) }
        guard flag.apply(&self, value) else { throw InvalidArgument(flag: name, value: value, wanted: wanted) }
    }

    /// What no flag can see alone.
    private func checkTheWhole() throws(InvalidArgument) {
        // Decimal fractions do not add up exactly: 0.7 + 0.2 + 0.1 may be a little more than 1, or less.
        guard faults.total <= 1 + 1e-9 else {
            throw InvalidArgument(
                flag: "the fault rates", value: String(faults.total), wanted: "wanted: a sum of at most 1")
        }
        if let component = components.incomplete {
            throw InvalidArgument(
                flag: "--component", value: component,
                wanted: "wanted: its secret, as in --component \(component)=s3cret")
        }
    }

    /// An argument that cannot be used. `description` says what is wanted in its place.
    struct InvalidArgument: Error, CustomStringConvertible {
        let flag: String
        let value: String?
        let wanted: String

        var description: String { value.map { "\(flag): \"\($0)\" (\(wanted))" } ?? "\(flag): \(wanted)" }
    }
}
