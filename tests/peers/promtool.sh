#!/usr/bin/env bash
# Lets Prometheus' own promtool judge /metrics after traffic of every kind: names, units, help texts.
#
#   tests/peers/promtool.sh
#
# Without promtool (apt: prometheus) it says so and succeeds; TESTS_NO_SKIPS makes that a failure.
set -euo pipefail
cd "$(dirname "$0")/../.."
. tests/peers/lib.sh

promtool="${PROMTOOL:-promtool}"
command -v "$promtool" >/dev/null || skip "promtool is not installed (apt: prometheus)"
command -v curl >/dev/null || skip "curl is not installed"
demo

say() { curl -sS -o /dev/null -H "authorization: Bearer $1" -H 'content-type: application/json' -d "{\"text\":\"$2\"}" "$address/api/v1/chat"; }
get() { curl -sS -o /dev/null "$@"; }
say demo-employee "access write on payments-api for 2 days ticket OPS-17 because rollout"
say demo-employee "access read on nowhere"
say demo-approver "help"
say nobody "help"
get -d '{}' "$address/webhooks/jira/acme"
get -d '{}' "$address/webhooks/slack/nobody"
get -H 'authorization: Bearer demo-auditor' "$address/api/v1/export"
get -H 'authorization: Bearer demo-auditor' "$address/api/v1/grants?at=position:1"
get "$address/readyz"
get "$address/metrics"

metrics="$(curl -sS --fail "$address/metrics")"
grep -q '^countersign_' <<<"$metrics" || { echo "there are no measures" >&2; exit 1; }
"$promtool" check metrics <<<"$metrics"
# Labels say what and of which organisation, never on which machine, at which address, or of which single thing.
known="command|effect|kind|le|method|outcome|projection|quantile|route|state|status|surface|tenant|vendor"
names_one_thing() {
  local labels
  labels="$(grep -v '^#' | grep -oE '[a-zA-Z_]+="[^"]*"' | sort -u)" || true
  grep -vE "^($known)=" <<<"$labels" \
    || grep -E '="[^"]*([0-9a-f]{8}-[0-9a-f]{4}-|[0-9]+\.[0-9]+\.[0-9]+\.[0-9]+|:[0-9]{2,5}\b|[A-Z]+-[0-9]+")' <<<"$labels"
}
for wrong in 'worker="demo-1"' 'host="build7"' 'tenant="127.0.0.1:8080"' 'kind="23221892-8abf-562f-b19b-0c13e3237033"' 'vendor="OPS-17"'; do
  names_one_thing <<<"countersign_things_total{tenant=\"acme\",$wrong} 1" >/dev/null \
    || { echo "$wrong would not be found" >&2; exit 1; }
done
if names_one_thing <<<"$metrics"; then
  echo "a label is none of those that were looked at, or names a machine, an address or a single thing" >&2
  exit 1
fi
echo "promtool has nothing to say about $(grep -c '^# HELP' <<<"$metrics") measures"
