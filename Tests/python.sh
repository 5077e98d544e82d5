#!/usr/bin/env bash
# Runs Python with the packages of Tests/requirements.txt, in .venv, which the first use makes:
#   Tests/python.sh Tests/validate.py examples
set -euo pipefail

tests=$(cd "$(dirname "$0")" && pwd)
venv=$(dirname "$tests")/.venv
installed=$venv/requirements.txt

if ! cmp -s "$tests/requirements.txt" "$installed"; then
    # On standard error: standard output belongs to the program that runs.
    {
        # Debian's own Python, if there is one: python3-venv belongs to it, whatever comes first in PATH.
        python=/usr/bin/python3
        [ -x "$python" ] || python=python3
        echo "making $venv"
        "$python" -m venv --clear "$venv" ||
            { echo "python.sh: no virtual environment; run Docker/setup.sh --tests first"; exit 1; }
        "$venv/bin/pip" install --quiet --disable-pip-version-check --requirement "$tests/requirements.txt"
        cp "$tests/requirements.txt" "$installed"
    } >&2
fi
exec "$venv/bin/python" "$@"
