#!/usr/bin/env bash
# Lets KurrentDB's own clients for Node and Python judge KurrentDB in miniature: appends, their conflicts, reads with positions,
# filters that look ahead, subscriptions, appends to several streams at once, and a leader that dies.
#
#   tests/peers/kurrent.sh [folder with node_modules]
#
# The folder may also be named by PEERS_FOLDER, and the Python by PYTHON. Without @kurrent/kurrentdb-client (npm i
# @kurrent/kurrentdb-client) or kurrentdbclient (pip install kurrentdbclient) the script says so and leaves that judge
# out; with TESTS_NO_SKIPS that is a failure.
set -euo pipefail
cd "$(dirname "$0")/../.."

export PEERS="${1:-${PEERS_FOLDER:-$PWD}}"
python="${PYTHON:-python3}"
. tests/peers/lib.sh

cargo build -q --bin kurrentd
program="$(cargo metadata --format-version 1 --no-deps | sed -n 's/.*"target_directory":"\([^"]*\)".*/\1/p')/debug/kurrentd"

# $1 is a program and what it is called with; it finds the cluster in KURRENTDB_URL and its control in KURRENTDB_CONTROL.
judge() {
  local work control cluster
  work="$(mktemp -d)"
  mkfifo "$work/input"
  control="$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')"
  "$program" --nodes 3 --port 0 --control "$control" <"$work/input" >"$work/about" &
  cluster="$!"
  exec 9>"$work/input"
  for _ in $(seq 100); do
    [ "$(wc -l <"$work/about")" -ge 2 ] && break
    kill -0 "$cluster" 2>/dev/null || { echo "the cluster did not start" >&2; exit 1; }
    sleep 0.1
  done
  local came=0
  KURRENTDB_URL="$(head -n 1 "$work/about")" KURRENTDB_CONTROL="http://127.0.0.1:$control" "$@" || came="$?"
  exec 9>&-
  kill "$cluster" 2>/dev/null || true
  wait "$cluster" 2>/dev/null || true
  rm -rf "$work"
  return "$came"
}

if command -v node >/dev/null && [ -d "$PEERS/node_modules/@kurrent/kurrentdb-client" ]; then
  echo "== the client for Node"
  judge node tests/peers/kurrent/client.cjs
else
  skipped "node with @kurrent/kurrentdb-client is not there (npm i @kurrent/kurrentdb-client, and name the folder)"
fi

if "$python" -c 'import kurrentdbclient' 2>/dev/null; then
  echo "== the client for Python"
  judge "$python" tests/peers/kurrent/client.py
else
  skipped "kurrentdbclient is not installed (pip install kurrentdbclient)"
fi
