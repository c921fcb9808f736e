#!/usr/bin/env bash
# Breaks the decisions of the domain one place at a time, and lets the domain's own tests notice (cargo-mutants; which places,
# says .cargo/mutants.toml). What they do not notice must stand in domain/mutants.missed with its reason, and nothing else there.
#
#   tests/mutants.sh                  everything: an hour or two, and so no part of .ci/run
#   tests/mutants.sh access/limits    those whose names this regular expression matches: a folder, a file, a function
set -euo pipefail
cd "$(dirname "$0")/.."
. tests/peers/lib.sh
which="${1:-.}"
list=domain/mutants.missed

command -v cargo-mutants >/dev/null || skip "cargo-mutants is not installed (cargo install cargo-mutants --locked)"
if grep -vE '^(#|$)' "$list" | grep -vE ' # .'; then
    echo "^ without a reason in $list"
    exit 1
fi

# Broken copies are built a thousand times and run for a second: nothing is optimised, and the other crates are built once. In
# a folder of its own, for cargo takes a broken copy for the very same crate. The same random numbers each time, so that what is
# missed can be compared with a list at all.
target="${CARGO_TARGET_DIR:-$PWD/target}/mutants"
mkdir -p "$target"
export CARGO_TARGET_DIR="$target" CARGO_PROFILE_DEV_OPT_LEVEL=0 CARGO_PROFILE_DEV_DEBUG=0
export PROPTEST_CASES=64 PROPTEST_RNG_SEED=1 PROPTEST_DISABLE_FAILURE_PERSISTENCE=1 INSTA_UPDATE=no
code=0
cargo mutants --jobs 1 --re "$which" --output "$target" || code=$?
# 2: some were missed; 3: some never came to an end, which is noticed well enough. Anything else is no answer.
case "$code" in 0 | 2 | 3) ;; *) exit "$code" ;; esac

# Without line and column, so that the list outlives edits elsewhere in the file.
missed() { sed -E 's/^([^:]+):[0-9]+:[0-9]+: /\1: /' "$target/mutants.out/missed.txt" | sort; }
listed() { grep -vE '^(#|$)' "$list" | sed 's/ # .*//' | grep -E "$which" | sort; }
unlisted=$(comm -23 <(missed) <(listed))
noticed=$(comm -13 <(missed) <(listed))
[ -z "$unlisted" ] || printf '\nNo test notices this; write one, or say in %s why not:\n%s\n' "$list" "$unlisted"
[ -z "$noticed" ] || printf '\nNoticed by now, or gone; take it out of %s:\n%s\n' "$list" "$noticed"
[ -z "$unlisted$noticed" ]
