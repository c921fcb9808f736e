#!/usr/bin/env bash
# Breaks the decisions of the domain one place at a time, and lets the domain's own tests notice (cargo-mutants; which places,
# says .cargo/mutants.toml). What they do not notice must stand in domain/mutants.missed with its reason, and nothing else there.
#
#   tests/mutants.sh                           everything: hours, and so no part of .ci/run
#   tests/mutants.sh access/limits             those whose names this regular expression matches: a folder, a file, a function
#   tests/mutants.sh --since main [expression] those in lines that were changed since this commit; with `last` for it, since
#                                              the one at which the list says that it was run last
set -euo pipefail
cd "$(dirname "$0")/.."
. tests/peers/lib.sh
list=domain/mutants.missed
command -v cargo-mutants >/dev/null || skip "cargo-mutants is not installed (cargo install cargo-mutants --locked)"
if grep -vE '^(#|$)' "$list" | grep -vE ' # .'; then
    echo "^ without a reason in $list"
    exit 1
fi

work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
chosen=()
if [ "${1:-}" = --since ]; then
    since="$2"
    [ "$since" != last ] || since="$(sed -n 's/^# Run last at \([0-9a-f]*\):.*/\1/p' "$list")"
    # As it is in the working copy, also what nobody has told git of yet.
    cp "$(git rev-parse --git-path index)" "$work/index"
    GIT_INDEX_FILE="$work/index" git add --intent-to-add domain/src
    GIT_INDEX_FILE="$work/index" git diff --no-ext-diff --no-color --src-prefix=a/ --dst-prefix=b/ "$since" -- domain/src >"$work/changes"
    [ -s "$work/changes" ] || { echo "nothing in domain/src has changed since $since"; exit 0; }
    chosen=(--in-diff "$work/changes")
    shift 2
fi
expression="${1:-.}"

# `file:line:column: what` in the order of the file. By its name without line and column each is known, so that the list outlives
# edits elsewhere in the file; where there are several of one name, they are told apart by their number.
cargo mutants --list >"$work/all"
known() {
    awk -v OFS='\t' '
        { name = $0; sub(/:[0-9]+:[0-9]+: /, ": ", name) }
        NR == FNR { times = ++seen[name]; known[$0] = times > 1 ? name " (" times ")" : name; next }
        !($0 in known) { print "not among all mutants: " $0 >"/dev/stderr"; exit 1 }
        { print known[$0] }
    ' "$work/all" "$1" | sort
}
# cargo-mutants 27.1 asks the expression about everything but fields that are left out: so the files are chosen, too.
cargo mutants --list ${chosen[@]+"${chosen[@]}"} | { grep -E -e "$expression" || true; } >"$work/matching"
[ -s "$work/matching" ] || { echo "there is nothing to break in that"; [ -n "${chosen[*]}" ]; exit; }
chosen+=(--re "$expression")
while read -r file; do chosen+=(--exclude "$file"); done < <(
    comm -23 <(cut -d: -f1 "$work/all" | sort -u) <(cut -d: -f1 "$work/matching" | sort -u)
)
cargo mutants --list "${chosen[@]}" >"$work/chosen"

# Broken copies are built a thousand times and run for a second: nothing is optimised, and the other crates are built once. In
# a folder of its own, for cargo takes a broken copy for the very same crate. The same random numbers each time, so that what is
# missed can be compared with a list at all; a smaller example of what was noticed is of no use to anybody.
target="${CARGO_TARGET_DIR:-$PWD/target}/mutants"
export CARGO_TARGET_DIR="$target" CARGO_PROFILE_DEV_OPT_LEVEL=0 CARGO_PROFILE_DEV_DEBUG=0
export PROPTEST_CASES=64 PROPTEST_RNG_SEED=1 PROPTEST_DISABLE_FAILURE_PERSISTENCE=1 PROPTEST_MAX_SHRINK_ITERS=0 INSTA_UPDATE=no
code=0
cargo mutants --jobs 1 "${chosen[@]}" --output "$work" || code=$?
# 2: some were missed; 3: some never came to an end, which is noticed well enough. Anything else is no answer.
case "$code" in 0 | 2 | 3) ;; *) exit "$code" ;; esac

outcomes="$work/mutants.out"
cat "$outcomes"/{caught,missed,timeout,unviable}.txt | sort >"$work/tried"
if untried=$(comm -3 "$work/tried" <(sort "$work/chosen")) && [ -n "$untried" ]; then
    printf 'Listed and not tried, or tried and not listed:\n%s\n' "$untried"
    exit 1
fi
grep -vE '^(#|$)' "$list" | sed 's/ # .*//' | sort >"$work/listed"
known "$outcomes/missed.txt" >"$work/missed"
unlisted=$(comm -23 "$work/missed" "$work/listed")
# Of those listed, what was broken and not missed, and what is not there to be broken any more.
noticed=$(comm -12 <(known "$work/chosen") "$work/listed" | comm -23 - "$work/missed")
gone=$(comm -23 "$work/listed" <(known "$work/all"))
[ -z "$unlisted" ] || printf '\nNo test notices this; write one, or say in %s why not:\n%s\n' "$list" "$unlisted"
[ -z "$noticed" ] || printf '\nNoticed by now; take it out of %s:\n%s\n' "$list" "$noticed"
[ -z "$gone" ] || printf '\nNot there any more; take it out of %s:\n%s\n' "$list" "$gone"
[ -z "$unlisted$noticed$gone" ]
