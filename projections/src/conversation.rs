//! The read model of conversations: where the card of each request is shown, and what it showed there last; what people were
//! told of it with something to press; what they were asked back; and where what they asked is answered.

mod answers;
mod asked_back;
mod notices;

use countersign_domain::aggregate::Aggregate as _;
use countersign_domain::capabilities::{Effect, EffectEvent, Effects, Outcome, Plan};
use countersign_domain::envelope::Digest;
use countersign_domain::names::{PrincipalId, Tenant};
use countersign_domain::ports::{Place, Posted, SurfaceKind};
use countersign_domain::question::Questions;
use countersign_domain::request::Code;
use countersign_domain::talk::{self, placement};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

pub use answers::{ShownAnswer, shown_answer};
pub use asked_back::{Offering, asked_back, offering};
pub use notices::{Notice, Subject, notice, notices};

use crate::happened::Happened;
use crate::key::{self, Key};
use crate::projection::{Projection, ProjectionError};
use crate::rows::{Rows, RowsError, WriteRows};
use crate::table::{load, save};

/// The projection's name.
pub const NAME: &str = "conversation";

const PLACEMENTS: u8 = b'p';
const BY_CODE: u8 = b'c';
const BY_MESSAGE: u8 = b'm';
const ATTEMPTS: u8 = b'a';

/// One card of a request at one place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Placement {
    /// Its id: there is one for a request, a place and a viewer.
    pub id: Uuid,
    /// The request.
    pub code: Code,
    /// Where.
    pub place: Place,
    /// As who sees it; `None` where everybody there does.
    pub viewer: Option<PrincipalId>,
    /// The message, once it was posted.
    pub message: Option<Posted>,
    /// The digest of what it showed last.
    pub look: Option<Digest>,
    /// The receipt that its buttons carry.
    pub receipt: Option<Digest>,
    /// Whether it may have been posted though nobody knows: an attempt had no outcome yet.
    pub doubtful: bool,
}

/// The card with this id.
pub fn find(rows: &dyn Rows, tenant: &Tenant, id: Uuid) -> Result<Option<Placement>, RowsError> {
    load(rows, row_key(tenant, id))
}

/// Every card of a request.
pub fn of_request(rows: &dyn Rows, tenant: &Tenant, code: &Code) -> Result<Vec<Placement>, RowsError> {
    let prefix = Key::of(tenant, BY_CODE).text(code.stream_id());
    let mut cards = Vec::new();
    for (key, id) in rows.scan(key::starting_with(&prefix), false, usize::MAX)? {
        let id = Uuid::from_slice(&id).map_err(|error| RowsError::damaged(&key, error))?;
        cards.extend(find(rows, tenant, id)?);
    }
    Ok(cards)
}

/// The card that a message shows.
pub fn of_message(
    rows: &dyn Rows,
    tenant: &Tenant,
    surface: SurfaceKind,
    message: &Posted,
) -> Result<Option<Placement>, RowsError> {
    let id: Option<Uuid> = load(rows, message_key(tenant, surface, message))?;
    id.map_or(Ok(None), |id| find(rows, tenant, id))
}

fn row_key(tenant: &Tenant, id: Uuid) -> Key {
    Key::of(tenant, PLACEMENTS).bytes(id.as_bytes())
}

fn message_key(tenant: &Tenant, surface: SurfaceKind, message: &Posted) -> Key {
    Key::of(tenant, BY_MESSAGE).text(surface.as_str()).text(&message.channel).text(&message.message)
}

/// Folds the effects that show cards, and what is asked back.
#[derive(Debug, Clone, Copy)]
pub struct Conversations;

impl Projection for Conversations {
    fn name(&self) -> &'static str {
        NAME
    }

    fn version(&self) -> u32 {
        6
    }

    fn apply(&self, envelope: &Happened, rows: &mut dyn WriteRows) -> Result<(), ProjectionError> {
        match envelope.stream.category() {
            Effects::CATEGORY => {
                notices::fold(envelope, rows)?;
                answers::fold(envelope, rows)?;
                fold_effect(envelope, rows)
            }
            Questions::CATEGORY => asked_back::fold(envelope, rows),
            _ => Ok(()),
        }
    }
}

fn fold_effect(envelope: &Happened, rows: &mut dyn WriteRows) -> Result<(), ProjectionError> {
    let tenant = &envelope.tenant;
    let attempt = Key::of(tenant, ATTEMPTS).text(envelope.stream.id());
    match envelope.effect()? {
        EffectEvent::EffectClaimed { effect, .. } => {
            if let Some(card) = placed(effect) {
                // For the events of the same effect that follow, which do not repeat what it is.
                save(rows, attempt, card.id);
                begin(tenant, card, rows)?;
            }
        }
        EffectEvent::EffectAttempted { plan: Plan::Talk(talk::Plan::Show { message: None, .. }), .. } => {
            change(tenant, &attempt, rows, |card| card.doubtful = true)?;
        }
        EffectEvent::EffectDeferred { .. } => {
            change(tenant, &attempt, rows, |card| card.doubtful = false)?;
        }
        EffectEvent::EffectSucceeded {
            effect,
            outcome: Outcome::Talk(talk::Outcome::Shown { message, look, receipt }),
        } => {
            if let Some(card) = placed(effect) {
                shown(tenant, card.id, message, *look, *receipt, rows)?;
            }
            rows.delete(&attempt.into_vec());
        }
        EffectEvent::EffectSucceeded { .. } | EffectEvent::EffectResolved { .. } => {
            rows.delete(&attempt.into_vec());
        }
        _ => {}
    }
    Ok(())
}

fn placed(effect: &Effect) -> Option<Placement> {
    let Effect::Talk(talk::Effect::ShowCard { code, place, viewer, .. }) = effect else { return None };
    Some(Placement {
        id: placement(code, place, viewer.as_ref()),
        code: code.clone(),
        place: place.clone(),
        viewer: viewer.clone(),
        message: None,
        look: None,
        receipt: None,
        doubtful: false,
    })
}

fn begin(tenant: &Tenant, card: Placement, rows: &mut dyn WriteRows) -> Result<(), RowsError> {
    if find(&*rows, tenant, card.id)?.is_some() {
        return Ok(());
    }
    let by_code = Key::of(tenant, BY_CODE).text(card.code.stream_id()).bytes(card.id.as_bytes());
    rows.put(by_code.into_vec(), card.id.as_bytes().to_vec());
    save(rows, row_key(tenant, card.id), card);
    Ok(())
}

fn change(
    tenant: &Tenant,
    attempt: &Key,
    rows: &mut dyn WriteRows,
    with: impl FnOnce(&mut Placement),
) -> Result<(), RowsError> {
    let id: Option<Uuid> = load(&*rows, attempt.clone())?;
    let Some(mut card) = id.map_or(Ok(None), |id| find(&*rows, tenant, id))? else { return Ok(()) };
    with(&mut card);
    save(rows, row_key(tenant, card.id), card);
    Ok(())
}

fn shown(
    tenant: &Tenant,
    id: Uuid,
    message: &Posted,
    look: Digest,
    receipt: Option<Digest>,
    rows: &mut dyn WriteRows,
) -> Result<(), RowsError> {
    let Some(mut card) = find(&*rows, tenant, id)? else { return Ok(()) };
    if let Some(old) = card.message.as_ref().filter(|old| *old != message) {
        // It was posted anew because the old one was gone: a reaction to that counts for nothing.
        rows.delete(&message_key(tenant, card.place.surface, old).into_vec());
    }
    save(rows, message_key(tenant, card.place.surface, message), id);
    card.message = Some(message.clone());
    (card.look, card.receipt, card.doubtful) = (Some(look), receipt, false);
    save(rows, row_key(tenant, id), card);
    Ok(())
}
