/// What text a kind of setting accepts, in words and in code.
struct ValueSyntax<Value: Sendable>: Sendable {
    /// Completes "should be …": the range and an example, so that an error tells the remedy.
    let wanted: String
    /// nil for text that is no such value.
    let parse: @Sendable (String) -> Value?
    /// The text for a value: `parse(format(value))` is the value again.
    let format: @Sendable (Value) -> String
}

extension ValueSyntax {
    /// The same as `syntax`, but empty text means that there is no value.
    static func optional<Wrapped>(_ syntax: ValueSyntax<Wrapped>) -> Self where Value == Wrapped? {
        Self(
            wanted: syntax.wanted,
            parse: { text in text.isEmpty ? .some(nil) : syntax.parse(text).map(Optional.some) },
            format: { value in value.map(syntax.format) ?? "" })
    }
}

extension ValueSyntax where Value: CaseIterable {
    /// One of a few words.
    ///
    /// - Parameter name: the word for a case.
    static func choice(_ name: @escaping @Sendable (Value) -> String) -> Self {
        let names = Value.allCases.map(name)
        return Self(
            wanted: names.count == 1
                ? "\(names[0]), the only one supported" : "one of " + names.joined(separator: ", "),
            parse: { text in Value.allCases.first { name($0) == text } },
            format: name)
    }
}
