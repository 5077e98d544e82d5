/// Where a setting's value came from, in the words in which an operator finds it again.
package enum ConfigurationOrigin: Hashable, Sendable, CustomStringConvertible {
    case defaultValue
    case file(path: String, line: Int)
    case environment(variable: String)
    case commandLine

    package var description: String {
        switch self {
        case .defaultValue: "default"
        case .file(let path, let line): "\(path):\(line)"
        case .environment(let variable): variable
        case .commandLine: "--set"
        }
    }
}
