internal import EventLoop
internal import JSON
internal import QueryWorker
internal import WeChat

/// What a store holds, without its secrets: a table, or JSON.
@EventLoopActor
struct CredentialsList {
    private struct Row {
        let name: CredentialName
        let record: CredentialRecord
        /// nil if it can be read.
        let problem: String?
    }

    private var rows: [Row] = []

    init(of store: any CredentialStore) async {
        for name in store.names.sorted(by: { $0.key < $1.key }) {
            do throws(CredentialStoreError) {
                rows.append(Row(name: name, record: try await store.read(name), problem: nil))
            } catch {
                rows.append(Row(name: name, record: CredentialRecord(), problem: error.description))
            }
        }
    }

    /// - Returns: the exit code.
    func print(asJSON isJSON: Bool) -> Int32 {
        Console.printLine(isJSON ? json : table)
        let problems = rows.compactMap(\.problem)
        for problem in problems { Console.printError("query-worker credentials: \(problem)") }
        return problems.isEmpty ? 0 : ExitCode.fatal
    }

    var table: String {
        let heading = ["KIND", "APPID", "COMPONENT", "HOLDS", "TICKET CAME", "TOKEN EXPIRES"]
        let lines =
            [heading]
            + rows.map { row in
                [
                    row.name.kind, row.name.appID, row.record.component ?? "-",
                    row.problem == nil ? row.record.held.joined(separator: ", ") : "damaged",
                    row.record.ticketReceivedAt?.rfc3339 ?? "-", row.record.token?.expiresAt.rfc3339 ?? "-",
                ].map { $0.isEmpty ? "-" : $0 }
            }
        let widths = heading.indices.map { column in lines.map { $0[column].count }.max() ?? 0 }
        return lines.map { line in
            let cells = zip(line, widths).map { cell, width in
                cell + String(repeating: " ", count: width - cell.count)
            }
            let text = cells.joined(separator: "  ")
            return String(text.prefix(text.count - text.reversed().prefix { $0 == " " }.count))
        }.joined(separator: "\n")
    }

    var json: String {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("records")
        writer.beginArray()
        for row in rows {
            writer.beginObject()
            writer.member("kind", row.name.kind)
            writer.member("appid", row.name.appID)
            writer.member("component", row.record.component)
            writer.key("holds")
            writer.beginArray()
            for word in row.record.held { writer.string(word) }
            writer.endArray()
            writer.member("ticket_received_at", row.record.ticketReceivedAt?.rfc3339)
            writer.member("token_expires_at", row.record.token?.expiresAt.rfc3339)
            writer.member("problem", row.problem)
            writer.endObject()
        }
        writer.endArray()
        writer.endObject()
        return String(decoding: writer.bytes, as: UTF8.self)
    }
}

extension CredentialRecord {
    fileprivate var held: [String] {
        var held: [String] = []
        if isUnauthorized { held.append("unauthorized") }
        if refreshToken != nil { held.append("refresh token") }
        if authorizationCode != nil { held.append("authorization code") }
        if token != nil { held.append("access token") }
        if ticket != nil { held.append("ticket") }
        return held
    }
}

extension JSONWriter {
    /// Nothing for nil.
    fileprivate mutating func member(_ name: StaticString, _ value: String?) {
        guard let value else { return }
        key(name)
        string(value)
    }
}
