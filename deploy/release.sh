#!/usr/bin/env bash
# Builds the program as it is released: dist/countersign, and beside it dist/countersign.debug with its symbols, which debuggers
# and the program's own backtraces find through a link in it as long as the two stay in one folder.
#
#   deploy/release.sh [FOLDER]     where they go; dist where nothing is said
set -euo pipefail
cd "$(dirname "$0")/.."
to="${1:-dist}"
built="${CARGO_TARGET_DIR:-target}/release/countersign"

# The linker that Rust brings along on this platform keeps one of functions whose code is the same; others do not know how.
fold=()
if [[ "$(rustc -vV | sed -n 's/^host: //p')" == x86_64-unknown-linux-gnu ]]; then
  fold=(-C link-arg=-Wl,--icf=all)
fi
cargo rustc --locked --release -p countersign --bin countersign -- "${fold[@]}"
mkdir -p "$to"
objcopy --only-keep-debug "$built" "$to/countersign.debug"
objcopy --strip-all --add-gnu-debuglink="$to/countersign.debug" "$built" "$to/countersign"
du -h "$to/countersign" "$to/countersign.debug"
