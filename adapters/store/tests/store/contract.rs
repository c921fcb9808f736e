//! The contract, kept by every store of this crate.

use std::future::{Ready, ready};
use std::sync::Arc;

use countersign_domain::ports::EventStore;
use countersign_store::{Journal, MemoryStore, Options};

mod memory {
    use super::*;

    fn open() -> Ready<(Arc<dyn EventStore>, ())> {
        ready((Arc::new(MemoryStore::new()), ()))
    }
    countersign_store::contract!(open);
}

mod journal {
    use super::*;

    fn open() -> Ready<(Arc<dyn EventStore>, tempfile::TempDir)> {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let journal = Journal::open(folder.path(), Options::default()).expect("an empty journal opens");
        ready((Arc::new(journal), folder))
    }
    countersign_store::contract!(open);
}
