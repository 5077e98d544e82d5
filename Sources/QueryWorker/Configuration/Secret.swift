/// A value that is never shown: printing, interpolating or dumping a secret gives `***`.
package struct Secret: Sendable {
    private enum Source: Sendable {
        case inline(String)
        case file(path: String, read: FileReader)
    }

    private let source: Source

    package init(_ value: String) { source = .inline(value) }

    /// - Parameter path: a file that is read each time the secret is, so that a corrected one takes effect.
    package init(file path: String, readFile: @escaping FileReader = LocalFile.read) {
        source = .file(path: path, read: readFile)
    }

    /// Whether `read` reads a file, and so may block.
    package var isFile: Bool {
        if case .file = source { true } else { false }
    }

    /// The secret, without the line feed that editors and `echo` put at the end of a file.
    ///
    /// - Throws: if its file cannot be read or holds no text.
    package func read() throws(FileError) -> String {
        switch source {
        case .inline(let value): return Self.withoutFinalLineFeed(value)
        case .file(let path, let read):
            guard let text = String(validating: try read(path), as: UTF8.self) else {
                throw FileError(path: path, reason: "it is not UTF-8 text")
            }
            let value = Self.withoutFinalLineFeed(text)
            guard !value.isEmpty else { throw FileError(path: path, reason: "it is empty") }
            return value
        }
    }

    private static func withoutFinalLineFeed(_ text: String) -> String {
        guard let last = text.last, last == "\n" || last == "\r\n" else { return text }
        return String(text.dropLast())
    }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// What stands for a secret wherever one would be shown.
    package static let mask = "***"

    package var description: String { Self.mask }
    package var debugDescription: String { Self.mask }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
