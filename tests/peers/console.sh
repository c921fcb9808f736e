#!/usr/bin/env bash
# Uses the console in a real browser, as people do: refusals are seen, a denial asks for its reason, a wrong token is said.
#
#   tests/peers/console.sh [folder with node_modules] [folder for pictures]
#
# The first folder may also be named by PEERS_NODE, the browser by CHROMIUM. Without playwright-core (npm i
# playwright-core) or Chromium (apt install chromium) the script says so and succeeds;
# with TESTS_NO_SKIPS=1 it fails.
set -euo pipefail
cd "$(dirname "$0")/../.."

node_folder="${1:-${PEERS_NODE:-}}"
pictures="${2:-}"
export CHROMIUM="${CHROMIUM:-/usr/bin/chromium}"
. tests/peers/lib.sh
[ -n "$node_folder" ] || skip "name the folder with node_modules"
[ -d "$node_folder/node_modules/playwright-core" ] || skip "playwright-core is not installed (npm i playwright-core)"
[ -x "$CHROMIUM" ] || skip "there is no browser at $CHROMIUM (apt install chromium, or name it by CHROMIUM)"
command -v node >/dev/null || skip "node is not installed"

demo
[ -z "$pictures" ] || mkdir -p "$pictures"
node tests/peers/console.cjs "$node_folder" "$address" $pictures
