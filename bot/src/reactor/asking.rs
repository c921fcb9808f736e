//! Tickets that ask: for access in the name of their reporter, or to be told why they are no request.

use countersign_domain::access::{Access, Status};
use countersign_domain::aggregate::Aggregate as _;
use countersign_domain::capabilities::{Effect, Effects};
use countersign_domain::envelope::{Cause, Digest, derived_id};
use countersign_domain::names::{StreamName, Tenant};
use countersign_domain::reaction;
use countersign_domain::record::TicketRequest;
use countersign_domain::request::{Code, Origin};
use countersign_domain::{ticket, words};
use uuid::Uuid;

use super::Reactor;
use crate::engine::Failure;
use crate::resolve::TRACKER;
use crate::tickets::reading::{Read, Reader};

impl Reactor {
    /// A ticket asks in the name of its reporter, whom the tenant knows by the tracker's account. What of it cannot be read or
    /// found asks for nothing, and is told on the ticket; the same delivery is not read otherwise when it is seen again.
    pub(super) async fn ask(
        &self,
        tenant: &Tenant,
        cause: &Cause,
        (asks, body): (Digest, Digest),
        request: TicketRequest,
    ) -> Result<(), Failure> {
        let unread = Cause { command: reaction::unread_id(tenant, &body), ..cause.clone() };
        if self.engine.denied_before(tenant, &unread).await?.is_some() {
            return Ok(());
        }
        let ticket = request.form.ticket.clone().unwrap_or_default();
        if let Some(code) = self.requests.asked_by(tenant, cause.command).await? {
            return if request.edited {
                self.asked_before(tenant, cause, &ticket, &code).await
            } else {
                Ok(())
            };
        }
        let present = self.directory.present(tenant).await?;
        let reader = Reader { world: &self.world, resolver: self.requests.resolver(), present: &present };
        let meant = match reader.read(tenant, cause, &request).await? {
            Read::Asks(meant) => *meant,
            Read::Unread(why) => {
                self.answer(tenant, cause, &ticket, request.edited, why.said).await?;
                return self.engine.deny(tenant, &unread, "ask", None, &why.denied).await;
            }
            Read::Away(error) => {
                tracing::warn!(%tenant, %ticket, vendor = error.vendor, "what a ticket names cannot be looked up now: {error}");
                let command = derived_id(cause.causation, "read");
                let effect = ticket::Effect::ReadTicket { ticket, asks, body, request: Box::new(request) };
                return self.claim(tenant, &Cause { command, ..cause.clone() }, effect.into()).await;
            }
        };
        // A new ticket that was told what it lacks is the request that it becomes.
        let first = ticket::answer_id(tenant, &ticket, None);
        let was_there = request.edited && self.said_on_ticket(tenant, first).await?.is_none();
        let origin = if was_there { Origin::EditedTicket } else { Origin::Ticket };
        let actor = countersign_domain::envelope::Actor {
            id: meant.requester.id.clone(),
            kind: meant.requester.kind,
            surface: TRACKER.to_owned(),
            via: None,
        };
        let cause = Cause { actor, ..cause.clone() };
        self.requests.ask_as(tenant, &cause, origin, meant.requester, meant.resolved).await.map(drop)
    }

    /// A ticket that was edited and asks for what was decided before is told once how to ask again.
    async fn asked_before(
        &self,
        tenant: &Tenant,
        cause: &Cause,
        ticket: &str,
        code: &Code,
    ) -> Result<(), Failure> {
        let status = self.requests.state::<Access>(tenant, code).await?.status();
        let came_to_nothing = matches!(status, Status::Denied | Status::Withdrawn | Status::Expired);
        if !came_to_nothing {
            return Ok(());
        }
        let paragraphs = words::asks_the_same(code, status.as_str());
        let command = ticket::answer_id(tenant, ticket, Some(&paragraphs));
        let effect = ticket::Effect::Comment { code: None, ticket: ticket.to_owned(), paragraphs };
        self.claim(tenant, &Cause { command, ..cause.clone() }, effect.into()).await
    }

    /// Tells a ticket that is no request why, once for as long as it is the same. What a new ticket is told has an id of its own,
    /// by which the ticket is known again when it was mended.
    pub(super) async fn answer(
        &self,
        tenant: &Tenant,
        cause: &Cause,
        ticket: &str,
        edited: bool,
        paragraphs: Vec<String>,
    ) -> Result<(), Failure> {
        let first = ticket::answer_id(tenant, ticket, None);
        let is_first = match self.said_on_ticket(tenant, first).await? {
            None => !edited,
            Some(said) => said == paragraphs,
        };
        let command = if is_first { first } else { ticket::answer_id(tenant, ticket, Some(&paragraphs)) };
        let effect = ticket::Effect::Comment { code: None, ticket: ticket.to_owned(), paragraphs };
        self.claim(tenant, &Cause { command, ..cause.clone() }, effect.into()).await
    }

    /// What was said on a ticket under this id, if anything was.
    async fn said_on_ticket(&self, tenant: &Tenant, id: Uuid) -> Result<Option<Vec<String>>, Failure> {
        let stream = StreamName::new(tenant, Effects::CATEGORY, &id.to_string())?;
        let said = self.engine.load::<Effects>(&stream, None).await?.state.effect;
        Ok(said.and_then(|effect| match effect {
            Effect::Ticket(ticket::Effect::Comment { paragraphs, .. }) => Some(paragraphs),
            _ => None,
        }))
    }
}
