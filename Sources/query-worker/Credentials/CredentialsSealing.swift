internal import EventLoop
internal import QueryWorker
internal import WeChat

/// `credentials key` and `credentials seal`, which need no store: only what is printed.
enum CredentialsSealing {
    static func printKey(id: String?) -> Int32 {
        let id = id ?? String(WallTime.current.rfc3339.prefix("2026-11-25".count))
        guard let line = CredentialKeys.newLine(id: id) else {
            return CredentialsCommand.fail("libcrypto has no random bytes", ExitCode.fatal)
        }
        Console.printLine(line)
        return 0
    }

    /// One line a record, as console producers take them: key, tab, value.
    ///
    /// - Parameter put: nil for events on standard input, of which all are printed, or none.
    static func printSealed(_ put: CredentialsPut?, _ configuration: CredentialsConfiguration) throws -> Int32 {
        guard configuration.store == .kafka, let keyFile = configuration.keyFile else {
            return CredentialsCommand.fail(
                "credentials.store is \(configuration.store.rawValue), which takes nothing sealed. Set "
                    + "credentials.store=kafka and credentials.key.file=PATH, here and for run", ExitCode.configuration)
        }
        let keys = try CredentialKeyFile.keys(in: keyFile)
        let events = try put.map { [try $0.event()] } ?? readEvents()
        let lines = try events.map { event throws(CredentialStoreError) in
            let record = CredentialTopicRecord.event(event, receivedAt: .current)
            return "\(record.key)\t" + String(decoding: try record.encode(sealedWith: keys), as: UTF8.self)
        }
        for line in lines { Console.printLine(line) }
        return 0
    }

    private static func readEvents() throws -> [CredentialEvent] {
        let text = try LocalFile.readStandardInput("standard input")
        var events: [CredentialEvent] = []
        for (index, line) in text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated()
        where !line.allSatisfy({ $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\r") }) {
            do throws(UnreadableCredentials) { events.append(try CredentialEvent(json: Array(line))) } catch {
                throw FileError(path: "standard input", reason: "line \(index + 1): \(error)")
            }
        }
        guard !events.isEmpty else { throw FileError(path: "standard input", reason: "there is no event in it") }
        return events
    }
}
