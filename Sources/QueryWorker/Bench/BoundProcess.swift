internal import CLinux
internal import Glibc

/// This program once more, in a process that the kernel ends with the thread that started it.
package enum BoundProcess {
    /// - Parameters:
    ///   - arguments: without the program's name.
    ///   - environment: `NAME=VALUE`.
    ///   - input: a descriptor for its standard input.
    ///   - output: one for standard output and standard error.
    /// - Returns: its process id, or -1 and `errno`.
    package static func start(
        arguments: [String], environment: [String], input: Int32, output: Int32
    ) -> Int32 {
        withCStrings(["query-worker"] + arguments) { arguments in
            withCStrings(environment) { environment in
                // Also where the file has been replaced since.
                linux_spawn_bound("/proc/self/exe", arguments, environment, input, output, output)
            }
        }
    }

    /// Lends `strings` as C's null-terminated array of strings.
    private static func withCStrings<Result>(
        _ strings: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> Result
    ) -> Result {
        let pointers = strings.map { strdup($0) }
        defer { for pointer in pointers { free(pointer) } }
        return body(pointers + [nil])
    }
}
