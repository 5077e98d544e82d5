/// A configuration that was read again while the worker runs, with what had to be read of files beside it.
package struct ReloadedConfiguration: Sendable {
    let configuration: WorkerConfiguration
    /// What its operator should know although it works.
    package let warnings: [String]
    /// Of Kafka; nil where none are set that clients take while they run.
    let credentials: (username: String, password: String)?

    /// Reads all files, which can block: it belongs off the loop. A pipe, which has been read once, is refused.
    ///
    /// - Throws: all problems at once.
    package init(
        arguments: ConfigurationArguments, environment: [String: String],
        readFile: @escaping FileReader = LocalFile.readSecret
    ) throws(ConfigurationError) {
        (configuration, warnings) = try Configuration.load(
            arguments: arguments, environment: environment, readFile: readFile, readSecret: readFile)
        do {
            credentials = try configuration.kafka.credentials()
        } catch {
            throw ConfigurationError(problems: [ConfigurationProblem("kafka.sasl.password", "\(error)")])
        }
    }
}

extension KafkaConfiguration {
    fileprivate func credentials() throws(FileError) -> (username: String, password: String)? {
        guard credentialsCanChange, let username = properties["sasl.username"]?.value,
            let password = properties["sasl.password"]?.value
        else { return nil }
        return (try username.read(), try password.read())
    }
}
