//! What every [`EventStore`] promises, as tests that any store can run.
//!
//! An adapter's test file is these lines:
//!
//! ```text
//! async fn open() -> (Arc<dyn EventStore>, impl Send) {
//!     (Arc::new(MyStore::open().await), ()) // the second value lives as long as the test: a folder, a server
//! }
//! countersign_store::contract!(open);
//! ```
//!
//! Every case works in a tenant of its own and starts at the head it finds, so a server that other tests use at the
//! same time will do. Positions are only compared, never computed with.

mod appending;
pub mod fixtures;
mod following;
mod reading;

pub use appending::*;
pub use following::*;
pub use reading::*;

use std::sync::Arc;

use countersign_domain::ports::EventStore;

/// The store under test.
pub type Store = Arc<dyn EventStore>;

/// Makes one `#[tokio::test]` of each case of the contract. `$open` is an async function that gives a fresh store and
/// something to keep as long as the store is in use.
#[macro_export]
macro_rules! contract {
    ($open:path) => {
        $crate::contract_cases! { $open;
            what_was_appended_is_read_back
            an_append_must_name_the_exact_revision
            a_conflict_names_the_actual_revision_and_writes_nothing
            a_repeated_append_returns_the_first_result
            a_repeated_append_with_other_ids_is_a_conflict
            an_append_is_stored_whole_or_not_at_all
            an_empty_append_is_refused
            an_event_over_one_mebibyte_is_refused
            data_that_is_not_canonical_is_refused
            of_many_at_once_one_wins
            many_streams_at_once_lose_nothing
            any_text_comes_back_as_it_was
            a_stream_is_read_in_pages
            everything_is_read_in_pages_and_in_order
            positions_are_read_in_the_order_asked_for
            streams_and_tenants_never_mix
            reading_what_is_not_there_gives_nothing
            waiting_ends_when_something_is_appended
            waiting_for_what_is_there_ends_at_once
            every_follower_sees_every_event_once
        }
    };
}

/// The part of [`contract!`] that repeats.
#[doc(hidden)]
#[macro_export]
macro_rules! contract_cases {
    ($open:path; $($case:ident)*) => {
        $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $case() {
                let (store, _kept) = $open().await;
                $crate::contract::$case(store).await;
            }
        )*
    };
}
