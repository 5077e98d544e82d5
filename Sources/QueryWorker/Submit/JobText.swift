internal import JSON

/// A job as it was written by whoever submits it, ready to be published: byte for byte, but for a name if it has none.
package struct JobText: Hashable, Sendable {
    /// The record's value.
    package let value: [UInt8]
    /// For people. The one made for it where it has none that could be read.
    package let jobID: String
    /// The ids it asks for: the record's key, unless another is wanted. nil where neither can be read.
    package let key: [UInt8]?

    /// Why a line is not published. Says nothing of the text but what kind of value it is.
    package struct NoJob: Error, Hashable, CustomStringConvertible {
        package let description: String
    }
}

/// Makes jobs of texts, one after the other.
package final class JobTextReader {
    private let document = JSONDocument()

    package init() {}

    /// Only that the text is a JSON object is checked: what a good job is, is for the worker to say.
    /// - Parameter spareID: the job's name if it has no `job_id`.
    package func read(_ text: [UInt8], spareID: String) throws(JobText.NoJob) -> JobText {
        let root = try parse(text)
        guard root.kind == .object else {
            throw JobText.NoJob(description: "\(root.kind), where a job is a JSON object")
        }
        let name = root["job_id"]
        let ids = root["application_id"].flatMap { $0.uint64.map(String.init) ?? $0.string }
        let key = (ids ?? root["isv_application_id"]?.string).map { Array($0.utf8) }
        guard name == nil else {
            return JobText(value: text, jobID: name?.string ?? spareID, key: key)
        }
        var members = root.members
        let isEmpty = members?.next() == nil
        return JobText(value: Self.naming(text, spareID, isEmpty: isEmpty), jobID: spareID, key: key)
    }

    private func parse(_ text: [UInt8]) throws(JobText.NoJob) -> JSONValue {
        do throws(JSONError) {
            do throws(JSONError) {
                return try document.parse(text)
            } catch {
                // As the worker reads jobs: a number that does not fit 64 bits spoils only its own field.
                guard error == .invalidNumber else { throw error }
                return try document.parse(text.withUnsafeBytes(JSONNumbers.replacingThoseOutOfRange))
            }
        } catch {
            throw JobText.NoJob(description: "\(error)")
        }
    }

    /// - Parameter id: needs no escaping.
    private static func naming(_ object: [UInt8], _ id: String, isEmpty: Bool) -> [UInt8] {
        guard let brace = object.firstIndex(of: UInt8(ascii: "{")) else { return object }
        var named = Array(object[...brace])
        named += Array("\"job_id\":\"\(id)\"".utf8)
        if !isEmpty { named.append(UInt8(ascii: ",")) }
        return named + object[(brace + 1)...]
    }
}
