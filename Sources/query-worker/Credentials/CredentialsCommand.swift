internal import EventLoop
internal import Glibc
internal import QueryWorker
internal import WeChat

/// `query-worker credentials`: what a third-party platform was given, put in and looked at by hand.
enum CredentialsCommand {
    static let help = """
        Usage: query-worker credentials put ticket --component APPID [--file PATH] [CONFIGURATION]
               query-worker credentials put authorized --component APPID --account APPID
                 (--refresh-token-file PATH | --authorization-code-file PATH) [CONFIGURATION]
               query-worker credentials put unauthorized --component APPID --account APPID [CONFIGURATION]
               query-worker credentials list [--json] [CONFIGURATION]
               query-worker credentials remove (account | component) APPID [CONFIGURATION]
               query-worker credentials seal [what put takes] [CONFIGURATION]
               query-worker credentials key [ID]

        Changes the store of credentials that query-worker run uses, also while it runs: it notices within a second. The
        store must be one that outlives a process: credentials.store=file and credentials.directory=PATH.

          put ticket         a component_verify_ticket, which WeChat pushes to the platform (component) every 10 minutes
          put authorized     a merchant (account) has authorised the platform: its refresh token, or the authorization
                             code that came with the event, which the worker exchanges
          put unauthorized   the merchant took that back; the account's tokens are forgotten
          list               what is held of whom; never a secret
          remove             forgets an account, or a platform, and a record that is damaged
          seal               prints a record for the topic of credentials.store=kafka, its secret sealed with the first key
                             of credentials.key.file: the record's key, a tab, its value. Takes what put takes; or
                             nothing, and then events as JSON from standard input, one a line
          key                prints a new line for credentials.key.file; ID tells it from others, by default today's date

        A secret is read from a file, or from standard input where PATH is - ; put ticket reads standard input if there is
        no --file. An argument would be seen by all who can list processes. A line feed at the end does not count.

        CONFIGURATION is as for run, of which only the credentials.* keys are needed:
          --config FILE     reads KEY=VALUE lines; # begins a comment line
          --set KEY=VALUE   sets one key

          --json            prints one JSON object: records, each with what it holds
          --help            prints this

        Instead of calling put for every event, the platform's event receiver can drop files into credentials.inbox (by
        default <credentials.directory>/inbox): written elsewhere on the same file system, then renamed to NAME.json
        there. Each holds one event:
          {"type":"ticket","component":"APPID","ticket":"..."}
          {"type":"authorized","component":"APPID","account":"APPID","authorization_code":"..."}
          {"type":"authorized","component":"APPID","account":"APPID","refresh_token":"..."}
          {"type":"unauthorized","component":"APPID","account":"APPID"}
        The running worker takes each in and removes it; what is no event it moves to rejected, with the reason beside it.

        Exit codes: 0 done, 64 wrong arguments, 70 could not be done (the last line says why), 78 the configuration must
        be changed.

        Examples:
          query-worker credentials put ticket --component wxplatform00000001 --config worker.conf < ticket
          query-worker credentials put authorized --component wxplatform00000001 --account wx1234567890abcdef \\
            --refresh-token-file /run/secrets/refresh-token --config worker.conf
          query-worker credentials list --config worker.conf
          query-worker credentials key > credentials.key
          query-worker credentials seal ticket --component wxplatform00000001 --config worker.conf < ticket |
            kcat -P -b kafka:9092 -t query-worker-credentials -K '\t'
        """

    static func run(arguments: [String], environment: [String: String]) -> Int32 {
        do {
            var others = arguments
            let sources = try ConfigurationArguments.extract(from: &others)
            let request = try CredentialsRequest(arguments: others)
            if case .key(let id) = request { return CredentialsSealing.printKey(id: id) }
            let configuration = try Configuration.loadCredentials(arguments: sources, environment: environment)
            if case .seal(let put) = request { return try CredentialsSealing.printSealed(put, configuration) }
            guard configuration.store != .kafka else { return fail(storeIsKafka, ExitCode.configuration) }
            guard configuration.store == .file, let directory = configuration.directory else {
                return fail(storeIsMemory, ExitCode.configuration)
            }
            // Whatever is under way, a record is the old or the new one.
            EventLoopActor.post { EndBySignal.atOnce() }
            return try run(request, directory: directory)
        } catch let error as ConfigurationError {
            return fail("\(error)", ExitCode.configuration)
        } catch let error as UsageError {
            return fail("\(error)", ExitCode.usage)
        } catch {
            return fail("\(error)", ExitCode.fatal)
        }
    }

    private static let storeIsMemory =
        "credentials.store is memory: each worker keeps its own until it ends, so there is nothing to put into or to look "
        + "at. Set credentials.store=file and credentials.directory=PATH, here and for run"

    private static let storeIsKafka =
        "credentials.store is kafka: what put would keep, `query-worker credentials seal` prints, to be published to "
        + "credentials.topic; what is held there any reader of the topic shows"

    static func fail(_ text: String, _ code: Int32) -> Int32 {
        Console.printError("query-worker credentials: \(text)")
        return code
    }

    private static func run(_ request: CredentialsRequest, directory: String) throws -> Int32 {
        switch request {
        case .put(let put):
            let event = try put.event()
            return onStore(of: directory) { store in await Self.put(event, store) }
        case .list, .remove:
            // A look must not leave a directory behind that then belongs to whoever has looked.
            guard access(directory, F_OK) == 0 || errno != ENOENT else {
                return fail("there is no directory \(directory) yet; put makes it, and so does run", ExitCode.fatal)
            }
            return onStore(of: directory) { store in
                switch request {
                case .remove(let name): await remove(name, store)
                case .list(let isJSON): await CredentialsList(of: store).print(asJSON: isJSON)
                case .put, .seal, .key: ExitCode.fatal
                }
            }
        case .seal, .key:
            return ExitCode.fatal
        }
    }

    /// Without the inbox: taking in is the worker's.
    private static func onStore(
        of directory: String, _ body: @escaping @Sendable @EventLoopActor (FileCredentialStore) async -> Int32
    ) -> Int32 {
        let exit = Handover<Int32>()
        EventLoopActor.startTask {
            // A damaged record is told of where it matters: by list, and by what can't be done for it.
            let store = FileCredentialStore(directory: directory, inbox: nil) { _ in }
            do {
                try await store.open()
                exit.give(await body(store))
            } catch {
                exit.give(fail("\(error)", ExitCode.fatal))
            }
            store.close()
        }
        return exit.take()
    }

    @EventLoopActor private static func put(_ event: CredentialEvent, _ store: FileCredentialStore) async -> Int32 {
        var hasCounted = false
        do throws(CredentialUpdateError) {
            _ = try await store.update(event.name, limit: .seconds(10)) { record in
                var record = record
                hasCounted = record.apply(event, at: .current)
                return hasCounted ? record : nil
            }
        } catch {
            switch error {
            case .store(let error): return fail("\(error)", ExitCode.fatal)
            case .change(let error): return fail("\(error)", ExitCode.fatal)
            }
        }
        guard hasCounted else {
            return fail(
                "nothing was changed: what is held of \(event.name) is newer, or of another platform", ExitCode.fatal)
        }
        Console.printLine("kept: \(event)")
        return 0
    }

    @EventLoopActor private static func remove(_ name: CredentialName, _ store: FileCredentialStore) async -> Int32 {
        guard store.names.contains(name) else { return fail("nothing is held of \(name)", ExitCode.fatal) }
        do {
            try await store.remove(name)
            Console.printLine("removed: \(name)")
            return 0
        } catch { return fail("\(error)", ExitCode.fatal) }
    }
}
