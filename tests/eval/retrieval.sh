#!/usr/bin/env bash
# How well questions find their passages, measured on documentation that Debian ships: tests/eval/retrieval.sh [folder].
# The packages are fetched, and nothing of them is kept here. Skips where there is no Debian or no network.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
work=${1:-$(mktemp -d)}
skip() { echo "skipped: $1"; [ -z "${TESTS_NO_SKIPS:-}" ]; exit; }
cd "$work"
if [ ! -s faq.json ]; then
  command -v apt-get >/dev/null || skip "there is no apt-get here"
  apt-get download python3.11-doc debian-faq >/dev/null 2>&1 || skip "the packages cannot be fetched"
  for package in *.deb; do dpkg -x "$package" x; done
  python3 -m venv venv && venv/bin/pip install -q beautifulsoup4 lxml || skip "Python's readers of HTML cannot be fetched"
  venv/bin/python -W ignore "$here/retrieval_set.py"
fi
cd "$here/../.."
cargo run -q --release -p countersign-knowledge --example retrieval -- "$work/faq.json"
