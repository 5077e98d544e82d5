package import EventLoop
package import WeChat

/// One question that a record asks.
package struct QueryJob: Hashable, Sendable {
    package let identity: JobIdentity
    /// The appid on whose behalf WeChat is asked; one of those configured.
    package let account: String
    package let query: ApplyCodeQuery
    /// After it nobody wants the reply.
    package let deadline: WallTime?
}

/// What a reply repeats of its job, as far as it could be read.
package struct JobIdentity: Hashable, Sendable {
    package var jobID: String?
    package var operation: String?
    package var account: String?
    package var request: RequestedIDs?

    package init(
        jobID: String? = nil, operation: String? = nil, account: String? = nil, request: RequestedIDs? = nil
    ) {
        self.jobID = jobID
        self.operation = operation
        self.account = account
        self.request = request
    }
}

/// The ids exactly as the job gave them: a string stays a string, since JavaScript readers keep only that one whole.
package struct RequestedIDs: Hashable, Sendable {
    package var applicationID: ApplicationID?
    package var isvApplicationID: String?

    package enum ApplicationID: Hashable, Sendable {
        case number(UInt64)
        case text(String)
    }

    package init(applicationID: ApplicationID? = nil, isvApplicationID: String? = nil) {
        self.applicationID = applicationID
        self.isvApplicationID = isvApplicationID
    }
}

/// Where a job lies in Kafka; names it for ever, and orders it among its neighbours.
package struct JobSource: Hashable, Sendable {
    package let topic: String
    package let partition: Int32
    package let offset: Int64

    package init(topic: String, partition: Int32, offset: Int64) {
        self.topic = topic
        self.partition = partition
        self.offset = offset
    }
}

extension JobSource: CustomStringConvertible {
    package var description: String { String(decoding: eventID, as: UTF8.self) }

    /// `topic/partition/offset`: the id of the event in CloudEvents' sense.
    package var eventID: [UInt8] {
        var id: [UInt8] = []
        id.reserveCapacity(topic.utf8.count + 32)
        id.append(contentsOf: topic.utf8)
        id.append(UInt8(ascii: "/"))
        id.append(contentsOf: String(partition).utf8)
        id.append(UInt8(ascii: "/"))
        id.append(contentsOf: String(offset).utf8)
        return id
    }
}
