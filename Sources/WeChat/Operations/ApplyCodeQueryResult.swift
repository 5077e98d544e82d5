/// The state of one application for codes, as WeChat gave it. Everything but the status may be missing.
package struct ApplyCodeQueryResult: Sendable, Hashable {
    /// WeChat publishes no list of values; `FINISH` is the only one attested.
    package var status: String
    package var applicationID: UInt64?
    package var isvApplicationID: String?
    package var codeGenerateList: [CodeRange]?
    /// WeChat does not document the unit; Unix seconds by all appearances.
    package var createTime: Int64?
    package var updateTime: Int64?

    package init(
        status: String, applicationID: UInt64? = nil, isvApplicationID: String? = nil,
        codeGenerateList: [CodeRange]? = nil, createTime: Int64? = nil, updateTime: Int64? = nil
    ) {
        self.status = status
        self.applicationID = applicationID
        self.isvApplicationID = isvApplicationID
        self.codeGenerateList = codeGenerateList
        self.createTime = createTime
        self.updateTime = updateTime
    }

    /// The codes exist. Any other status means not yet.
    package var isFinished: Bool { status == "FINISH" }

    /// A run of codes; both ends belong to it.
    package struct CodeRange: Sendable, Hashable {
        package var start: UInt64
        package var end: UInt64

        package init(start: UInt64, end: UInt64) {
            self.start = start
            self.end = end
        }
    }
}
