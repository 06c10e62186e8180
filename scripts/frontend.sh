# shellcheck shell=bash
# Sourced by start.sh and test.sh after scripts/install.sh: builds the user interface in frontend/dist, in the present
# directory. Nothing is done when it is there and newer than all of its sources. Node is needed for that alone.

node_wanted=20

# has_node: true when the system has Node and npm, and they are not too old.
has_node() {
  command -v npm >/dev/null && node -e "process.exit(parseInt(process.versions.node) >= $node_wanted ? 0 : 1)" 2>/dev/null
}

# need_node: Node and npm in PATH; the system's, else those of a Python package in .venv.
need_node() {
  local stamp=.venv/.installed-requirements-node.lock
  has_node && return 0
  if ! cmp --silent requirements-node.lock "$stamp"; then
    say "No Node $node_wanted or newer here; installing one into .venv."
    pip_install --require-hashes --only-binary :all: --requirement requirements-node.lock
    cp requirements-node.lock "$stamp"
  fi
  PATH="$PWD/.venv/bin:$PATH"
  has_node || fail "Node in .venv does not run; install Node $node_wanted or newer with this system's package manager."
}

# in_frontend COMMAND...: runs it there, and shows what it said only when it fails.
in_frontend() {
  local log
  log=$(mktemp)
  if ! (cd frontend && "$@") </dev/null >"$log" 2>&1; then
    cat "$log" >&2
    rm "$log"
    fail "frontend: $* failed; what it said stands above."
  fi
  rm "$log"
}

# need_packages: frontend/node_modules is what frontend/package-lock.json says.
need_packages() {
  local stamp=frontend/node_modules/.installed
  need_node
  if ! cmp --silent frontend/package-lock.json "$stamp"; then
    say "Installing what frontend/package-lock.json names; the first time takes a minute."
    # not `npm ci`: it wants the optional packages of every platform in the lock, and a registry may not have them all
    in_frontend npm install --no-save --ignore-scripts
    cp frontend/package-lock.json "$stamp"
  fi
}

# frontend_is_built: true when a finished build is newer than every source, and than every folder of sources.
frontend_is_built() {
  local stamp=frontend/dist/.built
  [[ -f $stamp ]] && [[ -z $(find frontend/src frontend/public frontend/index.html frontend/package-lock.json \
    frontend/package.json frontend/vite.config.ts frontend/tsconfig.json -newer "$stamp" -print -quit) ]]
}

# build_frontend: builds it when that is needed.
build_frontend() {
  frontend_is_built && return 0
  need_packages
  say "Building the user interface."
  in_frontend npm run build
  touch frontend/dist/.built
}
