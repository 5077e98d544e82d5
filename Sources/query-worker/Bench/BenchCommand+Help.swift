extension BenchCommand {
    static let help = """
        Usage: query-worker bench [FLAG]... [CONFIGURATION]

        Measures the worker on this machine: publishes jobs, starts query-worker run and query-worker simulate as processes
        of their own, waits until all jobs are answered, and prints jobs per second, CPU time per job, peak memory, how long
        the stages of a job took, and whether each job has exactly one reply. It needs no Kafka and no WeChat account.

          --jobs N              how many (40000; for a sweep, as many as keep a step busy for five seconds)
          --partitions N        of both topics (8)
          --latency LATENCY     how long a call of the simulated API takes (0ms): 20ms, uniform:FROM,TO,
                                lognormal:MEAN,SIGMA
          --in-flight N         calls at once, of each instance: sets api.concurrency to N, and jobs.in.flight.max to
                                N + 896, which leaves replies as much room to wait for their commit as the defaults do
                                (128 and 1024)
          --instances N         workers that share the jobs (1)
          --delivery KIND       exactly-once or at-least-once (exactly-once)
          --api URL             another stand-in for the API, in place of the simulator
          --repeat N            measures so many times, and prints median, least and most (1)
          --compare-delivery    measures both kinds of delivery in turns, and prints the price of exactly once
          --sweep WHAT          measures several settings, one a line, and draws them as an SVG:
                                  latency, concurrency (at 20 ms a call), partitions, or
                                  instances (at 20 ms a call, 12 partitions)
          --steps LIST          those of the sweep, as in 0ms,5ms,50ms or 1,2,4
          --svg FILE            where the sweep is drawn; overwritten (bench-WHAT.svg, in this folder)
          --json                one JSON object a line on standard output: each run, or the sweep; then what sums it up
          --help                prints this

        CONFIGURATION is as for run: what it says of Kafka and of tuning is handed on to the workers.
          --config FILE         reads KEY=VALUE lines; # begins a comment line
          --set KEY=VALUE       sets one key
        Left out of it are topics, group, instance id, accounts, credentials, the API and the admin port: a bench has its
        own, and asks WeChat nothing.

        Brokers: those of kafka.bootstrap.servers, where that is set. The bench makes topics there, bench-ID-jobs and
        bench-ID-replies, and deletes them at the end, also after Ctrl-C; only after kill -9 they are left. Permissions:
        Create, Delete, Describe, Read and Write on topics bench-*, Read on groups bench-*, Write on transactional ids
        bench-*.
        Otherwise brokers are embedded in the bench: librdkafka's mock cluster, which is good for measuring the worker, and
        proves no exactly-once. It keeps 5 MiB of a partition: some 50,000 jobs.

        What is measured:
          jobs/s        from the first job's beginning, by the earliest reply's completed_at and duration_ms, to the last
                        reply's time stamp on its topic. Starting, joining the group and publishing the jobs do not count.
          CPU per job   all that the workers' processes used, by the kernel's account, from their start until all replies
                        were committed, divided by the jobs. Few jobs make the start weigh more: it is told apart.
          queue wait    from a record's time stamp to the worker; jobs are all there before the first is taken, so it is as
                        long as the run
          call wait     from there to the first call: for a place among the calls
          call          of the API
          processing    from the worker's taking a record to its answer
          publish wait  from the answer to its commit
          of ideal      jobs/s in percent of calls in flight divided by latency, the most there can be
        The worker, the API and the brokers share this machine, unless you say otherwise. If the simulator or the embedded
        brokers are busy all the time, the rate may be theirs; the bench says so. Compare medians (--repeat 5), on a machine
        that does nothing else.

        Exit codes: 0 measured; 1 some job has no reply, or more than one; 64 wrong arguments; 70 could not go on (the last
        lines say why); 77 a password or permission is refused; 78 the configuration must be changed; 130 and 143 stopped by
        SIGINT and SIGTERM.

        Examples:
          query-worker bench
          query-worker bench --latency lognormal:72ms,0.5 --in-flight 256 --jobs 20000
          query-worker bench --set kafka.bootstrap.servers=kafka:9092 --compare-delivery --repeat 5
          query-worker bench --sweep latency --repeat 3 --svg latency.svg
          query-worker bench --json --repeat 5 | jq -s 'map(select(.kind == "run").jobs_per_s)'
        """
}
