//! The adapters through a judge that knows the vendors' published contracts; see `tests/peers/prism.sh`.
