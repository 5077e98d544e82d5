internal import Foundation
internal import Glibc

/// What a rate was measured on.
struct Machine {
    let processor: String
    let cores: Int

    static let current: Machine = {
        let text = FileManager.default.contents(atPath: "/proc/cpuinfo").map { String(decoding: $0, as: UTF8.self) }
        return Machine(processor: processor(cpuinfo: text ?? ""), cores: ProcessInfo.processInfo.activeProcessorCount)
    }()

    var text: String { "\(processor), \(cores) \(cores == 1 ? "core" : "cores")" }

    /// Not every architecture names a model.
    private static func processor(cpuinfo: String) -> String {
        let line = cpuinfo.split(separator: "\n").first { $0.hasPrefix("model name") }
        let name = line?.split(separator: ":", maxSplits: 1).last?.trimmingCharacters(in: .whitespaces) ?? ""
        guard name.isEmpty else { return name }
        var system = utsname()
        guard uname(&system) == 0 else { return "unknown processor" }
        return withUnsafeBytes(of: &system.machine) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }
}
