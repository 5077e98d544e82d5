internal import EventLoop
internal import Kafka

// A partition that stops for a reason of its own, while all others go on.
extension QueryWorker {
    func pause(_ assignment: PartitionAssignment, for reason: PartitionAssignment.PauseReason) {
        guard assignment.pauseReasons.insert(reason).inserted, assignment.pauseReasons.count == 1 else { return }
        do {
            try consumer?.pause(topicPartition(assignment.partition))
        } catch {
            logger.warning("partition not paused", ["partition": .integer(assignment.partition), "error": "\(error)"])
        }
    }

    func resume(_ assignment: PartitionAssignment, from reason: PartitionAssignment.PauseReason) {
        guard assignment.pauseReasons.remove(reason) != nil, assignment.pauseReasons.isEmpty,
            partitions[assignment.partition] === assignment
        else { return }
        assignment.deliveredAt = clock.now
        do {
            try consumer?.resume(topicPartition(assignment.partition))
        } catch {
            logger.error("partition not resumed", ["partition": .integer(assignment.partition), "error": "\(error)"])
        }
    }

    /// The flood brake: a publisher that has gone wrong fills `deadletter.topic` at a record a second, not at full speed.
    /// Each good record lets go of it.
    func countDeadLetter(_ isDead: Bool, in assignment: PartitionAssignment) {
        let limit = configuration.maxConsecutiveDeadLetters
        guard isDead else {
            if assignment.deadLettersInARow >= limit {
                logger.info(
                    "partition brings jobs again",
                    [
                        "partition": .integer(assignment.partition),
                        "dead_letters": .integer(assignment.deadLettersInARow),
                    ])
            }
            assignment.deadLettersInARow = 0
            return
        }
        assignment.deadLettersInARow += 1
        guard assignment.deadLettersInARow >= limit else { return }
        if assignment.deadLettersInARow == limit {
            logger.error(
                "partition slowed to one record a second until a good one comes: too many dead letters in a row",
                ["partition": .integer(assignment.partition), "dead_letters": .integer(limit)])
        }
        pause(assignment, for: .deadLetters)
        _ = clock.schedule(after: .seconds(1)) { [weak self] in self?.resume(assignment, from: .deadLetters) }
    }
}
