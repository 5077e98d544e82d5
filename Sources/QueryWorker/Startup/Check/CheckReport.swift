internal import JSON

/// All that `query-worker check` has found.
package struct CheckReport: Sendable {
    package let findings: [CheckFinding]

    package init(_ findings: [CheckFinding]) { self.findings = findings }

    /// 0 if nothing failed; otherwise that of the most urgent cause.
    package var exitCode: Int32 {
        let causes = findings.compactMap { finding in
            if case .failed(let cause) = finding.status { cause } else { nil }
        }
        return CheckFinding.Cause.allCases.first { causes.contains($0) }?.exitCode ?? 0
    }

    private func count(_ name: String) -> Int { findings.count { $0.status.name == name } }

    /// For people: a line for each finding, columns aligned, and one that sums up.
    package var text: String {
        let width = findings.map(\.subject.count).max() ?? 0
        let lines = findings.map { finding in
            let remedy = finding.remedy.map { "; \($0)" } ?? ""
            return Self.padded(finding.status.name, to: 7) + "  " + Self.padded(finding.subject, to: width) + "  "
                + Self.oneLine(finding.found + remedy)
        }
        return (lines + [summary]).joined(separator: "\n")
    }

    private var summary: String {
        let failed = count("failed")
        let warnings = count("warning")
        let rest = warnings == 0 ? "" : ", \(warnings) \(warnings == 1 ? "warning" : "warnings")"
        return failed == 0
            ? "Ready to run\(rest)." : "Not ready: \(failed) of \(findings.count) failed\(rest); exit code \(exitCode)."
    }

    /// For programs: one object.
    package var json: String {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("findings")
        writer.beginArray()
        for finding in findings {
            writer.beginObject()
            writer.key("status")
            writer.string(finding.status.name)
            writer.key("subject")
            writer.string(finding.subject)
            writer.key("found")
            writer.string(finding.found)
            writer.key("remedy")
            if let remedy = finding.remedy { writer.string(remedy) } else { writer.null() }
            writer.endObject()
        }
        writer.endArray()
        for name in ["failed", "warning", "skipped"] {
            writer.key(escaping: name)
            writer.integer(count(name))
        }
        writer.key("exit_code")
        writer.integer(exitCode)
        writer.endObject()
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    /// Texts of librdkafka and WeChat may hold line feeds.
    private static func oneLine(_ text: String) -> String {
        let scalars = text.unicodeScalars.map { $0.properties.generalCategory == .control ? " " : $0 }
        return String(String.UnicodeScalarView(scalars))
    }

    private static func padded(_ text: String, to width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }
}
