//! What people were told of a request in private, and what they were asked of several, for as long as something on it may change: how it
//! stands, or what can be pressed.

use countersign_domain::capabilities::{Effect, EffectEvent, Outcome};
use countersign_domain::card::Card;
use countersign_domain::names::{PrincipalId, Tenant};
use countersign_domain::ports::{Place, Posted};
use countersign_domain::request::Code;
use countersign_domain::talk;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::asked_back;
use crate::happened::Happened;
use crate::key::{self, Key};
use crate::projection::ProjectionError;
use crate::rows::{Rows, RowsError, WriteRows};
use crate::table::{load, save};

const NOTICES: u8 = b'n';
const BY_CODE: u8 = b'o';
const BY_QUESTION: u8 = b'b';

/// What a notice is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Subject {
    /// The request with this code.
    Request(Code),
    /// It asks the question with this one.
    Question(Code),
}

/// Something that was told, on which something may change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// The effect by which it was said.
    pub id: Uuid,
    /// What it is about.
    pub about: Subject,
    /// Where.
    pub place: Place,
    /// To whom.
    pub to: PrincipalId,
    /// What, as it is by now.
    pub card: Card,
    /// The message, once it was said.
    pub message: Option<Posted>,
}

/// What was told by this effect, where something may change on it.
pub fn notice(rows: &dyn Rows, tenant: &Tenant, id: Uuid) -> Result<Option<Notice>, RowsError> {
    load(rows, row_key(tenant, id))
}

/// Everything that was told of this, where something may change on it.
pub fn notices(rows: &dyn Rows, tenant: &Tenant, about: &Subject) -> Result<Vec<Notice>, RowsError> {
    let mut told = Vec::new();
    for (key, id) in rows.scan(key::starting_with(&subject_key(tenant, about)), false, usize::MAX)? {
        let id = Uuid::from_slice(&id).map_err(|error| RowsError::damaged(&key, error))?;
        told.extend(notice(rows, tenant, id)?);
    }
    Ok(told)
}

fn row_key(tenant: &Tenant, id: Uuid) -> Key {
    Key::of(tenant, NOTICES).bytes(id.as_bytes())
}

fn subject_key(tenant: &Tenant, about: &Subject) -> Key {
    match about {
        Subject::Request(code) => Key::of(tenant, BY_CODE).text(code.stream_id()),
        Subject::Question(id) => Key::of(tenant, BY_QUESTION).text(id.stream_id()),
    }
}

fn index_key(tenant: &Tenant, notice: &Notice) -> Key {
    subject_key(tenant, &notice.about).bytes(notice.id.as_bytes())
}

/// Takes in an event of an effect. What is still to be said is known from when it is claimed, so that nothing that happens before it
/// is said is missed.
pub(super) fn fold(envelope: &Happened, rows: &mut dyn WriteRows) -> Result<(), ProjectionError> {
    let tenant = &envelope.tenant;
    match envelope.effect()? {
        EffectEvent::EffectClaimed { effect, .. } => {
            let id = id_of(envelope)?;
            if let Some(new) = told(&*rows, tenant, id, effect)?.filter(|new| may_change(&new.card))
                && notice(&*rows, tenant, id)?.is_none()
            {
                rows.put(index_key(tenant, &new).into_vec(), id.as_bytes().to_vec());
                save(rows, row_key(tenant, id), new);
            }
        }
        EffectEvent::EffectSucceeded { effect, outcome: Outcome::Talk(outcome) } => {
            let Effect::Talk(talk::Effect::Tell { card, again, .. }) = effect else { return Ok(()) };
            match (again, outcome) {
                (None, talk::Outcome::Told { message }) => {
                    change(tenant, id_of(envelope)?, rows, |told| told.message = Some(message.clone()))?;
                }
                (Some(id), talk::Outcome::Told { .. }) => {
                    change(tenant, *id, rows, |told| told.card = Card::clone(card))?;
                }
                // It is not there any more; what is still to be said will be said as it is then.
                (Some(id), _) => change(tenant, *id, rows, |told| {
                    if told.message.is_some() {
                        told.card.buttons.clear();
                        told.card.live = false;
                    }
                })?,
                (None, _) => {}
            }
        }
        _ => {}
    }
    Ok(())
}

fn id_of(envelope: &Happened) -> Result<Uuid, ProjectionError> {
    envelope.stream.id().parse().map_err(|error: uuid::Error| ProjectionError::Stream {
        stream: envelope.stream.to_string(),
        why: error.to_string(),
    })
}

/// What is told to somebody in private, about a request, or to ask what shall be done with some.
fn told(rows: &dyn Rows, tenant: &Tenant, id: Uuid, effect: &Effect) -> Result<Option<Notice>, RowsError> {
    let Effect::Talk(talk::Effect::Tell { code, place, to: Some(to), card, again: None, .. }) = effect else {
        return Ok(None);
    };
    if !place.is_direct() {
        return Ok(None);
    }
    let about = match code {
        Some(code) => Some(Subject::Request(code.clone())),
        None => asked_back::asked_by(rows, tenant, (card, to))?.map(Subject::Question),
    };
    let (place, to, card) = (place.clone(), to.clone(), Card::clone(card));
    Ok(about.map(|about| Notice { id, about, place, to, card, message: None }))
}

/// Nobody can answer this question any more: its card stays as it is.
pub(super) fn forget(tenant: &Tenant, question: &Code, rows: &mut dyn WriteRows) -> Result<(), RowsError> {
    for notice in notices(&*rows, tenant, &Subject::Question(question.clone()))? {
        rows.delete(&index_key(tenant, &notice).into_vec());
        rows.delete(&row_key(tenant, notice.id).into_vec());
    }
    Ok(())
}

/// Whether it may look otherwise some day.
const fn may_change(card: &Card) -> bool {
    card.live || !card.buttons.is_empty()
}

/// Changes what is known of a notice; one on which nothing changes any more is forgotten.
fn change(
    tenant: &Tenant,
    id: Uuid,
    rows: &mut dyn WriteRows,
    with: impl FnOnce(&mut Notice),
) -> Result<(), RowsError> {
    let Some(mut told) = notice(&*rows, tenant, id)? else { return Ok(()) };
    with(&mut told);
    if may_change(&told.card) {
        save(rows, row_key(tenant, id), told);
    } else {
        rows.delete(&index_key(tenant, &told).into_vec());
        rows.delete(&row_key(tenant, id).into_vec());
    }
    Ok(())
}
