#!/usr/bin/env bash
# Lets a bot on discord.js work against our Discord sandbox.
#
#   tests/peers/discord.sh [folder with node_modules/discord.js]
#
# The folder may also be named by PEERS_NODE. Without discord.js (npm i discord.js@14) or Node the script says so and
# succeeds: nothing else depends on it.
set -euo pipefail
cd "$(dirname "$0")/../.."

. tests/peers/lib.sh
command -v node >/dev/null || skip "node is not installed"
folder="${1:-${PEERS_NODE:-}}"
modules="${folder:+$folder/node_modules}"
[ -n "$modules" ] || modules="$(npm root -g 2>/dev/null || true)"
[ -d "$modules/discord.js" ] || skip "discord.js is not there (npm i discord.js@14, and name the folder)"

cargo build -q --example discord
work="$(mktemp -d)"
target="${CARGO_TARGET_DIR:-target}"
"$target/debug/examples/discord" >"$work/out" &
sandbox="$!"
trap 'kill "$sandbox" 2>/dev/null || true; rm -rf "$work"' EXIT
for _ in $(seq 100); do
  grep -q '^token=' "$work/out" && break
  kill -0 "$sandbox" 2>/dev/null || { echo "the sandbox did not start" >&2; exit 1; }
  sleep 0.1
done
said() { sed -n "s/^$1=//p" "$work/out"; }
NODE_PATH="$modules" node tests/peers/discord.js "$(said rest)" "$(said token)"
