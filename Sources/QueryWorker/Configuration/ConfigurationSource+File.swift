/// Files of `key=value` lines.
///
/// White space around key and value does not count; empty lines and lines that begin with `#` are skipped. A `#` further
/// on belongs to the value, for secrets may hold one.
extension ConfigurationSource {
    static func file(_ path: String, readFile: FileReader) -> Self {
        do throws(FileError) {
            guard let text = String(validating: try readFile(path), as: UTF8.self) else {
                throw FileError(path: path, reason: "it is not UTF-8 text")
            }
            return lines(of: text, path: path)
        } catch {
            let problem = ConfigurationProblem("--config", "\(error); give the path of a readable file")
            return Self(problems: [problem])
        }
    }

    private static func lines(of text: String, path: String) -> Self {
        var source = Self()
        var firstLines: [String: Int] = [:]
        let text = text.first == "\u{feff}" ? text.dropFirst() : text[...]
        let lines = text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }
        for (index, line) in lines.enumerated() {
            let line = line.trimmed
            if line.isEmpty || line.first == "#" { continue }
            let origin = ConfigurationOrigin.file(path: path, line: index + 1)
            guard let separator = line.firstIndex(of: "=") else {
                // Not quoted: it may be the rest of a secret.
                source.problems.append(
                    ConfigurationProblem("\(origin)", "the line has no =; write key=value, or # before a comment"))
                continue
            }
            let name = String(line[..<separator].trimmed)
            let value = String(line[line.index(after: separator)...].trimmed)
            source.entries.append(ConfigurationEntry(name: name, text: value, origin: origin))
            if let first = firstLines.updateValue(index + 1, forKey: ConfigurationNames.canonical(name) ?? name) {
                source.warnings.append(
                    "\(name) is set twice in \(path), lines \(first) and \(index + 1); the later counts")
            }
        }
        return source
    }
}
