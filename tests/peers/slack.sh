#!/usr/bin/env bash
# Lets Slack's own libraries judge the Slack sandbox: Bolt in Socket Mode, slack_sdk's WebClient, SocketModeClient and
# SignatureVerifier.
#
#   tests/peers/slack.sh [folder with node_modules]
#
# The folder may also be named by PEERS_FOLDER, and the Python by PYTHON. Without @slack/bolt (npm i @slack/bolt) or
# slack_sdk (pip install slack_sdk) the script says so and leaves that judge out: nothing else depends on it.
set -euo pipefail
cd "$(dirname "$0")/../.."

export PEERS="${1:-${PEERS_FOLDER:-$PWD}}"
python="${PYTHON:-python3}"
. tests/peers/lib.sh

miniature slack
SLACK="$about"
export SLACK

if command -v node >/dev/null && [ -d "$PEERS/node_modules/@slack/bolt" ]; then
  echo "== Bolt"
  node tests/peers/slack/bolt.mjs
else
  skipped "node with @slack/bolt is not there (npm i @slack/bolt, and name the folder)"
fi

if "$python" -c 'import slack_sdk' 2>/dev/null; then
  echo "== slack_sdk"
  "$python" tests/peers/slack/sdk.py
else
  skipped "slack_sdk is not installed (pip install slack_sdk)"
fi
