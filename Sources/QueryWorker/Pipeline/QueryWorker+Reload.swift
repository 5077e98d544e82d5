internal import EventLoop
internal import Kafka
internal import WeChat

// A configuration that was read again. What it changes for a worker that runs is applied; the rest is named.
extension QueryWorker {
    /// Works in every phase: a higher log level, or the right password, may be what a start or a drain waits for.
    package func apply(_ reloaded: ReloadedConfiguration) {
        let new = reloaded.configuration
        let change = ConfigurationChange(from: configuration, fingerprint, to: new)
        for key in change.applicable { apply(key, of: new) }
        if let credentials = reloaded.credentials,
            !KafkaConfiguration.credentialKeys.isDisjoint(with: change.applicable)
        {
            kafkaCredentials.change(username: credentials.username, password: credentials.password)
        }
        fingerprint = fingerprint.taking(change.applicable, from: new.fingerprint)
        // At the more talkative of both levels, so that a change to `error` is told too.
        logger.level = min(logger.level, new.logLevel)
        logger.info("configuration read again", ["applied": "\(change.applicable.joined(separator: " "))"])
        if !change.needsRestart.isEmpty {
            logger.warning(
                "configuration changed, but takes effect with a restart only",
                ["keys": "\(change.needsRestart.joined(separator: " "))"])
        }
        logger.level = new.logLevel
    }

    private func apply(_ key: String, of new: WorkerConfiguration) {
        guard let (family, appID, field) = ConfigurationNames.appIDParts(key) else { return }
        let canonical = appID.lowercased()
        if family == "component" {
            if let secret = new.component(appID)?.secret { secrets.correct(.component(canonical), with: secret) }
        } else if let account = configuration.account(appID), let changed = new.account(appID) {
            if field == "rate" {
                client.setRate(changed.rate, of: account.appID)
            } else if let secret = changed.replaceableSecret {
                secrets.correct(.account(canonical), with: secret)
            }
        }
    }
}
