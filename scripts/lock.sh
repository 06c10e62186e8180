#!/usr/bin/env bash
# Writes requirements.lock and requirements-dev.lock from pyproject.toml: every version, and every hash it may have.
# Run it with the oldest Python we support, so that what only that version needs is in the locks too. A lock keeps the
# versions it has; to take newer ones: scripts/lock.sh --upgrade
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"
export CUSTOM_COMPILE_COMMAND="scripts/lock.sh"
compile=(.venv/bin/python -m piptools compile --quiet --no-reuse-hashes "$@" pyproject.toml)
"${compile[@]}" --output-file requirements.lock
"${compile[@]}" --extra dev --constraint requirements.lock --output-file requirements-dev.lock
.venv/bin/python scripts/licences.py
