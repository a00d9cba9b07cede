#!/bin/sh
# Resolve pyproject.toml into the two lock files: exact versions, the hash of every file, and no address of any index, so
# that the locks serve behind a mirror as well. Needs uv, on the PATH or named by UV.
#
#   scripts/lock.sh             keeps what is locked and adds what is new
#   scripts/lock.sh --upgrade   takes the newest of everything
set -eu
cd "$(dirname "$0")/.."

uv=${UV:-uv}
if ! command -v "$uv" >/dev/null; then
    echo "The locks are made by uv, which was not found. Install it (pip install uv) or give its path in UV." >&2
    exit 1
fi

new=$(mktemp -d)
trap 'rm -rf "$new"' EXIT

resolve() {
    lock=$1
    shift
    if [ -f "$lock" ]; then cp "$lock" "$new/$lock"; fi
    "$uv" pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
        --output-file "$new/$lock" "$@" pyproject.toml >/dev/null
    # Addresses and local paths say where one machine looked; the hashes already say what must be found.
    sed -E -e '/^ *(-i|-f|--index-url|--extra-index-url|--find-links|--trusted-host)([ =]|$)/d' -e '/^ *# from /d' \
        "$new/$lock" >"$lock.new"
    if grep -nE '(https?|file)://' "$lock.new"; then
        echo "$lock was left as it was: the new one would name an address (above)." >&2
        rm -f "$lock.new"
        exit 1
    fi
    mv "$lock.new" "$lock"
    echo "$lock: $(grep -c '^[A-Za-z0-9]' "$lock") packages"
}

# The second lock is held to the first, so that installing it satisfies both.
resolve requirements.lock "$@"
resolve requirements-dev.lock --extra dev --constraints requirements.lock "$@"
