/// Where the worker's settings come from; later wins: defaults, `--config` files, the environment, `--set`.
///
/// Nothing here looks at the process: arguments, environment and file system are handed in. `readFile` is for configuration
/// files, which are read once; `readSecret` for what is read again later.
package enum Configuration {
    /// The checked configuration, and what its operator should know although it works.
    ///
    /// - Throws: all problems at once.
    package static func load(
        arguments: ConfigurationArguments, environment: [String: String],
        readFile: @escaping FileReader = LocalFile.read, readSecret: @escaping FileReader = LocalFile.readSecret
    ) throws(ConfigurationError) -> (configuration: WorkerConfiguration, warnings: [String]) {
        try checked(arguments, environment, readFile, readSecret) { WorkerConfiguration(from: &$0) }
    }

    /// Where credentials are kept, for commands that need nothing else: other keys may be missing or wrong, but must be
    /// keys.
    package static func loadCredentials(
        arguments: ConfigurationArguments, environment: [String: String],
        readFile: @escaping FileReader = LocalFile.read, readSecret: @escaping FileReader = LocalFile.readSecret
    ) throws(ConfigurationError) -> CredentialsConfiguration {
        try checked(arguments, environment, readFile, readSecret) { CredentialsConfiguration(from: &$0) }.configuration
    }

    /// Where jobs and replies are, for whoever publishes jobs; accounts and all else that only a worker needs may be missing
    /// or wrong, but must be keys.
    package static func loadSubmit(
        arguments: ConfigurationArguments, environment: [String: String],
        readFile: @escaping FileReader = LocalFile.read, readSecret: @escaping FileReader = LocalFile.readSecret
    ) throws(ConfigurationError) -> (configuration: SubmitConfiguration, warnings: [String]) {
        try checked(arguments, environment, readFile, readSecret) { SubmitConfiguration(from: &$0) }
    }

    /// Where dead letters are and where they come from, for a command that asks nobody but the brokers: other keys may be
    /// missing or wrong, but must be keys.
    package static func loadReplay(
        arguments: ConfigurationArguments, environment: [String: String],
        readFile: @escaping FileReader = LocalFile.read, readSecret: @escaping FileReader = LocalFile.readSecret
    ) throws(ConfigurationError) -> (configuration: ReplayConfiguration, warnings: [String]) {
        try checked(arguments, environment, readFile, readSecret) { ReplayConfiguration(from: &$0) }
    }

    /// What a bench takes of a worker's configuration.
    package static func loadBench(
        arguments: ConfigurationArguments, environment: [String: String],
        readFile: @escaping FileReader = LocalFile.read, readSecret: @escaping FileReader = LocalFile.readSecret
    ) throws(ConfigurationError) -> (configuration: BenchConfiguration, warnings: [String]) {
        try checked(arguments, environment, readFile, readSecret) { BenchConfiguration(from: &$0) }
    }

    /// Every key with its effective value, whether or not the whole is right.
    package static func report(
        arguments: ConfigurationArguments, environment: [String: String],
        readFile: @escaping FileReader = LocalFile.read, readSecret: @escaping FileReader = LocalFile.readSecret
    ) -> ConfigurationReport {
        var values = values(
            arguments: arguments, environment: environment, readFile: readFile, readSecret: readSecret)
        let configuration = WorkerConfiguration(from: &values)
        return ConfigurationReport(values, configuration)
    }

    /// - Parameter read: what of the configuration is wanted; only its keys must be right.
    private static func checked<Part>(
        _ arguments: ConfigurationArguments, _ environment: [String: String], _ readFile: FileReader,
        _ readSecret: @escaping FileReader, _ read: (inout ConfigurationValues) -> Part
    ) throws(ConfigurationError) -> (configuration: Part, warnings: [String]) {
        var values = values(
            arguments: arguments, environment: environment, readFile: readFile, readSecret: readSecret)
        let configuration = read(&values)
        guard values.problems.isEmpty else { throw ConfigurationError(problems: values.problems) }
        return (configuration, values.warnings)
    }

    private static func values(
        arguments: ConfigurationArguments, environment: [String: String], readFile: FileReader,
        readSecret: @escaping FileReader
    ) -> ConfigurationValues {
        let files = arguments.files.map { ConfigurationSource.file($0, readFile: readFile) }
        let commandLine = ConfigurationSource.commandLine(arguments.assignments)
        let known = (files + [commandLine]).flatMap(\.entries).compactMap { ConfigurationNames.canonical($0.name) }
        let environment = ConfigurationSource.environment(environment, known: Set(known))
        return ConfigurationValues(sources: files + [environment, commandLine], readSecret: readSecret)
    }
}
