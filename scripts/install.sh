# shellcheck shell=bash
# Sourced by start.sh and test.sh: a Python, an environment in .venv, and in it exactly what a lock file names.
# Nothing is written outside the checkout but system packages, and those only when root runs this.
# Each step leaves a copy of what it installed in .venv, written last: a second run does nothing, a broken one repeats.

supported="Python 3.11 to 3.14" # 3.14 is the last one that all of our binary wheels exist for

say() {
  printf '%s\n' "$*" >&2
}

fail() {
  say "$@"
  exit 1
}

# apt_install WHY PACKAGE...: installs system packages when root, else ends with the command that would.
apt_install() {
  local why=$1
  shift
  local -a command=(apt-get install --yes --no-install-recommends "$@")
  command -v apt-get >/dev/null || fail "$why Install it with this system's package manager and run this again."
  [[ $(id -u) -eq 0 ]] || fail "$why Run this, then try again:" "  sudo apt-get update && sudo ${command[*]}"
  say "$why Running: ${command[*]}"
  apt-get update --quiet=2 >&2
  DEBIAN_FRONTEND=noninteractive "${command[@]}" </dev/null >&2
}

# need_commands COMMAND:PACKAGE...: all that are missing are installed at once.
need_commands() {
  local pair
  local -a missing=()
  for pair in "$@"; do
    command -v "${pair%%:*}" >/dev/null || missing+=("${pair##*:}")
  done
  [[ ${#missing[@]} -eq 0 ]] || apt_install "Missing: ${missing[*]}." "${missing[@]}"
}

# usable PYTHON: true when it starts and is neither too old nor too new.
usable() {
  "$1" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 14))' 2>/dev/null
}

# find_python: prints the first interpreter that will do; false when there is none.
find_python() {
  local name
  for name in python3 python3.14 python3.13 python3.12 python3.11; do
    if usable "$name"; then
      printf '%s\n' "$name"
      return 0
    fi
  done
  return 1
}

# python_packages: what to ask apt for where there is no Python that will do. Ubuntu 22.04 calls 3.10 python3.
python_packages() {
  # shellcheck source=/dev/null
  if [[ $(. /etc/os-release 2>/dev/null && printf '%s' "${ID-} ${VERSION_ID-}") == "ubuntu 22.04" ]]; then
    printf '%s\n' python3.11 python3.11-venv
  else
    printf '%s\n' python3 python3-venv
  fi
}

# base_python: prints an interpreter that can make an environment, installing what it lacks.
base_python() {
  local python version
  local -a packages
  if ! python=$(find_python); then
    mapfile -t packages < <(python_packages)
    apt_install "Missing: $supported." "${packages[@]}"
    python=$(find_python) || fail "This system's packages have no $supported; install one from python.org."
  fi
  if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
    version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
    apt_install "Missing: the venv module of Python $version." "python$version-venv"
    "$python" -c 'import ensurepip, venv' || fail "$python still cannot make an environment."
  fi
  printf '%s\n' "$python"
}

# pip_install ARGUMENT...: quiet unless it fails, never asks, keeps no cache outside the checkout.
pip_install() {
  local log=.venv/pip.log
  if ! .venv/bin/python -m pip install --disable-pip-version-check --no-input --no-cache-dir --no-color \
    --root-user-action ignore "$@" </dev/null >"$log" 2>&1; then
    cat "$log" >&2
    fail "pip could not install; what it said stands above and in $log."
  fi
}

# make_environment: a .venv that works; one whose Python has gone, or that was never finished, is made again.
make_environment() {
  local python
  if usable .venv/bin/python && .venv/bin/python -m pip --version >/dev/null 2>&1; then
    return 0
  fi
  python=$(base_python)
  say "Making .venv with $("$python" --version)."
  "$python" -m venv --clear .venv
}

# install_locked LOCK: the environment, what the lock names, and this project, in the present directory.
install_locked() {
  local lock=$1 stamp project
  make_environment
  stamp=".venv/.installed-$lock"
  if ! cmp --silent "$lock" "$stamp"; then
    say "Installing what $lock names into .venv; the first time takes a minute or two."
    pip_install --require-hashes --only-binary :all: --requirement "$lock"
    cp "$lock" "$stamp"
  fi
  stamp=".venv/.installed-project"
  project=$(printf '%s\n' "$PWD" && cat pyproject.toml) # the path too: a moved checkout is installed again
  if [[ ! -f $stamp || $(<"$stamp") != "$project" ]]; then
    pip_install --no-deps --no-build-isolation --editable .
    printf '%s\n' "$project" >"$stamp"
  fi
}
