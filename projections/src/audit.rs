//! The audit index.

use countersign_domain::envelope::Envelope;

use crate::projection::{Projection, ProjectionError};
use crate::rows::WriteRows;

/// The projection's name.
pub const NAME: &str = "audit";

/// Indexes the events.
#[derive(Debug, Clone, Copy)]
pub struct AuditIndex;

impl Projection for AuditIndex {
    fn name(&self) -> &'static str {
        NAME
    }

    fn version(&self) -> u32 {
        1
    }

    fn apply(&self, _envelope: &Envelope, _rows: &mut dyn WriteRows) -> Result<(), ProjectionError> {
        Ok(())
    }
}
