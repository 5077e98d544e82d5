#!/usr/bin/env python3
"""Looks at the status page of a worker (Sources/QueryWorker/Admin/page.html) in a real browser, without a window.

  page.py                     shows it the statuses in Tests/page, and checks what stands there
  page.py URL                 checks the page of a worker that runs, such as http://127.0.0.1:9464/
  page.py screenshots FOLDER  takes a picture of each status: wide and as on a phone, light and dark
  page.py seal                renews the sums of script and style in the page's policy, after a change of either
"""

import base64
import hashlib
import http.server
import json
import pathlib
import re
import sys
import threading
import time
import urllib.request

from browser import SECONDS, Browser

TESTS = pathlib.Path(__file__).resolve().parent
PAGE = TESTS.parent / "Sources/QueryWorker/Admin/page.html"
SAMPLES = {path.stem: json.loads(path.read_text("utf-8")) for path in sorted((TESTS / "page").glob("*.json"))}
# What the worker sends with the page; the page itself narrows it to its own script and style.
POLICY = (
    "default-src 'none'; connect-src 'self'; img-src data:; script-src 'unsafe-inline'; style-src 'unsafe-inline'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; "
    "trusted-types 'none'"
)


class Server(http.server.ThreadingHTTPServer):
    """Serves the page at /NAME/, and the sample NAME at /NAME/status. `answer` replaces that answer when it is set."""

    daemon_threads = True
    answer = None

    def __init__(self):
        self.asked, self.began = [], time.time()
        super().__init__(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()

    def url(self, name):
        return f"http://127.0.0.1:{self.server_address[1]}/{name}/"

    def status(self, name):
        status = dict(SAMPLES[name])
        # The worker's clock goes on; at each question, so that no test waits for it.
        second = len(self.asked) % 60
        status["instance"] = {**status["instance"], "now": f"2026-11-26T03:10:{second:02}.000Z"}
        return json.dumps(status).encode()


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.asked.append(self.path)
        name, _, what = self.path[1:].partition("/")
        if what == "":
            self.reply(200, "text/html; charset=utf-8", PAGE.read_bytes())
        elif what != "status" or name not in SAMPLES:
            self.reply(404, "text/plain", b"not found\n")
        elif self.server.answer is None:
            self.reply(200, "application/json", self.server.status(name))
        elif self.server.answer != "none":
            self.reply(*self.server.answer)
        # Else the connection is closed without a word.

    def reply(self, status, kind, body):
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Content-Security-Policy", POLICY)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def many(status, partitions, accounts):
    """A status with that many partitions and accounts, a few of them in trouble."""
    status = json.loads(json.dumps(status))
    status["partitions"] = [
        {**status["partitions"][1], "partition": number, "lag": number * 37 % 1009, "stuck": number == 150,
         "paused_for": ["full_map"] if number == 163 else []}
        for number in range(partitions)]
    status["accounts"] = [
        {**status["accounts"][0], "account": f"wx{number:016x}", "usable": number != 77,
         "hold": None if number != 77 else {
             "kind": "rate_limited", "errcode": 45009, "message": "reach max api minute-quota limit",
             "since_s": 20, "probe_in_s": 40, "jobs_wait": True}}
        for number in range(accounts)]
    status["accounts_total"] = 4 * accounts
    return status


SAMPLES["many"] = many(SAMPLES["busy"], 200, 100)
problems = []


def check(holds, what):
    if not holds:
        problems.append(what)
        print(f"page.py: FAILED: {what}", file=sys.stderr)


def check_figures(browser, state, texts):
    check(browser.text("#state") == state, f"the bar says {state}, not {browser.text('#state')}")
    for selector, text in texts:
        found = re.sub(r"\s+", " ", browser.text(selector) or "")
        check(text in found, f"{state}: {selector} says “{text}”, not “{found}”")


def check_quiet(browser, origin, name):
    """The page asks its own server alone, and nothing of it is refused or breaks."""
    elsewhere = [url for url in browser.requests if not url.startswith((origin, "data:image/svg+xml,"))]
    check(not elsewhere, f"{name}: requests elsewhere: {elsewhere}")
    asked = {url.removeprefix(origin) for url in browser.requests if url.startswith(origin)}
    check(asked == {"", "status"}, f"{name}: asks for page and status alone, not {sorted(asked)}")
    check(not browser.errors, f"{name}: errors: {browser.errors}")


# The least contrast of a text on what is behind it, as WCAG counts it, and where it stands.
CONTRAST = """(() => {
    const rgb = colour => colour.match(/[\\d.]+/g).map(Number);
    const light = channels => channels.slice(0, 3).map(value => value / 255)
        .map(value => value <= .04045 ? value / 12.92 : ((value + .055) / 1.055) ** 2.4)
        .reduce((sum, value, index) => sum + value * [.2126, .7152, .0722][index], 0);
    const ground = element => {
        const colour = rgb(getComputedStyle(element).backgroundColor);
        return colour.length === 3 || !element.parentElement ? colour : ground(element.parentElement);
    };
    let least = [99, ""];
    for (const element of document.querySelectorAll("body *")) {
        const own = [...element.childNodes].some(node => node.nodeType === 3 && node.data.trim());
        if (!own || !element.checkVisibility() || element.closest("script, .aloud")) continue;
        const [a, b] = [rgb(getComputedStyle(element).color), ground(element)].map(light).sort((x, y) => y - x);
        const contrast = (a + .05) / (b + .05);
        if (contrast < least[0]) least = [contrast, element.outerHTML.slice(0, 80)];
    }
    return least;
})()"""


def check_looks(browser, name):
    """Nothing is wider than the window, and all can be read, on a phone and in the dark too."""
    for width, dark in ((1280, False), (375, True), (375, False), (1280, True)):
        browser.look(width, dark)
        wide = browser.run("document.documentElement.scrollWidth")
        check(wide <= width, f"{name}: {wide} pixels wide in a window of {width}")
        contrast, where = browser.run(CONTRAST)
        check(contrast >= 4.5, f"{name}, {'dark' if dark else 'light'}: contrast {contrast:.2f} at {where}")
    browser.look(1280)


FIGURES = {
    "busy": ("Ready", [
        ("#sentence", "Takes jobs from 8 partitions."),
        ("#charts", "1,205 jobs/s"), ("#charts", "1.3 failures/s"), ("#charts", "1,211 calls/s · last 10 s"),
        ("#charts", "78 ms p50"), ("#charts", "340 ms p99"), ("#charts", "412 jobs"), ("#charts", "1,200 records"),
        ("#meters", "20.7 MiB of 64.0 MiB"), ("#meters", "96 of 128 calls"),
        ("#load", "3 s old, order-20261126-000481"), ("#latency", "Queue wait published to taken 1.3 s 2.9 s 4.1 s"),
        ("#latency", "0.4 ms 2.1 ms 18 ms"), ("#load", "37 replies"),
        ("#totals", "Jobs that succeeded 1,731,204"), ("#partitions", "3 active 97 61 77 217003"),
        ("#accounts", "wx2234567890abcdef usable refreshing, the last for 3 min 32 s 108"),
        ("#failures", "not_found 1,874 since the start"), ("#failures", "order-20261126-000472"),
        ("#failures", "80300 application not exist"), ("#facts", "query.requests"),
    ]),
    "idle": ("Ready", [
        ("#sentence", "No partition is assigned to it"), ("#charts", "0.0 jobs/s"),
        ("#load", "Oldest unfinished job none"),
        ("#latency", "Process taken to answered – – –"), ("main", "No job has failed since the start."),
        ("main", "No partition is assigned to this worker."),
    ]),
    "starting": ("Starting", [
        ("#reasons", "starting waits for a broker"), ("#charts", "no history yet"), ("#charts", "– jobs/s"),
        ("#accounts", "no token refreshing 0"),
    ]),
    "draining": ("Draining", [
        ("#reasons", "37 jobs are in flight"), ("#partitions", "revoking"), ("#meters", "37 of 1,024 jobs"),
    ]),
    "not-ready": ("Not ready", [
        ("#reasons", "no_account no account has a token"),
        ("#reasons", "partition_stuck partition 3: nothing done for 2m 10s"),
        ("#notices", "WeChat can't be reached"), ("#notices", "No call begins"), ("#notices", "1 partition silent"),
        ("#partitions", "3 stuck"), ("#partitions", "6 slowed: dead letters"), ("#partitions", "1 paused: map full"),
        ("#accounts", "quota_exhausted errcode 45009 · on hold for 4 min 12 s, tried again in 12 h 40 min"),
        ("#accounts", "its jobs wait. reach max api daily quota limit"),
        ("#accounts", "credentials errcode 40125 · asking for a token failed; again in 12 s."),
        ("#accounts", "on hold for 2 h 30 min; its jobs are answered as failed."),
        ("#accounts-about", "0 usable · 2 on hold · 1 without a token"),
    ]),
    "many": ("Ready", [
        ("#partitions-about", "200 assigned · 2 in trouble"), ("#notices", "1 partition stuck"),
        ("#accounts-about", "100 of 400, those in trouble first"), ("#accounts", "rate_limited errcode 45009"),
    ]),
    "hostile": ("Not ready", [
        ("#instance", "<img src=x onerror="), ("#reasons", "__proto__ constructor"), ("#load", "<svg onload="),
        ("#accounts", '<a href="javascript:x">wx</a>'), ("#accounts", "__proto__ usable <u>valid</u>"),
        ("#partitions", "<s>brake</s>"), ("#failures", "<h1>kind</h1>"), ("#failures", "</script><script>"),
        ("#failures", "{{constructor.constructor('return 1')()}} ${1+1} &lt;b&gt;"), ("#failures", "申请单不存在"),
    ]),
}


def check_hostile(browser):
    """Hostile text is text: no element and no attribute comes of it, and no script of it runs."""
    check(browser.run("document.documentElement.dataset.broken ?? null") is None, "hostile: its script ran")
    found = browser.run("[...new Set([...document.querySelectorAll('main *')].map(element => element.localName))]")
    # Of these the page itself makes none; of <b>, <i>, <a> and <svg> it does, which the attributes below tell apart.
    stray = set(found) & {"img", "script", "iframe", "object", "style", "u", "s", "em", "h1"}
    check(not stray, f"hostile: elements {sorted(stray)}")
    attributes = browser.run("[...new Set([...document.querySelectorAll('*')].flatMap(e => e.getAttributeNames()))]")
    check(not [name for name in attributes if name.startswith("on")], f"hostile: attributes {attributes}")
    links = browser.run("[...document.querySelectorAll('main [href]')].map(e => e.getAttribute('href'))")
    check(all(link.startswith("#") for link in links), f"hostile: links {links}")


def check_tables(browser):
    """With 200 partitions those in trouble come first, the rest on request, and in the order that is asked for."""
    rows = "[...document.querySelectorAll('#partitions tbody tr')].map(row => row.firstChild.textContent)"
    check(browser.run(rows) == ["150", "163"] + [str(number) for number in range(18)], f"many: {browser.run(rows)}")
    browser.run("document.querySelector('.panel:has(#partitions) .more').click()")
    check(len(browser.run(rows)) == 200, "many: all 200 partitions on request")
    browser.run("document.querySelectorAll('#partitions thead button')[1].click()")
    lags = browser.run("[...document.querySelectorAll('#partitions tbody tr')].map(row => row.children[2].textContent)")
    lags = [int(lag.replace(",", "")) for lag in lags]
    check(lags == sorted(lags, reverse=True), "many: sorted by lag, the largest first")
    sort = browser.run("document.querySelectorAll('#partitions th')[2].ariaSort")
    check(sort == "descending", f"many: aria-sort is {sort}")
    head = "document.querySelector('#partitions tbody tr')"
    browser.run(f"window.kept = {head}; getSelection().selectAllChildren(kept.firstChild)")
    asked = browser.run("answeredAt")
    browser.wait(f"answeredAt > {asked}", "the next answer")
    check(browser.run(f"{head} === kept && getSelection().toString() !== ''"), "many: a selection outlives new figures")


def check_chart(browser):
    """A chart tells the figures of the time that is pointed at."""
    browser.run("(() => { const plot = document.querySelector('.plot'), box = plot.getBoundingClientRect();"
                " plot.dispatchEvent(new PointerEvent('pointermove', {clientX: box.left + box.width / 2})); })()")
    told = browser.run("document.querySelector('.axis').textContent")
    jobs, failures = (SAMPLES["busy"]["history"][name][60] for name in ("jobs_per_s", "failures_per_s"))
    check(told == f"4 min 55 s ago{jobs:,.0f} jobs/s · {failures:.1f} failures/s", f"busy: the chart tells {told}")


def ask(browser):
    """Has the page ask now, and not by itself; returns the seconds until it would ask again."""
    browser.wait("!asking && (clearTimeout(timer), true)", "the page to be done with asking")
    return browser.run("ask().then(() => Math.round((nextAt - Date.now()) / 100) / 10)")


def check_not_live(browser, server):
    """Old figures say that they are: without an answer, with a useless one, and when the worker's loop hangs."""
    def says(word, *texts):
        browser.wait(f"document.querySelector('#state').textContent === {json.dumps(word)}", f"“{word}”")
        check_figures(browser, word, [("#sentence", text) for text in texts] + [("#age", "not live")])

    server.answer = "none"
    browser.open(server.url("busy"))
    says("No answer", "Nothing to show: the connection failed. Asking again in")
    check(browser.run("document.querySelector('main').hidden"), "no figures are shown before the first answer")
    server.answer = None
    browser.wait("document.querySelector('#state').textContent === 'Ready'", "the page to ask again")
    for answer, word, why in (
        ("none", "No answer", "the connection failed"),
        ((500, "text/plain", b"no"), "No usable answer", "HTTP status 500"),
        ((200, "text/html", b"<p>"), "No usable answer", "it is no JSON"),
        ((200, "application/json", b"[]"), "No usable answer", "it is no status of a query-worker"),
        ((200, "application/json", json.dumps({**SAMPLES["busy"], "partitions": 7}).encode()), "No usable answer",
         "this page can't show it"),
    ):
        server.answer = answer
        ask(browser)
        says(word, "All figures are old, of 03:10:", why)
        check(browser.run("document.querySelector('main').classList.contains('old')"), f"{why}: the figures look old")
        check(browser.run("document.title").startswith(word), f"{why}: the title says so")
        server.answer = None
        ask(browser)
        browser.wait("document.querySelector('#state').textContent === 'Ready'", "the page to be live again")
    check(browser.run("!document.querySelector('main').classList.contains('old')"), "live figures do not look old")

    # More questions than answers: each pause is twice as long as the last, up to half a minute.
    server.answer = "none"
    pauses = [ask(browser) for _ in range(8)]
    check(pauses == [1, 2, 4, 8, 16, 30, 30, 30], f"pauses without an answer: {pauses}")

    # A tab that nobody sees plans no question; seen again, it asks at once.
    server.answer = None
    ask(browser)
    show = "Object.defineProperty(document, 'hidden', {{configurable: true, get: () => {}}}); " \
        "document.dispatchEvent(new Event('visibilitychange'))"
    browser.run("window.plans = []; for (const name of ['setTimeout', 'clearTimeout']) { const own = window[name];"
                " window[name] = (...all) => { plans.push(name); return own(...all); }; }")
    browser.run(show.format("true"))
    check(browser.run("plans") == ["clearTimeout"], "a page that gets hidden gives up its next question")
    ask(browser)
    check("setTimeout" not in browser.run("plans"), "a hidden page plans no question")
    browser.run("answeredAt -= 3600000; " + show.format("false"))
    browser.wait("Date.now() - answeredAt < 60000", "a page that is seen again to ask")
    browser.wait("plans.includes('setTimeout')", "a page that is seen again to go on asking")

    server.answer = (200, "application/json", json.dumps(SAMPLES["busy"]).encode())
    ask(browser)
    browser.run("movedAt -= 10000")
    ask(browser)
    says("Figures stand still", "with figures of 03:10:00 UTC", "its event loop hangs")


def check_seal():
    text = PAGE.read_text("utf-8")
    check(sealed(text) == text, "the page's policy names its script and style; else run: Tests/page.py seal")


def sealed(text):
    for element in ("script", "style"):
        content = re.search(f"<{element}>(.*?)</{element}>", text, re.S).group(1)
        digest = base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
        text = re.sub(f"{element}-src 'sha256-[^']*'", f"{element}-src 'sha256-{digest}'", text)
    return text


def check_samples(browser, server):
    check_seal()
    for name, (state, texts) in FIGURES.items():
        browser.look(1280)
        browser.open(server.url(name))
        browser.wait("latest !== null", "the first answer")
        check_figures(browser, state, texts)
        check_looks(browser, name)
        if name == "busy":
            check_chart(browser)
        if name == "hostile":
            check_hostile(browser)
        if name == "many":
            check_tables(browser)
        check_quiet(browser, server.url(name), name)
    check_not_live(browser, server)


def check_live(browser, url):
    """The page of a worker that runs shows what its /status says, and /status says all that the page knows of."""
    url = url.rstrip("/") + "/"
    with urllib.request.urlopen(url, timeout=SECONDS) as answer:
        policy = answer.headers["Content-Security-Policy"] or ""
    for rule in POLICY.split("; "):
        check(rule in policy.split("; "), f"the worker's Content-Security-Policy has no “{rule}”")
    browser.look(1280)
    browser.open(url)
    browser.wait("latest !== null", "the first answer")
    first = browser.run("latest.instance.now")
    browser.wait(f"latest.instance.now !== {json.dumps(first)}", "newer figures")
    # From here on it asks no more, so that the figures are those that it shows.
    browser.wait("!asking && (clearTimeout(timer), true)", "the page to be done with asking")
    status = browser.run("latest")
    sample = SAMPLES["busy"]
    missing = [name for name in sample if name not in status]
    for part in ("instance", "jobs", "calls", "rates", "latency_ms", "history", "transactions"):
        optional = {"oldest_age_ms", "oldest_job_id", "dead_letter_topic"}
        missing += [f"{part}.{name}" for name in sample[part].keys() - (status.get(part) or {}).keys() - optional]
    check(not missing, f"/status has no {missing}")
    words = {"Ready"} if status["ready"] else {"Starting", "Draining", "Stopped", "Not ready"}
    check(browser.text("#state") in words, f"ready is {status['ready']}, and the page says {browser.text('#state')}")
    check_figures(browser, browser.text("#state"), [
        ("#instance", status["instance"]["id"]), ("#facts", status["instance"]["group"]),
        ("#versions", status["instance"]["version"]), ("#partitions-about", f"{len(status['partitions'])} assigned"),
        ("#totals", f"Jobs that succeeded {status['jobs']['succeeded_total']:,}"),
        *[("#reasons", reason["reason"]) for reason in status["not_ready"]],
        *[("#accounts", account["account"]) for account in status["accounts"][:3]],
        *[("#failures", failure["kind"]) for failure in status["failures"][:3]],
    ])
    check_looks(browser, url)
    check_quiet(browser, url, url)


def take_pictures(browser, server, folder):
    folder.mkdir(parents=True, exist_ok=True)
    for name in [*FIGURES, "gone"]:
        for width in (1280, 375):
            for scheme in ("light", "dark"):
                browser.look(width, scheme == "dark")
                server.answer = None
                browser.open(server.url("busy" if name == "gone" else name))
                browser.wait("latest !== null", "the first answer")
                if name == "gone":
                    server.answer = "none"
                    ask(browser)
                    browser.run("answeredAt -= 35000; tick()")
                browser.picture(folder / f"{name}-{width}-{scheme}.png")
    print(f"{len(list(folder.glob('*.png')))} pictures in {folder}")


def main(arguments):
    if arguments == ["seal"]:
        PAGE.write_text(sealed(PAGE.read_text("utf-8")), "utf-8")
        return
    began = time.monotonic()
    with Browser() as browser:
        match arguments:
            case []:
                check_samples(browser, Server())
            case ["screenshots", folder]:
                return take_pictures(browser, Server(), pathlib.Path(folder))
            case [url] if url.startswith("http"):
                check_live(browser, url)
            case _:
                raise SystemExit(__doc__)
    if problems:
        raise SystemExit(f"page.py: {len(problems)} checks failed")
    print(f"the page shows what it should, after {time.monotonic() - began:.1f} s")


if __name__ == "__main__":
    main(sys.argv[1:])
