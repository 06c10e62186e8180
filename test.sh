#!/usr/bin/env bash
# Every check and every test, as the continuous integration runs them; ends at the first that fails.
#   ./test.sh [ARGUMENT...]   arguments go to pytest
#   ./test.sh --setup         only installs
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")"
# shellcheck source=scripts/install.sh
source scripts/install.sh
# shellcheck source=scripts/frontend.sh
source scripts/frontend.sh

# logger and mount are on every Debian; a container image may lack the others.
need_commands cc:gcc cc:libc6-dev faketime:faketime sqlite3:sqlite3 ps:procps logger:bsdutils mount:mount chromium:chromium
install_locked requirements-dev.lock
need_packages
if [[ ${1-} == --setup ]]; then
  say "Installed. Run with: ./test.sh"
  exit 0
fi

# Tests leave nothing behind, also when they are stopped half-way. Readable, as tests act as another user, too.
TMPDIR=$(mktemp --directory)
chmod 755 "$TMPDIR"
export TMPDIR
trap 'rm --recursive --force "$TMPDIR"' EXIT

step() {
  local began=$SECONDS
  say "== $*"
  "$@"
  say "   $((SECONDS - began)) s"
}

mapfile -t scripts < <(find . -name .venv -prune -o -name node_modules -prune -o -name .git -prune -o -name '*.sh' -print | sort)
python=.venv/bin/python
step "$python" -m ruff check .
step "$python" -m ruff format --check .
step "$python" -m mypy
step .venv/bin/shellcheck --external-sources "${scripts[@]}" .ci/run
step "$python" scripts/licences.py --check
step build_frontend
step npm --prefix frontend run --silent lint
step npm --prefix frontend run --silent test
step npm --prefix frontend run --silent test:browser
# Two at a time, as many wait for processes; a file stays with one worker, and the slow ones of `api` begin.
step "$python" -m pytest --numprocesses 2 --dist loadfile --no-loadscope-reorder "$@"
