#!/bin/sh
# The experiment of README.md: search the highest rate held for 20 seconds, keep the whole result beside this file.
# Further options go to `syslogger bench`, for example: benchmarks/ingest/run.sh --seconds 60 --data /var/tmp
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
cd "$here/../.."
python=.venv/bin/python
[ -x "$python" ] || python=python3
"$python" -m syslogger bench --find-max --seconds 20 --json "$@" >"$here/result.json.new"
mv "$here/result.json.new" "$here/result.json"
echo "the result is in $here/result.json" >&2
