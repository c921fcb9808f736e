#!/usr/bin/env bash
# Microsoft's Agents Playground drives a running bot through a whole request: Alex asks in a group chat, Megan presses the
# first button of the card, and the card says something else than before.
#
#   tests/peers/agents-playground.sh [folder with node_modules] [http://127.0.0.1:8080/api/messages]
#
# The folder may also be named by COUNTERSIGN_NODE, the bot by COUNTERSIGN_BOT; the bot runs with auth = "none" and the tenant
# 8f0c3e57-5c1b-4f55-9a46-0d2a7c1e9b10. With `echo` as the bot a small one of the script's own is driven, to see that the
# playground works; with `adapter` a small one made of our adapter and nothing else. Without the playground (npm i @microsoft/m365agentsplayground@0.2.28) or a bot, the script says so and
# succeeds: nothing else depends on it.
set -euo pipefail
cd "$(dirname "$0")"

node_folder="${1:-${COUNTERSIGN_NODE:-}}"
bot="${2:-${COUNTERSIGN_BOT:-}}"
skip() { echo "skipped: $1"; exit 0; }
[ -n "$node_folder" ] || skip "name the folder with node_modules"
[ -n "$bot" ] || skip "name the bot's address, or adapter, or echo"
command -v node >/dev/null || skip "node is not installed"
playground="$(cd "$node_folder" && pwd)/node_modules/@microsoft/m365agentsplayground"
[ -d "$playground" ] || skip "the playground is not installed (npm i @microsoft/m365agentsplayground@0.2.28)"

if [ "$bot" = adapter ]; then
  cargo build -q -p countersign-teams --example local_bot
  program="$(cargo metadata --format-version 1 --no-deps \
    | python3 -c 'import json, sys; print(json.load(sys.stdin)["target_directory"])')/debug/examples/local_bot"
  port="$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')"
  "$program" "$port" &
  process="$!"
  trap 'kill "$process" 2>/dev/null || true' EXIT
  bot="http://127.0.0.1:$port/api/messages"
fi

node agents-playground.cjs "$playground/cli.js" "$bot"
