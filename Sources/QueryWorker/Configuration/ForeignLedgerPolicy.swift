/// What to do where the committed offset's metadata is not this worker's or is damaged.
package enum ForeignLedgerPolicy: String, CaseIterable, Sendable {
    /// Stop: going on without knowing what is done would answer jobs twice.
    case refuse
    /// Take the offset and forget the metadata.
    case ignore
}
