import QueryWorker
import Testing

/// Loads a configuration from memory; without arguments one that is complete and right.
struct ConfigurationFixture {
    static let complete = """
        kafka.bootstrap.servers=broker:9092
        account.wx1.secret=hush
        """

    var file = complete
    var environment: [String: String] = [:]
    var assignments: [String] = []
    var otherFiles: [String: [UInt8]] = [:]

    func load() throws(ConfigurationError) -> (configuration: WorkerConfiguration, warnings: [String]) {
        try Configuration.load(arguments: arguments, environment: environment, readFile: reader, readSecret: reader)
    }

    var report: ConfigurationReport {
        Configuration.report(arguments: arguments, environment: environment, readFile: reader, readSecret: reader)
    }

    var problems: [String] { report.problems.map(\.description) }

    private var arguments: ConfigurationArguments {
        ConfigurationArguments(files: ["worker.conf"], assignments: assignments)
    }

    private var reader: FileReader {
        var files = otherFiles
        files["worker.conf"] = Array(file.utf8)
        return { [files] path throws(FileError) in
            guard let bytes = files[path] else { throw FileError(path: path, reason: "No such file or directory") }
            return bytes
        }
    }
}
