internal import Foundation
internal import TestSupport
internal import Testing

/// The programs that README.md shows, for tests that run their very text.
enum ReadmePrograms {
    /// The only one in that language.
    static func program(in language: String) throws -> String {
        let text = try String(contentsOfFile: PackageFolder.path + "/README.md", encoding: .utf8)
        let blocks = text.components(separatedBy: "\n```\(language)\n").dropFirst()
        try #require(blocks.count == 1, "README.md has \(blocks.count) programs in \(language)")
        return try #require(blocks.first?.components(separatedBy: "```").first)
    }
}
