# What a judge's script does where the judge is not there; sourced by the scripts of this folder. The reason is said, kept in
# the file COUNTERSIGN_SKIPPED where that is named, and with COUNTERSIGN_NO_SKIP it is a failure.
skipped() {
  echo "skipped: $1"
  [ -z "${COUNTERSIGN_SKIPPED:-}" ] || echo "$(basename "$0"): $1" >>"$COUNTERSIGN_SKIPPED"
  [ -z "${COUNTERSIGN_NO_SKIP:-}" ] || exit 1
}
# The same, where nothing is left to do without it.
skip() { skipped "$1"; exit 0; }
