#!/usr/bin/env bash
# What the first command and `.ci/run` leave out because Amazon's libraries take minutes to build: the bot with the feature
# `bedrock`, linted and tested against Bedrock in miniature.
set -euo pipefail
cd "$(dirname "$0")/.."
cargo clippy -p countersign -p countersign-tests --all-targets --features countersign-tests/bedrock --locked -- -D warnings
cargo test --locked -p countersign-bedrock
cargo test --locked -p countersign -p countersign-tests --features countersign-tests/bedrock --lib --test help_desk bedrock
