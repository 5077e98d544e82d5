internal import Foundation
internal import TestSupport
internal import Testing

/// The programs that README.md shows, for tests that run their very text.
enum ReadmePrograms {
    /// The first one in that language after a heading.
    static func program(in language: String, under heading: String) throws -> String {
        let text = try String(contentsOfFile: PackageFolder.path + "/README.md", encoding: .utf8)
        let parts = text.components(separatedBy: "\n\(heading)\n")
        try #require(parts.count == 2, "README.md has \(parts.count - 1) headings \(heading)")
        let block = parts[1].components(separatedBy: "\n```\(language)\n").dropFirst().first
        return try #require(block?.components(separatedBy: "```").first, "there is no program in \(language)")
    }
}
