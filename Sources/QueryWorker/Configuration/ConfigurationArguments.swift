/// The arguments that say where the configuration is, the same for every command: `--config FILE`, `--set key=value`.
package struct ConfigurationArguments: Hashable, Sendable {
    /// In order; a later file wins.
    package var files: [String] = []
    /// `key=value`, in order; a later one wins.
    package var assignments: [String] = []

    package init(files: [String] = [], assignments: [String] = []) {
        self.files = files
        self.assignments = assignments
    }

    /// Takes its own arguments out of a command's, also when written `--config=FILE`, and leaves the others in
    /// `arguments`. What follows `--` is left alone.
    ///
    /// - Throws: if an option lacks its value.
    package static func extract(from arguments: inout [String]) throws(UsageError) -> Self {
        var result = Self()
        var others: [String] = []
        var rest = arguments[...]
        while let argument = rest.popFirst() {
            if argument == "--" {
                others += [argument] + rest
                break
            }
            let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let option = parts.first, option == "--config" || option == "--set" else {
                others.append(argument)
                continue
            }
            let isFile = option == "--config"
            guard let value = parts.count == 2 ? String(parts[1]) : rest.popFirst(), !value.isEmpty else {
                throw UsageError("\(option) needs a value: \(isFile ? "--config FILE" : "--set key=value")")
            }
            if isFile { result.files.append(value) } else { result.assignments.append(value) }
        }
        arguments = others
        return result
    }
}
