#!/usr/bin/env python3
"""Looks at the status page of a worker (Sources/QueryWorker/Admin/page.html) in a real browser, Chromium without a window.

  page.py                     shows it the statuses in Tests/page, and checks what stands there
  page.py URL                 checks the page of a worker that runs, such as http://127.0.0.1:9464/
  page.py screenshots FOLDER  takes a picture of each status: wide and as on a phone, light and dark
  page.py seal                renews the sums of script and style in the page's policy, after a change of either

Chromium is driven through a pipe (its DevTools protocol), so that every request and every error of the page is seen.
"""

import base64
import hashlib
import http.server
import json
import os
import pathlib
import re
import select
import signal
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request

TESTS = pathlib.Path(__file__).resolve().parent
PAGE = TESTS.parent / "Sources/QueryWorker/Admin/page.html"
SAMPLES = {path.stem: json.loads(path.read_text("utf-8")) for path in sorted((TESTS / "page").glob("*.json"))}
# What the worker sends with the page; the page itself narrows it to its own script and style.
POLICY = (
    "default-src 'none'; connect-src 'self'; img-src data:; script-src 'unsafe-inline'; style-src 'unsafe-inline'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
)
SECONDS = 20  # For anything to happen that must: Chromium's start on a loaded machine takes a few.


class Browser:
    """Chromium, and the commands and events of its DevTools protocol (NUL-separated JSON on descriptors 3 and 4)."""

    def __init__(self):
        self.profile = tempfile.TemporaryDirectory(prefix="page-", ignore_cleanup_errors=True)
        command_out, self.commands = os.pipe()
        self.answers, answer_in = os.pipe()

        def pipes():
            # By way of high numbers, since 3 and 4 may be among the four.
            for descriptor, target in ((command_out, 103), (answer_in, 104), (103, 3), (104, 4)):
                os.dup2(descriptor, target)

        self.process = subprocess.Popen(
            ["chromium", "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
             "--disable-background-networking", "--disable-component-update", "--disable-extensions", "--hide-scrollbars",
             f"--user-data-dir={self.profile.name}", "--remote-debugging-pipe", "about:blank"],
            preexec_fn=pipes, close_fds=False, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL, start_new_session=True)
        os.close(command_out)
        os.close(answer_in)
        self.buffer, self.number = b"", 0
        self.requests, self.errors = [], []
        target = next(one for one in self.call("Target.getTargets")["targetInfos"] if one["type"] == "page")
        self.session = self.call("Target.attachToTarget", targetId=target["targetId"], flatten=True)["sessionId"]
        for domain in ("Page", "Network", "Runtime", "Log"):
            self.call(f"{domain}.enable")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        os.close(self.commands)
        os.close(self.answers)
        self.profile.cleanup()

    def call(self, method, **parameters):
        self.number += 1
        message = {"id": self.number, "method": method, "params": parameters}
        if hasattr(self, "session"):
            message["sessionId"] = self.session
        os.write(self.commands, json.dumps(message).encode() + b"\0")
        while (answer := self.receive()).get("id") != self.number:
            self.note(answer)
        if "error" in answer:
            raise SystemExit(f"page.py: {method}: {answer['error']['message']}")
        return answer["result"]

    def receive(self):
        while b"\0" not in self.buffer:
            if not select.select([self.answers], [], [], SECONDS)[0]:
                raise SystemExit(f"page.py: Chromium has said nothing for {SECONDS} s")
            got = os.read(self.answers, 1 << 20)
            if not got:
                raise SystemExit("page.py: Chromium ended; is it installed (Docker/setup.sh --tests)?")
            self.buffer += got
        message, self.buffer = self.buffer.split(b"\0", 1)
        return json.loads(message)

    def note(self, event):
        parameters = event.get("params", {})
        if event.get("method") == "Network.requestWillBeSent":
            self.requests.append(parameters["request"]["url"])
        elif event.get("method") == "Runtime.exceptionThrown":
            details = parameters["exceptionDetails"]
            self.errors.append(details.get("exception", {}).get("description") or details["text"])
        elif event.get("method") == "Log.entryAdded" and parameters["entry"]["level"] == "error":
            self.errors.append(parameters["entry"]["text"])

    def run(self, expression):
        """The value of a JavaScript expression in the page."""
        answer = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in answer:
            raise SystemExit(f"page.py: {expression}: {answer['exceptionDetails']}")
        return answer["result"].get("value")

    def wait(self, expression, what):
        limit = time.monotonic() + SECONDS
        while not (value := self.run(expression)):
            if time.monotonic() > limit:
                raise SystemExit(f"page.py: waited {SECONDS} s in vain: {what}; the page says: {self.text('#bar')}")
            time.sleep(0.02)
        return value

    def text(self, selector):
        return self.run(f"document.querySelector({json.dumps(selector)})?.innerText ?? null")

    def look(self, width, dark=False):
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=width < 600)
        scheme = "dark" if dark else "light"
        self.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])

    def open(self, url):
        self.requests, self.errors = [], []
        self.call("Page.navigate", url=url)
        self.wait("document.readyState === 'complete' && location.href !== 'about:blank'", f"{url} to load")

    def picture(self, path):
        height = self.run("document.documentElement.scrollHeight")
        width = self.run("innerWidth")
        # The bar sticks to the top of the window: as high as the page, so that all of it is seen once.
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=width < 600)
        path.write_bytes(base64.b64decode(self.call("Page.captureScreenshot")["data"]))


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
         "hold": {"kind": "rate_limited", "errcode": 45009, "message": "reach max api minute-quota limit", "since_s": 20,
                  "probe_in_s": 40, "jobs_wait": True} if number == 77 else None}
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
        found = browser.text(selector)
        check(found is not None and text in re.sub(r"\s+", " ", found), f"{state}: {selector} says “{text}”, not “{found}”")


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
    const light = ([r, g, b]) => [r, g, b].map(c => c / 255).map(c => c <= .04045 ? c / 12.92 : ((c + .055) / 1.055) ** 2.4)
        .reduce((sum, c, index) => sum + c * [.2126, .7152, .0722][index], 0);
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
        ("#meters", "20.7 MiB of 64.0 MiB"), ("#meters", "96 of 128 calls"), ("#load", "3 s old, order-20261126-000481"),
        ("#latency", "Queue wait published to taken 1.3 s 2.9 s 4.1 s"), ("#latency", "0.4 ms 2.1 ms 18 ms"),
        ("#totals", "Jobs that succeeded 1,731,204"), ("#partitions", "3 active 97 61 77 217003"),
        ("#accounts", "wx2234567890abcdef usable refreshing, the last for 3 min 32 s 108"),
        ("#failures", "not_found 1,874 since the start"), ("#failures", "order-20261126-000472"),
        ("#failures", "80300 application not exist"), ("#facts", "query.requests"),
    ]),
    "idle": ("Ready", [
        ("#sentence", "No partition is assigned to it"), ("#charts", "0.0 jobs/s"), ("#load", "Oldest unfinished job none"),
        ("#latency", "Process taken to answered – – –"), ("main", "No job has failed since the start."),
        ("main", "No partition is assigned to this worker."),
    ]),
    "starting": ("Starting", [
        ("#reasons", "starting waits for a broker"), ("#charts", "no history yet"), ("#charts", "– jobs/s"),
        ("#accounts", "no token refreshing 0"),
    ]),
    "draining": ("Draining", [("#reasons", "37 jobs are in flight"), ("#partitions", "revoking"), ("#meters", "37 of 1,024 jobs")]),
    "not-ready": ("Not ready", [
        ("#reasons", "no_account no account has a token"), ("#reasons", "partition_stuck partition 3: nothing done for 2m 10s"),
        ("#notices", "WeChat can't be reached"), ("#notices", "No call begins"), ("#notices", "1 partition silent"),
        ("#partitions", "3 stuck"), ("#partitions", "6 slowed: dead letters"), ("#partitions", "1 paused: map full"),
        ("#accounts", "quota_exhausted errcode 45009 · on hold for 4 min 12 s, tried again in 12 h 40 min; its jobs wait."),
        ("#accounts", "credentials errcode 40125 · no token, asked for again in 12 s."),
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
    stray = set(found) & {"img", "script", "iframe", "b", "u", "i", "s", "em", "h1", "object", "style"} - {"b", "i"}
    check(not stray, f"hostile: elements {sorted(stray)}")
    attributes = browser.run("[...new Set([...document.querySelectorAll('*')].flatMap(e => e.getAttributeNames()))]")
    check(not [name for name in attributes if name.startswith("on")], f"hostile: attributes {attributes}")
    links = browser.run("[...document.querySelectorAll('main [href]')].map(e => e.getAttribute('href'))")
    check(all(link.startswith("#") for link in links), f"hostile: links {links}")


def check_tables(browser):
    """With 200 partitions those in trouble come first, the rest on request, and in the order that is asked for."""
    rows = "[...document.querySelectorAll('#partitions tbody tr')].map(row => row.firstChild.textContent)"
    check(browser.run(rows) == ["150", "163"] + [str(number) for number in range(18)], f"many: {browser.run(rows)}")
    browser.run("document.querySelector('#partitions ~ .more, .panel:has(#partitions) .more').click()")
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


def check_not_live(browser, server):
    """Old figures say that they are: without an answer, with a useless one, and when the worker's loop hangs."""
    def says(word, *texts):
        browser.wait(f"document.querySelector('#state').textContent === {json.dumps(word)}", f"“{word}”")
        check_figures(browser, word, [("#sentence", text) for text in texts] + [("#age", "not live")])

    server.answer = "none"
    browser.open(server.url("busy"))
    says("No answer", "the connection failed. Asking again in")
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
        browser.run("ask()")
        says(word, "All figures are old, of 03:10:", why)
        check(browser.run("document.querySelector('main').classList.contains('old')"), f"{why}: the figures look old")
        check(browser.run("document.title").startswith(word), f"{why}: the title says so")
        server.answer = None
        browser.run("ask()")
        browser.wait("document.querySelector('#state').textContent === 'Ready'", "the page to be live again")
    check(browser.run("!document.querySelector('main').classList.contains('old')"), "live figures do not look old")

    # More questions than answers: each pause is twice as long as the last, up to half a minute.
    server.answer = "none"
    pauses = browser.run("(async () => { const pauses = []; for (let i = 0; i < 8; i += 1) {"
                         " await ask(); pauses.push(Math.round((nextAt - Date.now()) / 100) / 10); } return pauses; })()")
    check(pauses == [1, 2, 4, 8, 16, 30, 30, 30], f"pauses without an answer: {pauses}")

    # A tab that nobody sees asks nothing; seen again, it asks at once.
    server.answer = None
    hide = "Object.defineProperty(document, 'hidden', {{configurable: true, get: () => {}}});" \
        "document.dispatchEvent(new Event('visibilitychange'))"
    browser.run("ask()")
    browser.run(hide.format("true"))
    asked = len(server.asked)
    time.sleep(2.3)
    check(len(server.asked) == asked, "a hidden page asks nothing")
    browser.run("answeredAt -= 3600000; " + hide.format("false"))
    browser.wait("Date.now() - answeredAt < 5000", "a page that is seen again to ask")
    browser.wait("document.querySelector('#state').textContent === 'Ready'", "a page that is seen again to be live")

    server.answer = (200, "application/json", json.dumps(SAMPLES["busy"]).encode())
    browser.run("ask().then(() => { movedAt -= 10000; return ask(); })")
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
        ("#facts", status["instance"]["version"]), ("#partitions-about", f"{len(status['partitions'])} assigned"),
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
                    browser.run("ask().then(() => { answeredAt -= 35000; tick(); })")
                browser.picture(folder / f"{name}-{width}-{scheme}.png")
    print(f"{len(list(folder.glob('*.png')))} pictures in {folder}")


def main(arguments):
    if arguments == ["seal"]:
        PAGE.write_text(sealed(PAGE.read_text("utf-8")), "utf-8")
        return
    if len(arguments) > 2 or arguments[:1] in (["-h"], ["--help"]) or (len(arguments) == 2) != (arguments[:1] == ["screenshots"]):
        raise SystemExit(__doc__)
    began = time.monotonic()
    server = Server()
    with Browser() as browser:
        if len(arguments) == 2:
            take_pictures(browser, server, pathlib.Path(arguments[1]))
            return
        if arguments:
            check_live(browser, arguments[0])
        else:
            check_samples(browser, server)
    if problems:
        raise SystemExit(f"page.py: {len(problems)} checks failed")
    print(f"the page shows what it should, after {time.monotonic() - began:.1f} s")


if __name__ == "__main__":
    main(sys.argv[1:])
