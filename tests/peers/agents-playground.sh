#!/usr/bin/env bash
# Microsoft's Agents Playground drives a running bot through a whole request: Alex asks in a group chat, Megan presses the
# first button of the card, and the card says something else than before.
#
#   tests/peers/agents-playground.sh [folder with node_modules] [http://127.0.0.1:8080/api/messages]
#
# The folder may also be named by PEERS_NODE, the bot by COUNTERSIGN_BOT; the bot runs with auth = "none" and the tenant
# 8f0c3e57-5c1b-4f55-9a46-0d2a7c1e9b10. With `countersign` as the bot the real one is built and run, with a configuration that
# is written here, beside the Bitbucket of a demo, until the access is in force. With `echo` as the bot a small one of the script's own is driven, to see that the
# playground works; with `adapter` a small one made of our adapter and nothing else. Without the playground (npm i @microsoft/m365agentsplayground@0.2.28) or a bot, the script says so and
# succeeds: nothing else depends on it.
set -euo pipefail
cd "$(dirname "$0")"

node_folder="${1:-${PEERS_NODE:-}}"
bot="${2:-${COUNTERSIGN_BOT:-}}"
# The bot takes every variable of this beginning for configuration.
unset PEERS_NODE COUNTERSIGN_BOT
. ./lib.sh
[ -n "$node_folder" ] || skip "name the folder with node_modules"
[ -n "$bot" ] || skip "name the bot's address, or countersign, or adapter, or echo"
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

if [ "$bot" = countersign ]; then
  cargo build -q -p countersign
  program="$(cargo metadata --format-version 1 --no-deps \
    | python3 -c 'import json, sys; print(json.load(sys.stdin)["target_directory"])')/debug/countersign"
  work="$(mktemp -d)"
  # The demo has its Bitbucket on the port after its own.
  read -r demo port playground_port < <(python3 - <<'PYTHON'
import socket
held = []
def free(*offsets):
    while True:
        first = socket.socket(); first.bind(("127.0.0.1", 0)); port = first.getsockname()[1]
        try:
            for offset in offsets:
                beside = socket.socket(); beside.bind(("127.0.0.1", port + offset)); held.append(beside)
            held.append(first)
            return port
        except OSError:
            first.close()
print(free(1, 2, 3, 4, 5, 6), free(), free())
PYTHON
  )
  cat > "$work/rules.cedar" <<'CEDAR'
@id("read") @approvers("group:approvers") @quorum("1") @max_duration("7 days")
permit (principal, action == Action::"read", resource);
CEDAR
  cat > "$work/countersign.toml" <<TOML
data = "$work/data"
listen = "127.0.0.1:$port"
[tenants.acme]
rules = "rules.cedar"
[[tenants.acme.people]]
id = "alex"
name = "Alex"
[tenants.acme.people.accounts]
bitbucket = "712020:demo-employee"
teams = "8f0c3e57-5c1b-4f55-9a46-0d2a7c1e9b10/3f6a1d2c-77b8-4f0e-8b1d-000000000020"
[[tenants.acme.people]]
id = "megan"
name = "Megan"
groups = ["approvers"]
[tenants.acme.people.accounts]
teams = "8f0c3e57-5c1b-4f55-9a46-0d2a7c1e9b10/3f6a1d2c-77b8-4f0e-8b1d-000000000021"
[tenants.acme.bitbucket]
url = "http://127.0.0.1:$((demo + 1))/2.0"
workspace = "acme"
email = "bot@acme.example"
token_secret = "bitbucket_token"
[tenants.acme.teams]
app_id = "f0e7b3c1-1111-4222-8333-444455556666"
tenant = "8f0c3e57-5c1b-4f55-9a46-0d2a7c1e9b10"
auth = "none"
service_url = "http://127.0.0.1:$playground_port/_connector"
TOML
  export COUNTERSIGN_SECRET_BITBUCKET_TOKEN=sandbox-bitbucket-token
  "$program" serve --demo --data "$work/demo" --listen "127.0.0.1:$demo" > "$work/demo.log" 2>&1 &
  demo_process="$!"
  "$program" serve --config "$work/countersign.toml" > "$work/bot.log" 2>&1 &
  process="$!"
  trap 'kill "$process" "$demo_process" 2>/dev/null || true; wait; rm -rf "$work"' EXIT
  for address in "$demo" "$port"; do
    for _ in $(seq 100); do
      curl -sf -o /dev/null "http://127.0.0.1:$address/readyz" && break
      sleep 0.1
    done
  done
  "$program" config check --config "$work/countersign.toml" || { cat "$work/bot.log"; exit 1; }
  bot="http://127.0.0.1:$port/api/messages"
  COUNTERSIGN_PORT="$playground_port" COUNTERSIGN_WHOLE=1 \
    COUNTERSIGN_SAYS="access read on payments-api for 2 days because the till is stuck" \
    node agents-playground.cjs "$playground/cli.js" "$bot" || { tail -40 "$work/bot.log"; exit 1; }
  exit
fi

node agents-playground.cjs "$playground/cli.js" "$bot"
