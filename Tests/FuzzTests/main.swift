// libFuzzer's program, which `Tests/fuzz.sh` builds and starts: fuzz TARGET [options and folders of libFuzzer]
import EventLoop
import Glibc

@_silgen_name("LLVMFuzzerRunDriver")
private func runFuzzer(
    _ count: UnsafeMutablePointer<CInt>,
    _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
    _ callback: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
) -> CInt

@EventLoopActor
private enum Fuzzer {
    static var target: any FuzzTarget = FuzzTargetName.job.make()

    static func run(_ name: FuzzTargetName) -> CInt {
        target = name.make()
        // libFuzzer's options begin where the target's name stood.
        var count = CommandLine.argc - 1
        var arguments = CommandLine.unsafeArgv + 1
        return runFuzzer(&count, &arguments) { bytes, count in
            // libFuzzer calls back on the thread that it was started on.
            EventLoopActor.assumeOnLoop { Fuzzer.run(Array(UnsafeBufferPointer(start: bytes, count: count))) }
            return 0
        }
    }

    private static func run(_ input: [UInt8]) {
        // A trap is what libFuzzer takes for a finding, and keeps the input of.
        do { _ = try target.run(input) } catch { fatalError("\(error)") }
    }
}

guard let name = CommandLine.arguments.dropFirst().first.flatMap(FuzzTargetName.init) else {
    print("usage: fuzz \(FuzzTargetName.allCases.map(\.rawValue).joined(separator: "|")) [libFuzzer's arguments]")
    exit(64)
}
EventLoopActor.post { exit(Fuzzer.run(name)) }
while true { pause() }
