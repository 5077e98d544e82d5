/// How a log line is written: one JSON object, or text for people.
package enum LogFormat: String, CaseIterable, Sendable {
    case json
    case text
}
