extension SimulateCommand {
    static let help = """
        Usage: query-worker simulate [FLAG [VALUE]]...

        Runs a stand-in for WeChat on this machine, to try and to test the worker without an account:
          POST /intp/marketcode/applycodequery               the query that jobs ask for
          POST /cgi-bin/stable_token, GET /cgi-bin/token     tokens of accounts
          POST /cgi-bin/component/api_component_token        tokens of third-party platforms, and of the merchants who
               .../api_authorizer_token, api_query_auth,     have authorised them
               .../api_get_authorizer_list
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
          query-worker simulate --component wxc1=s3cret --ticket wxc1=ticket@@@1 --merchants wxc1=50
              A third-party platform with 50 merchants, wxm00000001 to wxm00000050; refresh-wxm00000001 is the first
              one's refresh token.
          query-worker simulate --component wxc1=s3cret --merchants wxc1=50 --rotate-refresh-tokens --refresh-grace 0s
              The strictest one: who loses the refresh token that was handed out last is locked out.
          query-worker simulate --flap-rate 0.45 --flap-bursts 20s --minute-quota wx0123:600
              Good tokens are refused for 20 seconds at a time; one account may ask 600 times a minute.

        While it runs:
          GET /stats                    what it was asked: calls, outcomes and error codes by endpoint; calls and tokens
                                        by account, with the calls of each of the last 120 seconds that saw any
          POST /options                 changes it: one FLAG VALUE or FLAG=VALUE a line; all lines count, or none
              curl --data-binary '--down' http://127.0.0.1:18080/options
              printf '%s\\n' --up '--error 45009=0.5' | curl --data-binary @- http://127.0.0.1:18080/options
          POST /revoke?account=APPID    that account's tokens are bad from now on (all=1: everybody's)

        What the answer to a query is follows from the application id (application_id, or else isv_application_id):
          ends in 404    80300, application not exist
          ends in 403    80301, application of another account
          ends in 7      status INIT, not finished yet
          else           status FINISH, with one to three ranges of codes

        Flags:
          --listen HOST:PORT        where to listen; port 0 takes any free one (127.0.0.1:18080)
          --seed NUMBER             faults and latencies follow from it, so that a run can be repeated (1)
          --not-found-id ID         this application does not exist (80300); may be repeated
          --chinese                 texts of errors are Chinese, as some accounts get them; --no-chinese ends it

        Flags, latency:
          --latency LATENCY         how long a call takes (5ms):
                                      DURATION               always the same
                                      uniform:FROM,TO        evenly spread
                                      lognormal:MEAN,SIGMA   most near the mean, a few far above
          --account-latency APPID=LATENCY
                                    query calls of this account take that long; may be repeated
          --token-latency LATENCY   calls of the other endpoints take that long (as --latency)
          --hang-id ID=DURATION     query calls about this application take that long; may be repeated

        Flags, accounts:
          --account APPID=SECRET    accept this account; may be repeated (none given: any appid with any secret)
          --token-ttl DURATION      life of any token (7200s). stable_token renews it 5m before its end; less than 10m:
                                    when half of it is over
          --token-overlap DURATION  how long the token before is good beside a new one of /cgi-bin/token (300s)

        Flags, third-party platforms:
          --component APPID=SECRET  this platform exists; may be repeated
          --ticket COMPONENT=TICKET
                                    its component_verify_ticket (any is good); one from before gets 61005
          --merchant COMPONENT/APPID=REFRESH_TOKEN
                                    a merchant who authorises the platform; may be repeated. Given while it runs, the
                                    merchant does so anew, and the old refresh token gets 61023
          --merchants COMPONENT=COUNT
                                    that many merchants, wxm00000001 and so on, with refresh tokens refresh-APPID
          --merchant-code COMPONENT/APPID=CODE
                                    one who has authorised, and whose code waits for api_query_auth
          --unauthorized APPID      a merchant who authorises nobody any more (61003); may be repeated
          --rotate-refresh-tokens   each api_authorizer_token returns a new refresh token; --no-rotate-refresh-tokens
                                    ends it
          --refresh-grace DURATION  how long the one before is good then (300s); afterwards it gets 61023
          --component-overlap DURATION
                                    how long the access token before is good beside a new one (0s)

        Flags, faults by chance, of query calls:
          --busy-rate RATE          share of calls that get errcode -1, system busy (0)
          --limited-rate RATE       share that gets 45011, too many calls in this minute (0)
          --http-error-rate RATE    share that gets status 502 and a page of HTML (0)
          --unavailable-rate RATE   share that gets status 503 and a page of HTML (0)
          --retry-after TEXT        those pages come with this Retry-After header; --no-retry-after ends it
          --retry-after-date SECONDS
                                    the same with the date that is so many seconds from now
          --drop-rate RATE          share whose connection is closed without an answer (0)
          --broken-json-rate RATE   share of successes whose answer is cut off in its middle (0)
          --revoke-every N          every N query calls of an account its token is revoked: the next get 40001
          --revoke-rate RATE        probability that a query call revokes its account's token (0)
          --flap-rate [APPID:]RATE  share of calls with a good token that get 40001 nevertheless (0)
          --flap-bursts DURATION    they come in bursts of this mean length (0s: each call for itself)

        Flags, faults on purpose:
          --error [APPID:]CODE[=RATE]
                                    query calls get this errcode, or that share does; may be repeated. --no-error ends
                                    all of them
          --error-at-token [APPID:]CODE[=RATE]
                                    the same for the other endpoints; --no-error-at-token
          --daily-quota [APPID:]N   after N query calls from now an account gets 45009; --no-daily-quota
          --minute-quota [APPID:]N  an account gets 45011 beyond N query calls in a minute; --no-minute-quota
          --refuse-ip               query calls get 40164, those for merchants 61004; --no-refuse-ip
          --refuse-ip-at-token      the other endpoints do, 61004 those of platforms; --no-refuse-ip-at-token
          --token-hang              the other endpoints do not answer until --no-token-hang. What they would have done
                                    is done: a token replaced is replaced, though nobody hears of it
          --down                    every call's connection is closed without an answer, until --up
          --clear-faults            ends all faults, by chance and on purpose

        RATE is a probability from 0 to 1; the rates of busy, limited, http-error, unavailable, drop and broken-json add
        up to at most 1. DURATION is a whole number with us, ms, s, m or h. COMPONENT is the APPID of a platform.
        """
}
