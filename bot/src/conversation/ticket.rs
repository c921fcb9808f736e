//! A turn that was not enough becomes a ticket: with what who asked said themselves, and nothing that was answered to them alone.

use countersign_domain::conversation::Turn;
use countersign_domain::envelope::Cause;
use countersign_domain::names::Tenant;
use countersign_domain::support::{Opened, Turn as Of};
use uuid::Uuid;

use crate::engine::{Engine, Failure};
use crate::help::Help;
use crate::support;

/// Opens it, and says its number. The same turn is the same ticket, however often it is asked for.
pub(super) async fn open(
    engine: &Engine,
    of: (&Tenant, &Cause),
    help: &Help,
    (conversation, turn): (Uuid, &Turn),
    marker: Uuid,
) -> Result<Option<u64>, Failure> {
    let asked = &turn.asked;
    let subject = Some(support::subject(&asked.text)).filter(|subject| !subject.is_empty());
    let opened = |number| Opened {
        number,
        marker,
        by: asked.by.clone(),
        name: asked.name.clone(),
        subject: subject.clone().unwrap_or_else(|| "A question".to_owned()),
        text: asked.text.clone(),
        turn: Some(Of { conversation, turn: turn.id }),
    };
    let done = support::open(engine, of, help, marker, opened).await?;
    Ok(done.ok().and_then(|done| done.state.opened).map(|opened| opened.number))
}
