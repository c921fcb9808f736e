//! Tickets that ask: for access in the name of their reporter, or to be told why they are no request.

use countersign_domain::aggregate::Aggregate as _;
use countersign_domain::capabilities::{Effect, Effects};
use countersign_domain::envelope::{Cause, Digest};
use countersign_domain::names::{StreamName, Tenant};
use countersign_domain::reaction;
use countersign_domain::record::TicketRequest;
use countersign_domain::request::Origin;
use countersign_domain::ticket;
use uuid::Uuid;

use super::Reactor;
use crate::engine::Failure;
use crate::resolve::TRACKER;
use crate::tickets::reading::Reader;

impl Reactor {
    /// A ticket asks in the name of its reporter, whom the tenant knows by the tracker's account. What of it cannot be read or
    /// found asks for nothing, and is told on the ticket; the same delivery is not read otherwise when it is seen again.
    pub(super) async fn ask(
        &self,
        tenant: &Tenant,
        cause: &Cause,
        body: &Digest,
        request: TicketRequest,
    ) -> Result<(), Failure> {
        let unread = Cause { command: reaction::unread_id(tenant, body), ..cause.clone() };
        if self.engine.denied_before(tenant, &unread).await?.is_some()
            || self.requests.has_asked(tenant, cause.command).await?
        {
            return Ok(());
        }
        let present = self.directory.present(tenant).await?;
        let account = request.reporter.as_deref().unwrap_or_default();
        let person = present.state.by_account(TRACKER, account);
        let reader = Reader { world: &self.world, resolver: self.requests.resolver(), present: &present };
        let ticket = request.form.ticket.clone().unwrap_or_default();
        let meant = match reader.read(tenant, cause, &request, person).await? {
            Ok(meant) => meant,
            Err(why) => {
                self.answer(tenant, cause, &ticket, request.edited, why.said).await?;
                return self.engine.deny(tenant, &unread, "ask", None, &why.denied).await;
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
