//! The borders: one small trait per role, the vendor behind it. Nothing here does any work.

mod attached;
mod call;
mod clock;
mod examine;
mod forge;
mod mention;
mod role;
mod roster;
mod secrets;
mod store;
mod surface;
mod tracker;

pub use attached::*;
pub use call::*;
pub use clock::*;
pub use examine::*;
pub use forge::*;
pub use mention::*;
pub use role::*;
pub use roster::*;
pub use secrets::*;
pub use store::*;
pub use surface::*;
pub use tracker::*;
