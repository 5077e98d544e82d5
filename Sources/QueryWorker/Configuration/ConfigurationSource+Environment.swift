/// Variables that begin with `QUERY_WORKER_`: the key in capitals, dots as underscores.
extension ConfigurationSource {
    /// - Parameter known: canonical keys that the other sources set. One that a variable may mean too makes it
    ///   ambiguous.
    static func environment(_ variables: [String: String], known: Set<String>) -> Self {
        var source = Self()
        var injected: [String] = []
        let prefix = ConfigurationNames.environmentPrefix
        for (variable, text) in variables.sorted(by: { $0.key < $1.key }) where variable.hasPrefix(prefix) {
            let origin = ConfigurationOrigin.environment(variable: variable)
            let keys = ConfigurationNames.keys(forVariable: variable, known: known).sorted()
            if keys.count > 1 {
                let explanation =
                    "may mean \(keys.joined(separator: " or ")); set the one that is meant in the "
                    + "--config file or with --set"
                source.problems.append(ConfigurationProblem(variable, explanation, origin: origin))
            } else if let key = keys.first {
                source.entries.append(ConfigurationEntry(name: key, text: text, origin: origin))
            } else if isInjectedByKubernetes(variable.dropFirst(prefix.count), text) {
                injected.append(variable)
            } else {
                let remedy =
                    ConfigurationNames.nearest(toVariable: variable).map { "did you mean \($0)?" }
                    ?? "`query-worker config` lists all keys"
                source.problems.append(ConfigurationProblem(variable, "stands for no key; \(remedy)", origin: origin))
            }
        }
        if !injected.isEmpty {
            source.warnings.append(
                "ignored, because Kubernetes sets them for a Service of that name: \(injected.joined(separator: ", ")); "
                    + "enableServiceLinks: false in the pod keeps them out")
        }
        return source
    }

    /// Whether Kubernetes makes such a variable for a Service named `query-worker`, or `query-worker-` and more:
    /// `SERVICE_HOST`, `SERVICE_PORT`, `SERVICE_PORT_<NAME>`, `PORT` (a URL), `PORT_<NUMBER>_TCP` and what follows that.
    private static func isInjectedByKubernetes(_ name: Substring, _ text: String) -> Bool {
        let parts = name.split(separator: "_")
        if parts.first == "SERVICE" || parts.first == "PORT" { return true }
        if parts.last == "PORT", text.contains("://") { return true }
        return zip(parts, parts.dropFirst()).contains { part, next in
            (part == "SERVICE" && (next == "HOST" || next == "PORT")) || (part == "PORT" && next.allSatisfy(\.isNumber))
        }
    }
}
