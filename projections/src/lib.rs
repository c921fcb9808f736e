//! Read models: pure folds of the log, thrown away and folded again at will.
//!
//! A projection folds envelopes into rows and never causes anything. The same queries serve the present (rows in sled)
//! and the past (rows in memory, folded up to a moment). Every key starts with the tenant, so tenants never meet.

pub mod access;
pub mod audit;
mod block;
mod capabilities;
mod cell;
pub mod conversation;
mod digest;
pub mod effect;
mod follow;
mod happened;
pub mod help_desk;
mod history;
mod keeper;
mod key;
mod lately;
mod memory;
mod moment;
mod noted;
mod overlay;
pub mod oversight;
mod page;
mod past;
mod place;
mod projection;
mod rebuild;
pub mod repair;
mod repository;
pub mod request;
mod rows;
mod runner;
mod side;
mod sled_rows;
mod table;
pub mod tenant;
pub mod tickets;
pub mod timeline;
mod unpacked;
mod waiting;
mod written;

use std::sync::Arc;

pub use cell::{Cell, Found, Live};
pub use digest::digest;
pub use happened::Happened;
pub use memory::MemoryRows;
pub use moment::{Moment, NotAMoment, fold_as_of};
pub use page::{Page, QueryError};
pub use past::Snapshot;
pub use projection::{Projection, ProjectionError};
pub use rebuild::{Comparison, RebuildReport};
pub use rows::{Range, Row, Rows, RowsError, WriteRows};
pub use runner::{Progress, ProjectionState, Projections};

/// Every projection of the program.
pub fn all() -> Vec<Arc<dyn Projection>> {
    vec![
        Arc::new(audit::AuditIndex),
        Arc::new(conversation::Conversations),
        Arc::new(effect::EffectList),
        Arc::new(help_desk::HelpDesk),
        Arc::new(oversight::Oversight),
        Arc::new(request::RequestList),
        Arc::new(tenant::Tenants),
        Arc::new(timeline::Timeline),
    ]
}
