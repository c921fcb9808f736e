#!/usr/bin/env bash
# The worked example of CONTRIBUTING.md ("Add a capability"), really added: to a copy of what is here, in which it is compiled and
# tested. `tests/example.sh into <folder>` only adds it, to a copy of your own.
set -euo pipefail
cd "$(dirname "$0")/.."

# The files, and each line of the table behind the first one that it shall follow.
add_to() {
    cp -r docs/examples/catering/. "$1/"
    local file after line
    while IFS=$'\t' read -r file after line; do
        AFTER="$after" LINE="$line" awk '
            { print }
            { text = $0; sub(/^ +/, "", text) }
            !is_done && text == ENVIRON["AFTER"] { print substr($0, 1, length($0) - length(text)) ENVIRON["LINE"]; is_done = 1 }
            END { exit !is_done }
        ' "$1/$file" > "$1/$file.new" || { echo "$file has no line that reads: $after" >&2; exit 1; }
        mv "$1/$file.new" "$1/$file"
    done < <(awk -F'`' -v OFS='\t' '/^\| `[^`]+` \| `[^`]+` \| `[^`]+` \|$/ { print $2, $4, $6 }' CONTRIBUTING.md)
}

if [ "${1:-}" = into ]; then
    add_to "$2"
    exit
fi

copy="$(mktemp -d)"
trap 'rm -rf "$copy"' EXIT
git ls-files -z --cached --others --exclude-standard | xargs -0 cp --parents -t "$copy"
add_to "$copy"
rm -rf "$copy/docs/examples"
export CARGO_TARGET_DIR="${CARGO_TARGET_DIR:-$PWD/target}"
# All of ours is built anew for it, of which little is run: nothing is made better or found again in a debugger.
export CARGO_PROFILE_DEV_OPT_LEVEL=0 CARGO_PROFILE_DEV_DEBUG=0
# What was not optimised needs more of its stack than a test's thread has.
export RUST_MIN_STACK=16777216
cd "$copy"
cargo fmt --all --check
# The crates that it adds to, and nobody else's tests; the server in miniature so that what all are built from stays as it was built.
of=(-p countersign-domain -p countersign -p countersign-tests -p countersign-kurrentd)
# Its events' golden files, which whoever adds it commits.
GOLDEN=write cargo test "${of[@]}" --lib every_event_ever_written >/dev/null
cargo test "${of[@]}" --lib -- golden:: capabilities:: commands::tests::the_table commands::tests::every
cargo test "${of[@]}" --test catering --test fence
