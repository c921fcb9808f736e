#!/usr/bin/env bash
# Lets Redocly judge the OpenAPI document that a running bot serves, by its recommended rules and a licence.
#
#   tests/peers/redocly.sh
#
# Without Redocly (npm: @redocly/cli) it says so and succeeds; TESTS_NO_SKIPS makes that a failure.
set -euo pipefail
cd "$(dirname "$0")/../.."
. tests/peers/lib.sh

redocly="${REDOCLY:-redocly}"
command -v "$redocly" >/dev/null || skip "redocly is not installed (npm: @redocly/cli)"
command -v curl >/dev/null || skip "curl is not installed"
demo

curl -sS --fail "$address/api/openapi.json" >"$demo_folder/openapi.json"
# A demo is on this machine, which is no place for clients in general; everything else is a fault.
cat >"$demo_folder/redocly.yaml" <<'RULES'
extends: [recommended]
rules:
  info-license: error
  operation-operationId: error
  operation-operationId-unique: error
  operation-singular-tag: error
  operation-tag-defined: error
  tag-description: error
  no-server-example.com: off
RULES
REDOCLY_TELEMETRY=off REDOCLY_SUPPRESS_UPDATE_NOTICE=true "$redocly" lint --config "$demo_folder/redocly.yaml" \
  --format stylish --max-problems 1000 "$demo_folder/openapi.json" | tee "$demo_folder/said"
if grep -qiE '^ *[0-9]+:[0-9]+ +(error|warning)' "$demo_folder/said"; then
  echo "redocly has found something" >&2
  exit 1
fi
