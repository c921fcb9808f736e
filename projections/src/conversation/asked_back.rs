//! What somebody was asked back at a place: whoever says something else there need not read the stream of it.

use countersign_domain::aggregate::{self, Aggregate as _};
use countersign_domain::envelope::Envelope;
use countersign_domain::names::Tenant;
use countersign_domain::question::Questions;

use crate::key::Key;
use crate::projection::ProjectionError;
use crate::rows::{Rows, RowsError, WriteRows};
use crate::table::{load, save};

const QUESTIONS: u8 = b'q';

/// What was asked back in the stream of this id; nothing where nobody ever was.
pub fn asked_back(rows: &dyn Rows, tenant: &Tenant, id: &str) -> Result<Questions, RowsError> {
    Ok(load(rows, Key::of(tenant, QUESTIONS).text(id))?.unwrap_or_default())
}

/// Takes in an event of such a stream.
pub(super) fn fold(envelope: &Envelope, rows: &mut dyn WriteRows) -> Result<(), ProjectionError> {
    let (tenant, id) = (&envelope.tenant, envelope.stream.id());
    let mut questions = asked_back(&*rows, tenant, id)?;
    questions.evolve(&aggregate::decode(envelope)?, envelope.at);
    save(rows, Key::of(tenant, QUESTIONS).text(id), questions);
    Ok(())
}
