import Foundation
import TestSupport
import Testing

/// The files of schemas/, read by Foundation, which shares no code with the worker's JSON.
enum ContractFiles {
    private static let folder = PackageFolder.path + "/schemas"

    /// Names and bytes of the examples whose name begins so.
    static func examples(_ prefix: String) throws -> [(name: String, bytes: [UInt8])] {
        let names = try FileManager.default.contentsOfDirectory(atPath: folder + "/examples")
        return try names.filter { $0.hasPrefix(prefix) && $0.hasSuffix(".json") }.sorted()
            .map { ($0, try bytes("examples/" + $0)) }
    }

    static func object(_ name: String) throws -> [String: Any] { try object(of: bytes(name)) }

    static func object(of bytes: [UInt8]) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any])
    }

    /// The names that a schema has under `properties`.
    static func properties(of schema: Any?) -> Set<String> {
        Set(((schema as? [String: Any])?["properties"] as? [String: Any] ?? [:]).keys)
    }

    /// Whether the independent validator takes each of these texts for a request.
    static func verdicts(on jobs: [String]) async throws -> [Bool] {
        let file = FileManager.default.temporaryDirectory.appending(path: "jobs-\(UUID().uuidString).jsonl")
        try Data(jobs.joined(separator: "\n").utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        return try await output(of: ["validate.py", "verdicts", file.path]).map { $0 == "valid" }
    }

    /// What asyncapi.yaml calls the headers of `job`, `reply` and `deadLetter`.
    static func headerNames() async throws -> [String: Set<String>] {
        let line = try #require(try await output(of: ["contract.py", "headers"]).first)
        return try JSONDecoder().decode([String: Set<String>].self, from: Data(line.utf8))
    }

    /// What a program of Tests/ prints.
    private static func output(of arguments: [String]) async throws -> [String] {
        let tests = PackageFolder.path + "/Tests/"
        return try await withChildProcess(
            .path(tests + "python.sh"), arguments: [tests + arguments[0]] + arguments.dropFirst()
        ) { process in
            // The first run ever installs the packages.
            let status = try await process.waitForExit(timeout: .seconds(300))
            #expect(status == 0, "\(process.lines.map(\.text))")
            return process.lines(of: .standardOutput)
        }
    }

    private static func bytes(_ name: String) throws -> [UInt8] {
        try Array(Data(contentsOf: URL(filePath: folder + "/" + name)))
    }
}
