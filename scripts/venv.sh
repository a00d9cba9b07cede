#!/bin/sh
# Make .venv and put one lock into it, unless that was done before: the second time needs no network.
#
#   scripts/venv.sh requirements.lock        what the server needs
#   scripts/venv.sh requirements-dev.lock    that, and what the tests need
set -eu
cd "$(dirname "$0")/.."

lock=$1
venv=.venv
log=$venv/install.log

stop() {
    echo "$1" >&2
    exit 1
}

# A name on the PATH may be a shim for a Python that is not there, or a Python without venv: only running it tells.
suits() {
    "$1" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1
}

find_python() {
    if [ -n "${PYTHON:-}" ]; then
        suits "$PYTHON" || stop "PYTHON=$PYTHON is not a Python 3.11 or newer with venv."
        echo "$PYTHON"
        return
    fi
    for name in python3.14 python3.13 python3.12 python3.11 python3 python /usr/bin/python3; do
        if suits "$name"; then
            echo "$name"
            return
        fi
    done
    stop "Social CME needs Python 3.11 or newer with its venv module (Debian and Ubuntu: apt install python3-venv); none was found."
}

sum() {
    "$venv/bin/python" -c 'import hashlib, pathlib, sys; print(hashlib.sha256(pathlib.Path(sys.argv[1]).read_bytes()).hexdigest())' "$1"
}

stamp() {
    echo "$venv/installed-$1.sha256"
}

# The programs inside a virtual environment remember where it was made, so one that was moved is made again.
is_usable() {
    "$venv/bin/python" -c 'import pip' >/dev/null 2>&1 && [ "$(cat "$venv/place" 2>/dev/null || pwd)" = "$(pwd)" ]
}

is_mine() {
    [ -w "$venv" ] || stop "$venv belongs to somebody else and is not ready for use; run make as its owner, or remove $venv."
}

if ! is_usable; then
    python=$(find_python)
    if [ -e "$venv" ]; then
        is_mine
        if [ ! -e "$venv/pyvenv.cfg" ] && [ -n "$(ls -A "$venv")" ]; then
            stop "There is already a $venv here that is not a virtual environment; move it away and try again."
        fi
    fi
    echo "Making $venv with $("$python" -V) ..."
    "$python" -m venv --clear "$venv" || stop "The virtual environment $venv could not be made; the lines above say why."
    pwd >"$venv/place"
fi

if [ "$(cat "$(stamp "$lock")" 2>/dev/null)" = "$(sum "$lock")" ]; then
    exit 0
fi
is_mine

echo "Installing $lock (only when it has changed; a minute or so) ..."
# The lock is complete, so pip has nothing to resolve; older ones would take a newer release for a name with extras.
if ! "$venv/bin/python" -m pip install --require-hashes --no-deps --requirement "$lock" \
    --disable-pip-version-check --no-input --root-user-action=ignore --no-warn-script-location >"$log" 2>&1; then
    tail -n 15 "$log" >&2
    stop "The packages of $lock could not be installed; the lines above say why, all of them are in $log."
fi

# The development lock is held to the versions of the other one and contains all of it.
if [ "$lock" = requirements-dev.lock ]; then
    sum requirements.lock >"$(stamp requirements.lock)"
fi
sum "$lock" >"$(stamp "$lock")"
