# `just` lists what there is; every recipe is one plain command that also works without just.

_default:
    @just --list

# the demo: a sandbox, five people, four repositories
demo:
    cargo run -- serve --demo

# everything CI runs
ci:
    .ci/run

test:
    cargo test

lint:
    cargo fmt --all && cargo clippy --workspace --all-targets -- -D warnings

docs:
    RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps --open

# the store beside other engines, in one run
bench:
    cargo bench -p countersign-bench

release:
    deploy/release.sh
