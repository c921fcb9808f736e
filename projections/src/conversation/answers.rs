//! The one message in a chat that shows how what was asked there stands, and what it showed last.

use countersign_domain::capabilities::{Effect, EffectEvent, Outcome};
use countersign_domain::envelope::Digest;
use countersign_domain::names::Tenant;
use countersign_domain::ports::Posted;
use countersign_domain::talk;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::happened::Happened;
use crate::key::Key;
use crate::projection::ProjectionError;
use crate::rows::{Rows, RowsError, WriteRows};
use crate::table::{load, save};

const ANSWERS: u8 = b'w';

/// The message of a turn.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShownAnswer {
    /// Where it is.
    pub message: Posted,
    /// The digest of what it showed last.
    pub look: Digest,
}

/// The message of a turn; nothing where none was posted yet.
pub fn shown_answer(rows: &dyn Rows, tenant: &Tenant, turn: Uuid) -> Result<Option<ShownAnswer>, RowsError> {
    load(rows, row_key(tenant, turn))
}

fn row_key(tenant: &Tenant, turn: Uuid) -> Key {
    Key::of(tenant, ANSWERS).bytes(turn.as_bytes())
}

/// Takes in an event of an effect.
pub(super) fn fold(envelope: &Happened, rows: &mut dyn WriteRows) -> Result<(), ProjectionError> {
    if let EffectEvent::EffectSucceeded {
        effect: Effect::Talk(talk::Effect::ShowAnswer { turn, .. }),
        outcome: Outcome::Talk(talk::Outcome::Shown { message, look, .. }),
    } = envelope.effect()?
    {
        let shown = ShownAnswer { message: message.clone(), look: *look };
        save(rows, row_key(&envelope.tenant, *turn), shown);
    }
    Ok(())
}
