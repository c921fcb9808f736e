//! The borders: one small trait per role, the vendor behind it. Nothing here does any work.

mod attached;
mod blobs;
mod call;
mod clock;
mod doer;
mod examine;
mod extractor;
mod forge;
mod guardrail;
mod knowledge;
mod mention;
mod model;
mod pager;
mod permission;
mod plane;
mod repository;
mod role;
mod secrets;
mod store;
mod surface;
mod tracker;

pub use attached::*;
pub use blobs::*;
pub use call::*;
pub use clock::*;
pub use doer::*;
pub use examine::*;
pub use extractor::*;
pub use forge::*;
pub use guardrail::*;
pub use knowledge::*;
pub use mention::*;
pub use model::*;
pub use pager::*;
pub use permission::*;
pub use plane::*;
pub use repository::*;
pub use role::*;
pub use secrets::*;
pub use store::*;
pub use surface::*;
pub use tracker::*;

pub use crate::place::{Identity, Place, Posted, SurfaceKind};
