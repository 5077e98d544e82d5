/// What is wrong with a stored record, or with an event: the field, the shape of what it holds, the remedy. Never the
/// value, which may be a secret even in a field that should hold none.
package struct UnreadableCredentials: Error, Equatable, CustomStringConvertible {
    package let description: String
    /// The id of the key that it is sealed with, where that is all that is missing.
    package let missingKey: String?

    package init(_ description: String, missingKey: String? = nil) {
        self.description = description
        self.missingKey = missingKey
    }
}
