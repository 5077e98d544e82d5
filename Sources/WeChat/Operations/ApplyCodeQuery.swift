internal import JSON

/// Asks for the state of one application for codes, by its number, by the merchant's own number for it, or by both.
package struct ApplyCodeQuery: Sendable, Hashable {
    package var applicationID: UInt64?
    package var isvApplicationID: String?

    package init(applicationID: UInt64? = nil, isvApplicationID: String? = nil) {
        self.applicationID = applicationID
        self.isvApplicationID = isvApplicationID
    }

    /// Only the keys given, and text as plain UTF-8: WeChat refuses escaped characters (47002).
    func encoded() -> [UInt8] {
        var writer = JSONWriter(capacity: 128)
        writer.beginObject()
        if let applicationID {
            writer.key("application_id")
            writer.integer(applicationID)
        }
        if let isvApplicationID {
            writer.key("isv_application_id")
            writer.string(isvApplicationID)
        }
        writer.endObject()
        return writer.bytes
    }
}
