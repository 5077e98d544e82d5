/// The folder of this package's sources, for tests that read or run files of it.
package enum PackageFolder {
    package static let path = String(
        #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3).joined(separator: "/"))
}
