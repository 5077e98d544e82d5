internal import Foundation

/// The folder where the build put the executables of this package: the one that holds the running test bundle.
package enum BuildProducts {
    /// Where `swift test` runs the bundle from. On Linux the bundle is the program itself, so the kernel knows best:
    /// `CommandLine.arguments` may be relative, and `Bundle.main` guesses.
    package static var folder: String {
        let program = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
        return (program as NSString).deletingLastPathComponent
    }

    /// Path of an executable product, such as `query-worker`.
    package static func executable(named name: String) throws(ChildProcessError) -> String {
        let path = folder + "/" + name
        guard FileManager.default.isExecutableFile(atPath: path) else { throw .notBuilt(path: path) }
        return path
    }

    /// Where the output of child processes is kept for a look after a failure. Made on first use.
    static var logFolder: String {
        let path = folder + "/test-logs"
        try? FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        return path
    }
}
