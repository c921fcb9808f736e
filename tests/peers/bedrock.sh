#!/usr/bin/env bash
# Lets Amazon's own library for Python judge Bedrock in miniature: converse_stream, invoke_agent, apply_guardrail and retrieve,
# with botocore's reader of its event stream.
#
#   tests/peers/bedrock.sh
#
# The Python may be named by PYTHON. Without boto3 (pip install boto3) the script says so and succeeds; TESTS_NO_SKIPS makes that a
# failure.
set -euo pipefail
cd "$(dirname "$0")/../.."
. tests/peers/lib.sh

python="${PYTHON:-python3}"
"$python" -c 'import boto3' 2>/dev/null || skip "boto3 is not installed (pip install boto3)"

cargo build -q --example bedrock
program="$(cargo metadata --format-version 1 --no-deps | sed -n 's/.*"target_directory":"\([^"]*\)".*/\1/p')/debug/examples/bedrock"

work="$(mktemp -d)"
mkfifo "$work/input"
"$program" <"$work/input" >"$work/about" &
sandbox="$!"
exec 9>"$work/input"
finish() {
  exec 9>&-
  wait "$sandbox" || true
  rm -rf "$work"
}
trap finish EXIT
for _ in $(seq 100); do
  [ -s "$work/about" ] && break
  kill -0 "$sandbox" 2>/dev/null || { echo "the sandbox did not start" >&2; exit 1; }
  sleep 0.1
done
BEDROCK="$(cat "$work/about")"
export BEDROCK
"$python" tests/peers/bedrock/sdk.py
