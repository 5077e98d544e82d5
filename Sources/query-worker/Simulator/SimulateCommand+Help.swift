extension SimulateCommand {
    static let help = """
        Usage: query-worker simulate [FLAG VALUE]...

        Runs a stand-in for WeChat on this machine, to try and to test the worker without an account:
        POST /intp/marketcode/applycodequery, POST /cgi-bin/stable_token, and GET /stats for what it was asked.
        Its first line says where it listens. SIGTERM or Ctrl-C ends it; then it prints its statistics as one line of JSON.

        Examples:
          query-worker simulate
              Listens on 127.0.0.1:18080. Let the worker ask it with --set api.base.url=http://127.0.0.1:18080
          query-worker simulate --latency lognormal:30ms,0.5 --busy-rate 0.02 --drop-rate 0.01
              A bad day: some calls are slow, some fail and are worth another attempt.
          query-worker simulate --account wx0123=s3cret --revoke-every 1000
              Accepts one account only, and spoils its token from time to time.
          query-worker simulate --latency 5ms --hang-id 1042=30s
              One slow job, which must hold up no other.

        What the answer is follows from the application id (application_id, or else isv_application_id):
          ends in 404    80300, application not exist
          ends in 403    80301, application of another account
          ends in 7      status INIT, not finished yet
          else           status FINISH, with one to three ranges of codes

        Flags:
          --listen HOST:PORT        where to listen; port 0 takes any free one (127.0.0.1:18080)
          --latency LATENCY         how long a call takes (5ms):
                                      DURATION               always the same
                                      uniform:FROM,TO        evenly spread
                                      lognormal:MEAN,SIGMA   most near the mean, a few far above
          --hang-id ID=DURATION     query calls about this application take that long; may be repeated
          --not-found-id ID         this application does not exist (80300); may be repeated
          --busy-rate RATE          share of query calls that get errcode -1, system busy (0)
          --limited-rate RATE       share that gets 45011, too many calls in this minute (0)
          --http-error-rate RATE    share that gets status 502 and a page of HTML (0)
          --drop-rate RATE          share whose connection is closed without an answer (0)
          --broken-json-rate RATE   share of successes whose answer is cut off in its middle (0)
          --account APPID=SECRET    accept this account; may be repeated (none given: any appid with any secret)
          --token-ttl DURATION      life of a token (7200s). Less than 10m: renewed when half of it is over
          --revoke-every N          every N query calls of an account its token is revoked: the next get 40001
          --revoke-rate RATE        probability that a query call revokes its account's token (0)
          --seed NUMBER             faults and latencies follow from it, so that a run can be repeated (1)

        RATE is a probability from 0 to 1; the rates of faults add up to at most 1.
        DURATION is a whole number with us, ms, s, m or h.
        """
}
