internal import CRdKafka

/// What librdkafka or a broker refused, with librdkafka's advice on what to do about it.
package struct KafkaError: Error, Hashable, Sendable {
    package let code: Code
    /// librdkafka's own words. Safe to log: it names brokers and topics, never credentials.
    package let reason: String
    /// The configuration property that was refused, where that is the cause.
    package let property: String?
    /// The client is of no use any more; make a new one.
    package let isFatal: Bool
    /// The same call may succeed when it is made again.
    package let isRetriable: Bool
    /// The transaction must be aborted before anything else is tried.
    package let requiresAbort: Bool

    package init(
        code: Code, reason: String, property: String? = nil, isFatal: Bool = false, isRetriable: Bool = false,
        requiresAbort: Bool = false
    ) {
        self.code = code
        self.reason = reason
        self.property = property
        self.isFatal = isFatal
        self.isRetriable = isRetriable
        self.requiresAbort = requiresAbort
    }

    /// An error code: librdkafka's own are negative, the protocol's are not.
    package struct Code: RawRepresentable, Hashable, Sendable {
        package let rawValue: Int32
        package init(rawValue: Int32) { self.rawValue = rawValue }

        package static let invalidArgument = Code(RD_KAFKA_RESP_ERR__INVALID_ARG)
        package static let timedOut = Code(RD_KAFKA_RESP_ERR__TIMED_OUT)
        package static let queueFull = Code(RD_KAFKA_RESP_ERR__QUEUE_FULL)
        package static let fatal = Code(RD_KAFKA_RESP_ERR__FATAL)
        package static let fenced = Code(RD_KAFKA_RESP_ERR__FENCED)
        package static let purgedFromQueue = Code(RD_KAFKA_RESP_ERR__PURGE_QUEUE)
        package static let conflict = Code(RD_KAFKA_RESP_ERR__CONFLICT)
        package static let wrongState = Code(RD_KAFKA_RESP_ERR__STATE)
        package static let autoOffsetReset = Code(RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET)
        package static let unknownPartition = Code(RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION)
        package static let unknownTopic = Code(RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC)
        package static let transport = Code(RD_KAFKA_RESP_ERR__TRANSPORT)
        package static let allBrokersDown = Code(RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN)
        package static let authentication = Code(RD_KAFKA_RESP_ERR__AUTHENTICATION)
        package static let unsupportedFeature = Code(RD_KAFKA_RESP_ERR__UNSUPPORTED_FEATURE)
        package static let partitionEnd = Code(RD_KAFKA_RESP_ERR__PARTITION_EOF)
        package static let offsetOutOfRange = Code(RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE)
        package static let unknownTopicOrPartition = Code(RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART)
        package static let messageTooLarge = Code(RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE)
        package static let unknownMember = Code(RD_KAFKA_RESP_ERR_UNKNOWN_MEMBER_ID)
        package static let illegalGeneration = Code(RD_KAFKA_RESP_ERR_ILLEGAL_GENERATION)
        package static let fencedInstance = Code(RD_KAFKA_RESP_ERR_FENCED_INSTANCE_ID)
        package static let rebalanceInProgress = Code(RD_KAFKA_RESP_ERR_REBALANCE_IN_PROGRESS)
        package static let producerFenced = Code(RD_KAFKA_RESP_ERR_PRODUCER_FENCED)
        package static let invalidProducerEpoch = Code(RD_KAFKA_RESP_ERR_INVALID_PRODUCER_EPOCH)
        package static let topicAuthorizationFailed = Code(RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED)
        package static let groupAuthorizationFailed = Code(RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED)
        package static let transactionalIDAuthorizationFailed = Code(
            RD_KAFKA_RESP_ERR_TRANSACTIONAL_ID_AUTHORIZATION_FAILED)
        package static let clusterAuthorizationFailed = Code(RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED)
        package static let topicAlreadyExists = Code(RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS)
        package static let invalidRecord = Code(RD_KAFKA_RESP_ERR_INVALID_RECORD)
        package static let recordListTooLarge = Code(RD_KAFKA_RESP_ERR_RECORD_LIST_TOO_LARGE)
        package static let coordinatorLoading = Code(RD_KAFKA_RESP_ERR_COORDINATOR_LOAD_IN_PROGRESS)
        package static let coordinatorNotAvailable = Code(RD_KAFKA_RESP_ERR_COORDINATOR_NOT_AVAILABLE)
        package static let notCoordinator = Code(RD_KAFKA_RESP_ERR_NOT_COORDINATOR)
        package static let unstableOffsetCommit = Code(RD_KAFKA_RESP_ERR_UNSTABLE_OFFSET_COMMIT)

        init(_ code: rd_kafka_resp_err_t) { rawValue = code.rawValue }

        /// The field's name for it, such as `UNKNOWN_MEMBER_ID`.
        package var name: String { String(cString: rd_kafka_err2name(rd_kafka_resp_err_t(rawValue))) }
    }
}

extension KafkaError: CustomStringConvertible {
    package var description: String { "\(code.name): \(reason)" }
}

extension KafkaError {
    init(code: rd_kafka_resp_err_t) {
        self.init(code: Code(code), reason: String(cString: rd_kafka_err2str(code)))
    }

    /// Takes over `error`, and frees it.
    init(consuming error: OpaquePointer) {
        self.init(
            code: Code(rd_kafka_error_code(error)), reason: String(cString: rd_kafka_error_string(error)),
            isFatal: rd_kafka_error_is_fatal(error) != 0, isRetriable: rd_kafka_error_is_retriable(error) != 0,
            requiresAbort: rd_kafka_error_txn_requires_abort(error) != 0)
        rd_kafka_error_destroy(error)
    }
}

// The two gates through which every result of librdkafka passes.

func check(_ code: rd_kafka_resp_err_t) throws(KafkaError) {
    if code != RD_KAFKA_RESP_ERR_NO_ERROR { throw KafkaError(code: code) }
}

func check(consuming error: OpaquePointer?) throws(KafkaError) {
    if let error { throw KafkaError(consuming: error) }
}
