#!/usr/bin/env bash
# Lets Microsoft's own libraries judge the Teams sandbox and our cards: `botframework-connector` must accept the tokens of
# its deliveries, and refuse forged ones; its client must be able to post; `adaptivecards` and `@microsoft/agents-activity`
# must read our cards, activities and answers.
#
#   tests/peers/teams.sh [folder with node_modules]
#
# The folder may also be named by PEERS_NODE. Without it (npm i botbuilder botframework-connector adaptivecards
# @microsoft/agents-activity), the script says so and succeeds: nothing else depends on it.
set -euo pipefail
cd "$(dirname "$0")/../.."

node_folder="${1:-${PEERS_NODE:-}}"
. tests/peers/lib.sh
[ -n "$node_folder" ] || skip "name the folder with node_modules"
command -v node >/dev/null || skip "node is not installed"
for package in botframework-connector botframework-schema adaptivecards @microsoft/agents-activity; do
  [ -d "$node_folder/node_modules/$package" ] || skip "$package is not installed (npm i $package)"
done

work="$(mktemp -d)"
sandbox=
finish() {
  exec 9>&- || true
  [ -z "$sandbox" ] || kill "$sandbox" 2>/dev/null || true
  rm -rf "$work"
}
trap finish EXIT

free_port() {
  python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

echo "== our cards, activities and answers"
PEER_FOLDER="$work" cargo test -q --test contract cards_and_activities_are_written_for_the_judges -- --include-ignored

echo "== the sandbox"
cargo build -q --example teams
program="$(cargo metadata --format-version 1 --no-deps \
  | python3 -c 'import json, sys; print(json.load(sys.stdin)["target_directory"])')/debug/examples/teams"
port="$(free_port)"
mkfifo "$work/input"
"$program" "$port" <"$work/input" &
sandbox="$!"
exec 9>"$work/input"
for _ in $(seq 100); do
  if (exec 8<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then break; fi
  sleep 0.1
done

node tests/peers/teams.cjs "$node_folder" "http://127.0.0.1:$port/" "$work/teams.json"
