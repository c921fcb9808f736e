#!/usr/bin/env bash
# Lets Prism judge our requests and the sandbox's answers by the vendors' published contracts.
#
#   tests/peers/prism.sh [folder with jira_v3.json, bitbucket_swagger2.json, discord.json and slack_web.json] [atlassian|discord|slack]
#
# The second argument takes one of the three runs alone. The folder may also be named by VENDOR_SPECS; CONTRIBUTING.md says
# where the vendors publish what is in it. Without it, or without Prism (npm i -g @stoplight/prism-cli@5.16.0), the script says so
# and succeeds; with TESTS_NO_SKIPS that is a failure.
set -euo pipefail
cd "$(dirname "$0")/../.."

specs="${1:-${VENDOR_SPECS:-}}"
. tests/peers/lib.sh
[ -n "$specs" ] || skip "the vendors' contracts are not there (name their folder by VENDOR_SPECS)"
only="${2:-}"
case "$only" in
  atlassian) needed="jira_v3.json bitbucket_swagger2.json" ;;
  discord) needed="discord.json" ;;
  slack) needed="slack_web.json" ;;
  *) needed="jira_v3.json bitbucket_swagger2.json discord.json slack_web.json" ;;
esac
for spec in $needed; do
  [ -r "$specs/$spec" ] || skip "$specs/$spec is not there"
done
command -v prism >/dev/null || skip "prism is not installed (npm i -g @stoplight/prism-cli@5.16.0)"
command -v curl >/dev/null || skip "curl is not installed"

work="$(mktemp -d)"
started=()
finish() {
  for process in "${started[@]}"; do kill "$process" 2>/dev/null || true; done
  rm -rf "$work"
}
trap finish EXIT

free_port() {
  python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

# $1 name of the log, then Prism's arguments; waits until it listens.
judge() {
  local log="$work/$1.log"
  shift
  prism "$@" >"$log" 2>&1 &
  local process="$!"
  started+=("$process")
  for _ in $(seq 300); do
    grep -q "Prism is listening" "$log" && return 0
    kill -0 "$process" 2>/dev/null || break
    sleep 0.2
  done
  cat "$log" >&2
  echo "prism did not start" >&2
  return 1
}

# $1 the name of the tests' program, then the names of the tests. All packages are built, as `cargo test` has done before.
drive() {
  local program="$1"
  shift
  cargo test -q --workspace --test "$program" -- --ignored --nocapture "$@" | tee "$work/said" || return 1
  # Of each of them one was run: what is called otherwise by now would pass unjudged.
  local ran
  ran="$(sed -n 's/^test result: ok\. \([0-9]*\) passed.*/\1/p' "$work/said" | awk '{ ran += $1 } END { print ran + 0 }')"
  [ "$ran" = "$#" ] || { echo "$ran of $# tests were run: $*" >&2; return 1; }
}

# Serenity's routes begin with /api/v10, which the contract has in its server's address and Prism leaves out.
discord() {
  echo "== proxy: our requests to Discord and the sandbox's answers"
  local front behind
  front=$(free_port) behind=$(free_port)
  python3 - "$specs/discord.json" "$work/discord.json" <<'PYTHON'
import json, sys
contract = json.load(open(sys.argv[1]))
contract["servers"] = [{"url": "https://discord.com"}]
contract["paths"] = {"/api/v10" + path: item for path, item in contract["paths"].items()}
json.dump(contract, open(sys.argv[2], "w"))
PYTHON
  judge discord proxy --errors -h 127.0.0.1 -p "$front" "$work/discord.json" "http://127.0.0.1:$behind"
  PEER_DISCORD="http://127.0.0.1:$front" PEER_DISCORD_BEHIND="127.0.0.1:$behind" \
    drive talk peers::discords_contract || { cat "$work"/discord.log; exit 1; }
}

# The contract is made such that Prism can read it; it has the methods without /api, which the sandbox's addresses begin with.
slack() {
  echo "== proxy: our requests to Slack and the sandbox's answers"
  local front behind
  front=$(free_port) behind=$(free_port)
  python3 tests/peers/slack/contract.py "$specs/slack_web.json" "$work/slack.json"
  judge slack proxy --errors -h 127.0.0.1 -p "$front" "$work/slack.json" "http://127.0.0.1:$behind/api"
  PEER_SLACK="http://127.0.0.1:$front" PEER_SLACK_BEHIND="127.0.0.1:$behind" \
    drive contract peers::slacks_contract || { cat "$work"/slack.log; exit 1; }
}

atlassian() {
  # Prism leaves the base path of the Bitbucket contract (/2.0) out of the paths it knows, in front and behind.
  echo "== proxy: our requests and the sandbox's answers"
  jira_front=$(free_port) jira_behind=$(free_port) bitbucket_front=$(free_port) bitbucket_behind=$(free_port)
  judge jira proxy --errors -h 127.0.0.1 -p "$jira_front" "$specs/jira_v3.json" "http://127.0.0.1:$jira_behind"
  judge bitbucket proxy --errors -h 127.0.0.1 -p "$bitbucket_front" "$specs/bitbucket_swagger2.json" \
    "http://127.0.0.1:$bitbucket_behind/2.0"
  PEER_JIRA="http://127.0.0.1:$jira_front" \
  PEER_JIRA_BEHIND="127.0.0.1:$jira_behind" \
  PEER_BITBUCKET="http://127.0.0.1:$bitbucket_front" \
  PEER_BITBUCKET_BEHIND="127.0.0.1:$bitbucket_behind" \
    drive contract peers::jiras_contract peers::bitbuckets_contract || { cat "$work"/*.log; exit 1; }

  echo "== mock: our requests, answered from the contract"
  jira_mock=$(free_port) bitbucket_mock=$(free_port)
  judge jira-mock mock --errors -h 127.0.0.1 -p "$jira_mock" "$specs/jira_v3.json"
  judge bitbucket-mock mock --errors -h 127.0.0.1 -p "$bitbucket_mock" "$specs/bitbucket_swagger2.json"
  PEER_JIRA="http://127.0.0.1:$jira_mock" \
  PEER_BITBUCKET="http://127.0.0.1:$bitbucket_mock" \
    drive contract peers::jiras_contract peers::bitbuckets_contract || { cat "$work"/*mock.log; exit 1; }
}

for run in atlassian discord slack; do
  if [ -z "$only" ] || [ "$only" = "$run" ]; then "$run"; fi
done
if grep -hE "violation|ERROR" "$work"/*.log; then echo "== the above is what Prism objected to"; fi
