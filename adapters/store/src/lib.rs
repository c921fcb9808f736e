//! Where the log is kept: the journal and the in-memory store, and the contract every store passes.
