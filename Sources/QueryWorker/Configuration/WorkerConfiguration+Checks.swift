internal import Kafka

/// What no single key can tell: settings that contradict each other.
extension WorkerConfiguration {
    func check(_ values: inout ConfigurationValues) {
        checkInstance(&values)
        checkTopics(&values)
        checkTimes(&values)
        checkMemory(&values)
        checkConnection(&values)
        checkRebalancing(&values)
        checkAccounts(&values)
    }

    private func checkAccounts(_ values: inout ConfigurationValues) {
        for account in accounts where account.mode == .token && credentials.store == .memory {
            values.warn(
                "account.\(account.appID).mode is token: every token ends the one before, so instances that share no "
                    + "credential store take each other's away; stable_token has no such fault")
        }
        let used = accounts.compactMap { account in
            if case .authorizer(let component) = account.access { component.lowercased() } else { nil }
        }
        if let component = components.first, credentials.store == .memory, credentials.inbox == nil {
            values.warn(
                "component \(component.appID): no ticket can come to it; set credentials.store=kafka or file "
                    + "and what belongs to it, or, for a try, credentials.inbox")
        }
        for component in components where component.accounts == .configured {
            guard !used.contains(component.appID.lowercased()) else { continue }
            values.warn(
                "component \(component.appID) is used by no account; set account.<appid>.component to it, or "
                    + "component.\(component.appID).accounts to any")
        }
    }

    private func checkInstance(_ values: inout ConfigurationValues) {
        guard instanceID == "replay" else { return }
        values.problem(
            ConfigurationKeys.instanceID.name,
            "should not be \"replay\": query-worker replay has the transactional id \"\(kafka.groupID)-replay\", and would "
                + "fence this instance")
    }

    private func checkTopics(_ values: inout ConfigurationValues) {
        checkDeadLetterTopic(&values)
        if repliesTopic == jobsTopic {
            values.problem(
                ConfigurationKeys.repliesTopic.name,
                "should differ from jobs.topic, but both are \"\(jobsTopic)\": replies would be read as jobs")
        }
        if allowedReplyTopics.contains(jobsTopic) {
            values.problem(
                ConfigurationKeys.allowedReplyTopics.name,
                "should not list jobs.topic (\"\(jobsTopic)\"): replies would be read as jobs")
        }
    }

    private func checkDeadLetterTopic(_ values: inout ConfigurationValues) {
        let name = ConfigurationKeys.deadLetterTopic.name
        guard let topic = deadLetterTopic else { return }
        if topic == jobsTopic {
            values.problem(
                name, "should differ from jobs.topic, but both are \"\(topic)\": it would be read again and again")
        }
        if topic == repliesTopic || allowedReplyTopics.contains(topic) {
            values.problem(name, "should not be a topic of replies, but \"\(topic)\" is: its readers expect replies")
        }
        if ValueSyntax<String>.topic.parse(topic) == nil {
            values.problem(
                name, "must be set, or set to nothing: jobs.topic with -dlt behind it is too long for a topic")
        }
    }

    private func checkTimes(_ values: inout ConfigurationValues) {
        if retry.backoff > retry.maxBackoff {
            values.problem(
                ConfigurationKeys.retryBackoff.name,
                "should not exceed retry.backoff.max (\(formatDuration(retry.maxBackoff)), "
                    + "from \(values.origin(of: ConfigurationKeys.maxRetryBackoff.name))), "
                    + "but is \(formatDuration(retry.backoff))")
        }
        // Beyond max.poll.interval.ms the group gives the partitions away without telling, and the drained jobs'
        // replies are refused: they would be done twice.
        if rebalanceDrain + kafka.transactionTimeout >= kafka.maxPollInterval {
            values.problem(
                ConfigurationKeys.rebalanceDrain.name,
                "should, with kafka.transaction.timeout.ms (\(formatDuration(kafka.transactionTimeout))), be less than "
                    + "kafka.max.poll.interval.ms (\(formatDuration(kafka.maxPollInterval))), "
                    + "but is \(formatDuration(rebalanceDrain)); lower it or raise kafka.max.poll.interval.ms")
        }
    }

    private func checkMemory(_ values: inout ConfigurationValues) {
        let name = "kafka.queued.max.messages.kbytes"
        guard let text = values.entries[name]?.text, let kibibytes = Int(text.trimmed) else { return }
        if kibibytes > maxMemory / 1024 {
            values.problem(
                name, "should not exceed memory.max, which is \(maxMemory / 1024) KiB, but is \(kibibytes)")
        }
    }

    private func checkConnection(_ values: inout ConfigurationValues) {
        let scheme = "http://"
        guard api.baseURL.hasPrefix(scheme) else { return }
        let authority = api.baseURL.dropFirst(scheme.count).prefix { $0 != "/" }
        if let server = AuthorityParts(authority), !server.isLoopback {
            values.warn("api.base.url is not https: secrets and tokens cross the network unencrypted")
        }
    }

    /// Hangs while closing (before 2.4.0), an endless loop (before 2.6.1), a lost assignment (before 2.10.0).
    private func checkRebalancing(_ values: inout ConfigurationValues) {
        let name = "kafka.partition.assignment.strategy"
        guard let text = values.entries[name]?.text, text.contains("cooperative"), KafkaLibrary.version < (2, 10, 0)
        else { return }
        values.warn(
            "\(name) is cooperative: librdkafka \(KafkaLibrary.versionText) has faults there that 2.10 has not; range is "
                + "the safer choice with it")
    }
}
