#!/usr/bin/env bash
# From a fresh checkout to a running server: installs into .venv, builds the user interface, then runs the engines of GLOBAL_CONFIG.json.
#   ./start.sh [ARGUMENT...]   arguments go to `syslogger run`; a --config given here wins
#   ./start.sh --setup         only installs and builds
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=scripts/install.sh
source "$root/scripts/install.sh"
# shellcheck source=scripts/frontend.sh
source "$root/scripts/frontend.sh"

# In a subshell: the caller's directory stays the one that relative arguments mean.
(cd "$root" && install_locked requirements.lock && build_frontend)
if [[ ${1-} == --setup ]]; then
  say "Installed. Start with: ./start.sh"
  exit 0
fi
exec "$root/.venv/bin/python" -P -m syslogger run --config "$root/GLOBAL_CONFIG.json" "$@"
