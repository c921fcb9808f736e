#!/usr/bin/env bash
# Uses the console in a real browser, as people do: refusals are seen, a denial asks for its reason, a wrong token is said.
#
#   tests/peers/console.sh [folder with node_modules] [folder for pictures]
#
# The first folder may also be named by PEERS_NODE, the browser by CHROMIUM. Without playwright-core (npm i
# playwright-core) or Chromium (apt install chromium) the script says so and succeeds;
# with TESTS_NO_SKIPS=1 it fails.
set -euo pipefail
cd "$(dirname "$0")/../.."

node_folder="${1:-${PEERS_NODE:-}}"
pictures="${2:-}"
export CHROMIUM="${CHROMIUM:-/usr/bin/chromium}"
skip() {
  echo "skipped: $1"
  [ -z "${TESTS_NO_SKIPS:-}" ] || exit 1
  exit 0
}
[ -n "$node_folder" ] || skip "name the folder with node_modules"
[ -d "$node_folder/node_modules/playwright-core" ] || skip "playwright-core is not installed (npm i playwright-core)"
[ -x "$CHROMIUM" ] || skip "there is no browser at $CHROMIUM (apt install chromium, or name it by CHROMIUM)"
command -v node >/dev/null || skip "node is not installed"

free_port() {
  python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

if [ -z "${PROGRAM:-}" ]; then
  cargo build -q --workspace --bin countersign
  PROGRAM="$(cargo metadata --format-version 1 --no-deps \
    | python3 -c 'import json, sys; print(json.load(sys.stdin)["target_directory"])')/debug/countersign"
fi
# To the program a variable of this name is a key of its configuration.
unset PEERS_NODE
work="$(mktemp -d)"
bot=
finish() {
  [ -z "$bot" ] || { kill "$bot" 2>/dev/null || true; wait "$bot" 2>/dev/null || true; }
  rm -rf "$work"
}
trap finish EXIT

demo="http://127.0.0.1:$(free_port)"
"$PROGRAM" serve --demo --listen "${demo#http://}" --data "$work/data" >"$work/log" 2>&1 &
bot="$!"
for _ in $(seq 300); do
  if curl -fs -o /dev/null "$demo/readyz"; then break; fi
  kill -0 "$bot" 2>/dev/null || { cat "$work/log" >&2; exit 1; }
  sleep 0.1
done

[ -z "$pictures" ] || mkdir -p "$pictures"
node tests/peers/console.cjs "$node_folder" "$demo" $pictures
