#!/usr/bin/env bash
# Breaks the decisions of the domain one place at a time, and lets the domain's own tests notice (cargo-mutants; which places,
# says .cargo/mutants.toml). What they do not notice must stand in domain/mutants.missed with its reason, and nothing else there.
#
#   tests/mutants.sh                           everything: hours, and so no part of .ci/run
#   tests/mutants.sh access/limits             those whose names this regular expression matches: a folder, a file, a function
#   tests/mutants.sh --since main [expression] those in lines that were changed since this commit
set -euo pipefail
cd "$(dirname "$0")/.."
. tests/peers/lib.sh
list=domain/mutants.missed
changes="$(mktemp)"
trap 'rm -f "$changes"' EXIT
chosen=()
if [ "${1:-}" = --since ]; then
    git diff "$2" -- domain/src >"$changes"
    [ -s "$changes" ] || { echo "nothing in domain/src has changed since $2"; exit 0; }
    chosen=(--in-diff "$changes")
    shift 2
fi
chosen+=(--re "${1:-.}")

command -v cargo-mutants >/dev/null || skip "cargo-mutants is not installed (cargo install cargo-mutants --locked)"
if grep -vE '^(#|$)' "$list" | grep -vE ' # .'; then
    echo "^ without a reason in $list"
    exit 1
fi

# Broken copies are built a thousand times and run for a second: nothing is optimised, and the other crates are built once. In
# a folder of its own, for cargo takes a broken copy for the very same crate. The same random numbers each time, so that what is
# missed can be compared with a list at all; a smaller example of what was noticed is of no use to anybody.
target="${CARGO_TARGET_DIR:-$PWD/target}/mutants"
mkdir -p "$target/mutants.out"
: >"$target/mutants.out/missed.txt" # of an earlier run, and none is written where there is nothing to break
export CARGO_TARGET_DIR="$target" CARGO_PROFILE_DEV_OPT_LEVEL=0 CARGO_PROFILE_DEV_DEBUG=0
export PROPTEST_CASES=64 PROPTEST_RNG_SEED=1 PROPTEST_DISABLE_FAILURE_PERSISTENCE=1 PROPTEST_MAX_SHRINK_ITERS=0 INSTA_UPDATE=no
code=0
cargo mutants --jobs 1 "${chosen[@]}" --output "$target" || code=$?
# 2: some were missed; 3: some never came to an end, which is noticed well enough. Anything else is no answer.
case "$code" in 0 | 2 | 3) ;; *) exit "$code" ;; esac

# Without line and column, so that the list outlives edits elsewhere in the file.
names() { sed -E 's/^([^:]+):[0-9]+:[0-9]+: /\1: /' "$@" | sort; }
listed=$(grep -vE '^(#|$)' "$list" | sed 's/ # .*//' | sort)
missed=$(names "$target/mutants.out/missed.txt")
unlisted=$(comm -23 <(echo "$missed") <(echo "$listed"))
# Of those listed, what was broken and not missed, and what is not there to be broken any more.
noticed=$(comm -23 <(comm -12 <(echo "$listed") <(cargo mutants --list "${chosen[@]}" | names)) <(echo "$missed"))
gone=$(comm -23 <(echo "$listed") <(cargo mutants --list | names))
[ -z "$unlisted" ] || printf '\nNo test notices this; write one, or say in %s why not:\n%s\n' "$list" "$unlisted"
[ -z "$noticed" ] || printf '\nNoticed by now; take it out of %s:\n%s\n' "$list" "$noticed"
[ -z "$gone" ] || printf '\nNot there any more; take it out of %s:\n%s\n' "$list" "$gone"
[ -z "$unlisted$noticed$gone" ]
