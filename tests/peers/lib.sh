# What the peers' scripts share; sourced, not run.

# To the program a variable that begins with COUNTERSIGN_ is a key of its configuration, and a key that it does not know is a
# fault: what is meant for tests and scripts has other names.

# A judge that is not there is said, and kept in the file TESTS_SKIPPED where that is named, so that nobody takes
# silence for success. With TESTS_NO_SKIPS it is a failure.
skipped() {
  echo "skipped: $1"
  [ -z "${TESTS_SKIPPED:-}" ] || echo "$(basename "$0"): $1" >>"$TESTS_SKIPPED"
  [ -z "${TESTS_NO_SKIPS:-}" ] || exit 1
}

# The same, where nothing is left to do without it.
skip() {
  skipped "$1"
  exit 0
}

# Starts the demo in a folder of its own, and leaves its address in $address; it ends with the script.
demo() {
  demo_folder="$(mktemp -d)"
  cargo build -q --bin countersign
  COUNTERSIGN_KEYS__FOLDER="$demo_folder/keys" target/debug/countersign serve --demo --listen 127.0.0.1:0 \
    --data "$demo_folder/data" 2>"$demo_folder/log" &
  demo_process="$!"
  trap 'kill "$demo_process" 2>/dev/null || true; wait "$demo_process" 2>/dev/null || true; rm -rf "$demo_folder"' EXIT
  address=""
  for _ in $(seq 600); do
    address="$(sed -n 's/.*listens on \(http:\/\/127\.0\.0\.1:[0-9]*\).*/\1/p' "$demo_folder/log" | head -1)"
    [ -z "$address" ] || return 0
    kill -0 "$demo_process" 2>/dev/null || break
    sleep 0.1
  done
  cat "$demo_folder/log" >&2
  echo "the demo did not start" >&2
  return 1
}

# Starts a vendor in miniature, and leaves what it says of itself in $about; it ends with the script.
miniature() {
  cargo build -q --example "$1"
  local target
  target="$(cargo metadata --format-version 1 --no-deps | sed -n 's/.*"target_directory":"\([^"]*\)".*/\1/p')"
  miniature_folder="$(mktemp -d)"
  mkfifo "$miniature_folder/input"
  "$target/debug/examples/$1" <"$miniature_folder/input" >"$miniature_folder/about" &
  miniature_process="$!"
  # It ends when nobody can say anything to it any more.
  exec 9>"$miniature_folder/input"
  trap 'exec 9>&-; wait "$miniature_process" || true; rm -rf "$miniature_folder"' EXIT
  for _ in $(seq 100); do
    [ -s "$miniature_folder/about" ] && break
    kill -0 "$miniature_process" 2>/dev/null || { echo "the sandbox did not start" >&2; return 1; }
    sleep 0.1
  done
  about="$(cat "$miniature_folder/about")"
}
