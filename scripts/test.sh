#!/usr/bin/env bash
# All tests, in two halves at once, each with servers of its own: those that draw and send documents, and all others.
# A folder that is not named here is in the second half.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

first=(tests/documents tests/delivery tests/workbooks tests/year tests/test_*.py)
log=var/test-documents.log

.venv/bin/python -m pytest -q "${first[@]}" >"$log" 2>&1 &
failed=0
.venv/bin/python -m pytest -q tests "${first[@]/#/--ignore=}" || failed=1
wait $! || failed=1
cat "$log"
exit $failed
