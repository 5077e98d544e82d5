/// What a replay is asked to do.
package struct ReplayOptions: Sendable {
    package var filter = ReplayFilter()
    /// Of records to replay; nil for all.
    package var limit: Int?
    package var isDryRun = false
    /// Nothing was replayed before of partitions of which nothing is remembered, or may come twice.
    package var isFirst = false

    package init() {}
}
