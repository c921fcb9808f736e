//! What somebody was asked back at a place: whoever says something else there need not read the stream of it. What only offers something
//! to be done with requests is found by each of these, so that it does not stay offered once nothing of it can be done any more.

use std::collections::BTreeSet;

use countersign_domain::aggregate::{self, Aggregate as _};
use countersign_domain::card::Card;
use countersign_domain::envelope::Envelope;
use countersign_domain::names::{PrincipalId, Tenant};
use countersign_domain::question::{About, Question, Questions};
use countersign_domain::request::Code;
use serde::{Deserialize, Serialize};

use super::notices;
use crate::key::{self, Key};
use crate::projection::ProjectionError;
use crate::rows::{Rows, RowsError, WriteRows};
use crate::table::{load, save};

const QUESTIONS: u8 = b'q';
const OFFERING: u8 = b'i';
const BY_REQUEST: u8 = b'r';

/// A question that waits, and offers nothing but what can be done with requests.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offering {
    /// It.
    pub question: Question,
    /// Who was asked.
    pub to: PrincipalId,
}

/// Where such a question stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Asked {
    stream: String,
    to: PrincipalId,
}

/// What was asked back in the stream of this id; nothing where nobody ever was.
pub fn asked_back(rows: &dyn Rows, tenant: &Tenant, id: &str) -> Result<Questions, RowsError> {
    Ok(load(rows, Key::of(tenant, QUESTIONS).text(id))?.unwrap_or_default())
}

/// The questions that wait, and offer to do something with this request.
pub fn offering(rows: &dyn Rows, tenant: &Tenant, code: &Code) -> Result<Vec<Offering>, RowsError> {
    let prefix = Key::of(tenant, BY_REQUEST).text(code.stream_id());
    let mut found = Vec::new();
    for (key, id) in rows.scan(key::starting_with(&prefix), false, usize::MAX)? {
        let id: Code =
            String::from_utf8_lossy(&id).parse().map_err(|error| RowsError::damaged(&key, error))?;
        let Some(Asked { stream, to }) = load(rows, row_key(tenant, &id))? else { continue };
        let questions = asked_back(rows, tenant, &stream)?;
        let open = questions.open().find(|question| question.id == id);
        found.extend(open.cloned().map(|question| Offering { question, to }));
    }
    Ok(found)
}

/// The question that a card asks of somebody, where it offers nothing but what can be done with requests: each of its buttons names it.
pub(super) fn asked_by(
    rows: &dyn Rows,
    tenant: &Tenant,
    (card, to): (&Card, &PrincipalId),
) -> Result<Option<Code>, RowsError> {
    let Some(button) = card.buttons.first() else { return Ok(None) };
    for id in codes(&button.say) {
        let asked: Option<Asked> = load(rows, row_key(tenant, &id))?;
        if asked.is_some_and(|asked| asked.to == *to) {
            return Ok(Some(id));
        }
    }
    Ok(None)
}

/// Takes in an event of such a stream.
pub(super) fn fold(envelope: &Envelope, rows: &mut dyn WriteRows) -> Result<(), ProjectionError> {
    let (tenant, id) = (&envelope.tenant, envelope.stream.id());
    let mut questions = asked_back(&*rows, tenant, id)?;
    let before: Vec<Question> = questions.open().cloned().collect();
    questions.evolve(&aggregate::decode(envelope)?, envelope.at);
    for over in before.iter().filter(|one| !questions.open().any(|open| open.id == one.id)) {
        forget(tenant, over, rows)?;
    }
    let is_new = |question: &&Question| !before.iter().any(|one| one.id == question.id);
    for question in questions.open().filter(is_new).filter(|question| only_offers(question)) {
        let asked = Asked { stream: id.to_owned(), to: envelope.actor.id.clone() };
        note(tenant, question, asked, rows);
    }
    save(rows, Key::of(tenant, QUESTIONS).text(id), questions);
    Ok(())
}

/// Whether a question is about nothing but which of several things shall be done, or whether one shall be.
fn only_offers(question: &Question) -> bool {
    question.wish.is_none() && question.about == About::Which
}

fn note(tenant: &Tenant, question: &Question, asked: Asked, rows: &mut dyn WriteRows) {
    for code in offered(question) {
        let by_request = request_key(tenant, &code, &question.id);
        rows.put(by_request.into_vec(), question.id.stream_id().as_bytes().to_vec());
    }
    save(rows, row_key(tenant, &question.id), asked);
}

/// Nobody can answer it any more.
fn forget(tenant: &Tenant, question: &Question, rows: &mut dyn WriteRows) -> Result<(), RowsError> {
    if !only_offers(question) {
        return Ok(());
    }
    for code in offered(question) {
        rows.delete(&request_key(tenant, &code, &question.id).into_vec());
    }
    rows.delete(&row_key(tenant, &question.id).into_vec());
    notices::forget(tenant, &question.id, rows)
}

/// The requests that its offers name.
fn offered(question: &Question) -> BTreeSet<Code> {
    question.offers.iter().flat_map(|offer| codes(&offer.say)).collect()
}

/// The codes in a sentence: no word is one.
fn codes(say: &str) -> impl Iterator<Item = Code> {
    say.split_whitespace().filter_map(|word| word.parse().ok())
}

fn row_key(tenant: &Tenant, question: &Code) -> Key {
    Key::of(tenant, OFFERING).text(question.stream_id())
}

fn request_key(tenant: &Tenant, request: &Code, question: &Code) -> Key {
    Key::of(tenant, BY_REQUEST).text(request.stream_id()).text(question.stream_id())
}
