#!/usr/bin/env bash
# Takes the pictures of the cards that README shows: starts the demo, runs a whole request through it in a browser, and looks
# at what each chat in miniature and the console show.
#
#   tests/peers/pictures.sh [folder with node_modules] [folder for the pictures]
#
# The first folder may also be named by PEERS_NODE, the browser by CHROMIUM. Without playwright-core (npm i
# playwright-core) or Chromium (apt install chromium) the script says so and succeeds: nothing else depends on it. The
# pictures go to docs/pictures; with pngquant they are made smaller.
set -euo pipefail
cd "$(dirname "$0")/../.."

node_folder="${1:-${PEERS_NODE:-}}"
pictures="${2:-docs/pictures}"
export CHROMIUM="${CHROMIUM:-/usr/bin/chromium}"
. tests/peers/lib.sh
[ -n "$node_folder" ] || skip "name the folder with node_modules"
[ -d "$node_folder/node_modules/playwright-core" ] || skip "playwright-core is not installed (npm i playwright-core)"
[ -x "$CHROMIUM" ] || skip "there is no browser at $CHROMIUM (apt install chromium, or name it by CHROMIUM)"
command -v node >/dev/null || skip "node is not installed"

free_port() {
  python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

cargo build -q -p countersign
program="$(cargo metadata --format-version 1 --no-deps \
  | python3 -c 'import json, sys; print(json.load(sys.stdin)["target_directory"])')/debug/countersign"
work="$(mktemp -d)"
bot=
finish() {
  [ -z "$bot" ] || { kill "$bot" 2>/dev/null || true; wait "$bot" 2>/dev/null || true; }
  rm -rf "$work"
}
trap finish EXIT

demo="http://127.0.0.1:$(free_port)"
"$program" serve --demo --listen "${demo#http://}" --data "$work/data" >"$work/log" 2>&1 &
bot="$!"
for _ in $(seq 300); do
  if curl -fs -o /dev/null "$demo/readyz"; then break; fi
  kill -0 "$bot" 2>/dev/null || { cat "$work/log" >&2; exit 1; }
  sleep 0.1
done

mkdir -p "$pictures"
node tests/peers/pictures.cjs "$node_folder" "$demo" "$pictures"
if command -v pngquant >/dev/null; then
  pngquant --force --skip-if-larger --ext .png --strip "$pictures"/*.png || true
fi
ls -l "$pictures"
