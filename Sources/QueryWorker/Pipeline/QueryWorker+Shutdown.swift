internal import EventLoop
internal import Kafka
internal import WeChat

// The two ways to an end: drained, when asked to stop, and at once, when it can't go on.
extension QueryWorker {
    /// Stops fetching, lets jobs finish for `shutdown.drain`, publishes, leaves the group. `run` then returns.
    package func shutDown() {
        guard phase == .starting || phase == .running else { return }
        logger.info(
            "draining",
            ["jobs": .integer(jobsHeld), "limit_ms": .integer(configuration.shutdownDrain.wholeMilliseconds)])
        if phase == .starting { abandonPublishing() }
        phase = .draining
        report()
        cancelStart()
        hurryPublishing()
        EventLoopActor.startTask { [self] in
            await drain()
            // librdkafka before 2.4.0 can hang when an assignment arrives meanwhile. All is committed by now.
            let closeLimit = clock.schedule(after: .seconds(10)) { [self] in
                if consumer != nil {
                    logger.warning("the group could not be left in order; it waits for the session's end")
                }
                EventLoopActor.startTask { [self] in
                    await conditions.wait { [self] in areCredentialsKept == true }
                    finish(.drained)
                }
            }
            await close()
            clock.cancel(closeLimit)
            logger.info("drained", ["answered": .integer(answeredCount)])
            finish(.drained)
        }
    }

    private func drain() async {
        let callLimit = clock.schedule(after: configuration.shutdownDrain) { [self] in
            for assignment in partitions.values { assignment.interruptJobs(.everything) }
            keepCredentials()
        }
        let publishLimit = clock.schedule(after: configuration.shutdownDrain + Self.publishLimit) { [self] in
            logger.warning("replies given up: they could not be published in time", ["count": .integer(jobsHeld)])
            abandonPublishing()
            lose(Array(partitions.values))
        }
        await conditions.wait { [self] in jobsHeld == 0 && !isPublishing }
        clock.cancel(callLimit)
        clock.cancel(publishLimit)
        if !unfinishedJobIDs.isEmpty {
            logger.warning(
                "jobs left to the next owner",
                ["count": .integer(unfinishedJobIDs.count), "job_ids": "\(unfinishedJobIDs.joined(separator: " "))"])
        }
    }

    /// Names the jobs that are held now: for an end that doesn't wait for them.
    package func logUnfinished() {
        let running = partitions.values.flatMap(\.running.values).map(\.context.jobID)
        // A job whose batch failed is in both lists for a while.
        let ids = running + Set(inTransaction.map(\.jobID)).union(answered.map(\.jobID))
        logger.warning(
            "stopped at once; jobs left to the next owner",
            ["count": .integer(ids.count), "job_ids": "\(ids.sorted().joined(separator: " "))"])
    }

    /// Leaves the group and frees the clients.
    func close() async {
        keepCredentials()
        let remains = await consumer?.close()
        consumer = nil
        // Both may be in a call on the consumer, which the publisher destroys.
        await probe.close()
        await publisher.close(remains)
        await conditions.wait { [self] in areCredentialsKept == true }
        client.close()
        jobTasks.close()
    }

    /// Has what WeChat hands out now kept, and leaves to others what only one may do. No job wants a token any more.
    private func keepCredentials() {
        guard areCredentialsKept == nil else { return }
        areCredentialsKept = false
        EventLoopActor.startTask { [self] in
            await client.settle()
            areCredentialsKept = true
            conditions.recheck()
        }
    }

    /// Ends the worker for a reason that waiting won't mend. The group is left in order, if that is quick; replies that
    /// are not committed are not, and their jobs are done again by whoever comes next.
    func end(_ exit: WorkerExit) {
        guard phase != .stopped else { return }
        let wasDraining = phase == .draining
        if jobsHeld > 0 { logUnfinished() }
        phase = .stopped
        report()
        cancelStart()
        abandonPublishing()
        lose(Array(partitions.values))
        guard !wasDraining else { return finish(exit) }
        _ = clock.schedule(after: .seconds(5)) { [self] in finish(exit) }
        EventLoopActor.startTask { [self] in
            await close()
            finish(exit)
        }
    }
}
