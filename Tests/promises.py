#!/usr/bin/env python3
"""Checks that every test which README.md names as a proof (`Suite.function`) exists under Tests.

    python3 Tests/promises.py
"""
import pathlib
import re
import sys

root = pathlib.Path(__file__).resolve().parent.parent
readme = (root / "README.md").read_text()
named = sorted(set(re.findall(r"`(\w+Tests)\.(\w+)`", readme)))

# By suite: the names of the functions behind its @Test attributes, which may stand on lines of their own.
functions = {}
for path in (root / "Tests").rglob("*Tests.swift"):
    text = path.read_text()
    tests = set(re.findall(r"@Test(?:\((?:[^()]|\([^()]*\))*\))?\s+(?:mutating\s+)?func\s+(\w+)", text))
    for suite in re.findall(r"struct (\w+Tests)\b", text):
        functions.setdefault(suite, set()).update(tests)

missing = [f"{suite}.{name}" for suite, name in named if name not in functions.get(suite, ())]
for name in missing:
    print(f"README.md names {name}, which is no test", file=sys.stderr)
signals = "## Signals and exit codes"
rows = {}
# A row without a proof would pass unseen: every row of these tables names one.
for title in ("## What is promised", "## What happens when", signals):
    table = readme.split(title + "\n", 1)[1].split("\n## ", 1)[0]
    rows[title] = [line for line in table.splitlines() if line.startswith("|")][2:]
    for row in rows[title]:
        if not re.search(r"`\w+Tests\.\w+`", row):
            print(f"README.md names no test for: {row}", file=sys.stderr)
            missing.append(row)
# Each exit code of `run` has its row, and each row an exit code that there is.
sources = [root / "Sources" / path for path in ("QueryWorker/Pipeline/WorkerExit.swift", "query-worker/Console.swift")]
codes = re.findall(r"(?:case \.\w+: |: Int32 = )(\d+)$", "\n".join(path.read_text() for path in sources), re.M)
told = re.findall(r"^\| exit code (\d+)", "\n".join(rows[signals]), re.M)
for code in sorted(set(codes) ^ set(told)):
    print(f"exit code {code}: README.md and the sources do not agree about it", file=sys.stderr)
    missing.append(code)
if not named or missing or not codes:
    sys.exit(1)
print(f"{len(named)} tests are named as proofs, and exist")
