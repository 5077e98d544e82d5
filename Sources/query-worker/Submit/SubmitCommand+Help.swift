extension SubmitCommand {
    static let help = """
        Usage: query-worker submit --application-id ID [OPTION]...
               query-worker submit --isv-application-id ID [OPTION]...
               query-worker submit --file FILE [OPTION]...
               query-worker submit - [OPTION]...

        Publishes one job, or one for each line of a file or of standard input (-), waits for the replies, and prints each
        on standard output as it comes, one line of JSON, exactly as it is on the topic. What else is to be told is on
        standard error: progress if that is a terminal, what to do about the first failure of each kind, and a sum.
        Workers must be running: query-worker run. No account and no secret is needed here.

        One job:
          --application-id ID       WeChat's number of the application, 1 to 18446744073709551615
          --isv-application-id ID   your own number of it; one of the two, or both
          --account APPID           on whose behalf to ask; else the worker's default account
          --deadline TIME           after which nobody wants the reply: 30s, 5m, or 2026-11-25T09:30:00+08:00
          --job-id ID               your name for the job; else one is made, unlike any other

        Many jobs:
          --file FILE               a JSON object a line, as README.md and schemas/query-request.v1.schema.json describe;
                                    passed on byte for byte, but one without a job_id gets one; blank lines are skipped
          -, --stdin                the same from standard input, as the lines come
          --max-waiting N           how many may wait for replies at once, and are kept in memory (1000)

        All:
          --key KEY                 the records' key; else the application_id, else the isv_application_id
          --timeout TIME            how long a job waits for its reply (15 s more than job.timeout, or than --deadline);
                                    and the brokers are waited for, though no longer than 10 s
          --no-wait                 ends when the brokers have the jobs; --timeout is how long that may take
          --config FILE             reads KEY=VALUE lines; # begins a comment line
          --set KEY=VALUE           sets one key
          --help                    prints this

        The configuration is that of run: kafka.*, jobs.topic and replies.topic count here, and kafka.group.id for telling
        whether workers are running. Permissions: Write and Describe on the job topic, Read and Describe on the reply topic,
        and, to tell why no reply comes, Describe on the group.

        Lines that are no JSON object: in a file, all are checked before the first is published; if one is bad, none is
        published. On standard input such a line is skipped and named, and the others are published.

        A reply belongs to a job by the header correlation-id, which is unique for each. No consumer group is used, so that
        any number of these can run beside each other and beside the readers of replies. A job whose time is up may still be
        done, and its reply is still published. If no reply comes at all for so long, no more jobs are published.
        SIGINT or SIGTERM: names the jobs that have no reply, and ends; those that the brokers have are done.

        Exit codes: 0 all succeeded; 1 a reply says failed; 2 a job has no reply in time, or was not published;
        64 wrong arguments; 65 a line is no job; 70 the brokers can't be reached; 77 a permission or a password;
        78 the configuration or a topic must be changed; 130, 143 ended by SIGINT or SIGTERM, 141 nobody reads the output.
        With several of 0, 1, 2 and 65: 2, then 65, then 1.

        Examples:
          query-worker submit --set kafka.bootstrap.servers=kafka:9092 --application-id 581865877
          query-worker submit --config worker.conf --application-id 581865877 --deadline 30s | jq .result.status
          query-worker submit --config worker.conf --file jobs.jsonl > replies.jsonl
          seq 581865877 581865976 | jq -c '{application_id: .}' | query-worker submit --config worker.conf -
        """
}
