internal import Glibc

if CommandLine.arguments.dropFirst().first == "simulate" {
    exit(SimulateCommand.run(arguments: Array(CommandLine.arguments.dropFirst(2))))
}
