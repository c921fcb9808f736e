//! Tickets that ask: for access in the name of their reporter, or to be told why they are no request.

use countersign_domain::access::{Access, AccessCommand, AccessRequest, Status};
use countersign_domain::aggregate::Aggregate as _;
use countersign_domain::capabilities::{Effect, Effects};
use countersign_domain::envelope::{Actor, Cause, Digest, Position, derived_id};
use countersign_domain::names::{StreamName, Tenant};
use countersign_domain::reaction;
use countersign_domain::record::TicketRequest;
use countersign_domain::request::{Code, Facets, Origin, Requester};
use countersign_domain::{ticket, words};
use countersign_projections::request::{self, RequestRow};
use countersign_projections::tickets::{self, LastSaid};
use jiff::Timestamp;
use uuid::Uuid;

use super::Reactor;
use crate::engine::Failure;
use crate::resolve::TRACKER;
use crate::tickets::reading::{Meant, Read, Reader};

/// A ticket as it was edited.
#[derive(Debug, Clone, Copy)]
pub(super) struct Edit<'a> {
    /// Which.
    pub(super) ticket: &'a str,
    /// Where the edit stands in the log: what was asked after it is none of it.
    pub(super) since: Position,
    /// When it was made, by the tracker's clock: what the ticket said after it is none of it either, however late it was heard.
    pub(super) at: Option<Timestamp>,
    /// Whether nothing of a request stands in it any more.
    pub(super) asks_nothing: bool,
}

/// When a ticket said what is asked for, by the tracker's clock.
fn written(access: &AccessRequest) -> Option<Timestamp> {
    access.asked.as_ref()?.written
}

/// What a ticket asks for by now, of what a delivery says: nothing that it does not say any more; and beside what somebody else edited,
/// what stood in it before, in the name of whom it is for.
fn said_by_now(last: Option<&LastSaid>, request: TicketRequest) -> Option<TicketRequest> {
    match last {
        Some(last) if let Some(own) = last.as_before(&request) => Some(own),
        Some(last) => last.asks_for(&request).then_some(request),
        None => Some(request),
    }
}

impl Reactor {
    /// A ticket asks in the name of its reporter, whom the tenant knows by the tracker's account. What of it cannot be read or
    /// found asks for nothing, and is told on the ticket; the same delivery is not read otherwise when it is seen again.
    pub(super) async fn ask(
        &self,
        tenant: &Tenant,
        cause: &Cause,
        (asks, body, since): (Digest, Digest, Position),
        request: TicketRequest,
    ) -> Result<(), Failure> {
        let unread = Cause { command: reaction::unread_id(tenant, &body), ..cause.clone() };
        if self.engine.denied_before(tenant, &unread).await?.is_some() {
            return Ok(());
        }
        let ticket = request.form.ticket.clone().unwrap_or_default();
        // Whatever came of what it said since: what it does not say any more, nobody asks for.
        let last = self.last_said(tenant, &ticket).await?;
        let Some(request) = said_by_now(last.as_ref(), request) else {
            tracing::info!(%tenant, %ticket, "the ticket says something else by now");
            return Ok(());
        };
        let asks = request.asks().unwrap_or(asks);
        let cause = &Cause { command: reaction::ask_id(tenant, &asks), ..cause.clone() };
        let edit = Edit { ticket: &ticket, since, at: request.at, asks_nothing: false };
        if let Some(code) = self.asked_for(tenant, cause, &request).await? {
            if request.edited {
                self.supersede(tenant, cause, edit, Some(&code)).await?;
                self.asked_before(tenant, cause, &ticket, &code).await?;
            }
            return Ok(());
        }
        let Some(meant) = self.meant(tenant, (cause, &unread), edit, (asks, body), &request).await? else {
            return Ok(());
        };
        let mut is_the_request = !request.edited;
        if request.edited {
            let same = self.same_of_ticket(tenant, cause, &ticket, &meant).await?;
            is_the_request = self.supersede(tenant, cause, edit, same.as_ref()).await?;
            if same.is_some() {
                return Ok(());
            }
        }
        is_the_request |= last.is_some_and(|last| last.was_made_for(&request));
        // A new ticket that was told what it lacks is the request that it becomes.
        let first = ticket::answer_id(tenant, &ticket, None);
        let was_there = !is_the_request && self.said_on_ticket(tenant, first).await?.is_none();
        let origin = if was_there { Origin::EditedTicket } else { Origin::Ticket };
        let (cause, from) = (in_the_name_of(&meant.requester, cause), (origin, request.at));
        self.requests.ask_as(tenant, &cause, from, meant.requester, meant.resolved).await.map(drop)
    }

    /// What a ticket asks for, where it can be read. Where it cannot, the ticket is told why, and asks for nothing; where somebody
    /// who knows what it names does not answer now, it is read again later.
    async fn meant(
        &self,
        tenant: &Tenant,
        (cause, unread): (&Cause, &Cause),
        edit: Edit<'_>,
        (asks, body): (Digest, Digest),
        request: &TicketRequest,
    ) -> Result<Option<Meant>, Failure> {
        let present = self.directory.present(tenant).await?;
        let reader = Reader { world: &self.world, resolver: self.requests.resolver(), present: &present };
        let ticket = edit.ticket;
        match reader.read(tenant, cause, request).await? {
            Read::Asks(meant) => return Ok(Some(*meant)),
            Read::Unread(why) => {
                if request.edited {
                    self.supersede(tenant, cause, edit, None).await?;
                }
                self.answer(tenant, cause, ticket, request.edited, why.said).await?;
                self.engine.deny(tenant, unread, "ask", None, &why.denied).await?;
            }
            Read::Away(error) => {
                tracing::warn!(%tenant, %ticket, vendor = error.vendor, "what a ticket names cannot be looked up now: {error}");
                let command = derived_id(cause.causation, "read");
                let (ticket, request) = (ticket.to_owned(), Box::new(request.clone()));
                let effect = ticket::Effect::ReadTicket { ticket, asks, body, request };
                self.claim(tenant, &Cause { command, ..cause.clone() }, effect.into()).await?;
            }
        }
        Ok(None)
    }

    /// The request that came of this very wish, or of the same one of whom it is for: who edits something beside it asks for nothing.
    async fn asked_for(
        &self,
        tenant: &Tenant,
        cause: &Cause,
        request: &TicketRequest,
    ) -> Result<Option<Code>, Failure> {
        if let Some(code) = self.requests.asked_by(tenant, cause.command).await? {
            return Ok(Some(code));
        }
        let own = request.of_whom_it_is_for().filter(|_| request.edited).and_then(|own| own.asks());
        match own {
            Some(asks) => self.requests.asked_by(tenant, reaction::ask_id(tenant, &asks)).await,
            None => Ok(None),
        }
    }

    /// The undecided request of a ticket that asks for exactly this, whoever asked.
    async fn same_of_ticket(
        &self,
        tenant: &Tenant,
        cause: &Cause,
        ticket: &str,
        meant: &Meant,
    ) -> Result<Option<Code>, Failure> {
        let asked = meant.asked(cause);
        for (code, access) in self.undecided_of(tenant, ticket).await? {
            if self.requests.asks_the_same(tenant, &access, &asked).await {
                return Ok(Some(code));
            }
        }
        Ok(None)
    }

    /// A ticket asks for nothing any more: what it asked for is closed where nobody has decided on it.
    pub(super) async fn asks_nothing(
        &self,
        tenant: &Tenant,
        cause: &Cause,
        edit: Edit<'_>,
    ) -> Result<(), Failure> {
        if self.last_said(tenant, edit.ticket).await?.is_none_or(|last| last.asks_no_more()) {
            self.supersede(tenant, cause, edit, None).await?;
        }
        Ok(())
    }

    /// What a ticket said last, whenever that was heard, and whatever came of it.
    async fn last_said(&self, tenant: &Tenant, ticket: &str) -> Result<Option<LastSaid>, Failure> {
        self.world.folded().await?;
        Ok(tickets::last_said(&*self.world.projections.rows(request::NAME), tenant, ticket)?)
    }

    /// Whether a ticket has said something after this time, by the tracker's clock: deliveries come late, and what it said then
    /// it does not say any more.
    pub(super) async fn says_otherwise_by_now(
        &self,
        tenant: &Tenant,
        ticket: &str,
        at: Option<Timestamp>,
    ) -> Result<bool, Failure> {
        let is_later = self.last_said(tenant, ticket).await?.is_some_and(|last| last.is_later(at));
        if is_later {
            tracing::info!(%tenant, %ticket, "a delivery came late: the ticket says something else by now");
        }
        Ok(is_later)
    }

    /// What a ticket asked for before it was edited, but for what it still asks for, is closed where nobody has decided on it.
    /// Whether the ticket is the request.
    pub(super) async fn supersede(
        &self,
        tenant: &Tenant,
        cause: &Cause,
        Edit { ticket, since, at, asks_nothing }: Edit<'_>,
        but: Option<&Code>,
    ) -> Result<bool, Failure> {
        let mut is_the_request = false;
        for (code, access) in self.undecided_of(tenant, ticket).await? {
            let row = request::find(&*self.world.projections.rows(request::NAME), tenant, &code)?;
            let is_later = at.is_some() && written(&access) > at;
            if but == Some(&code) || is_later || row.is_none_or(|row| row.created > since) {
                continue;
            }
            is_the_request |= Facets::origin(&access) == Some(Origin::Ticket);
            let cause = Cause { command: derived_id(cause.command, code.stream_id()), ..cause.clone() };
            let command = AccessCommand::Supersede { ticket: ticket.to_owned(), asks_nothing };
            self.requests.tell_unread(tenant, &code, &cause, "supersede", &command.into()).await?.ok();
        }
        Ok(is_the_request)
    }

    /// What a ticket asked for by itself and is not over.
    async fn open_of(&self, tenant: &Tenant, ticket: &str) -> Result<Vec<RequestRow>, Failure> {
        self.world.folded().await?;
        let rows = self.world.projections.rows(request::NAME);
        let asked_itself = |row: &RequestRow| row.request.origin() != Some(Origin::Chat);
        Ok(request::open_under(&*rows, tenant, ticket)?.into_iter().filter(asked_itself).collect())
    }

    /// What a ticket asked for by itself and nobody has decided on.
    async fn undecided_of(
        &self,
        tenant: &Tenant,
        ticket: &str,
    ) -> Result<Vec<(Code, AccessRequest)>, Failure> {
        let mut found = Vec::new();
        for row in self.open_of(tenant, ticket).await? {
            let access: AccessRequest = self.requests.state::<Access>(tenant, &row.code).await?;
            if access.is_undecided() {
                found.push((row.code, access));
            }
        }
        Ok(found)
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

/// The same cause, as that of what somebody asks by a ticket.
fn in_the_name_of(requester: &Requester, cause: &Cause) -> Cause {
    let (id, kind) = (requester.id.clone(), requester.kind);
    Cause { actor: Actor { id, kind, surface: TRACKER.to_owned(), via: None }, ..cause.clone() }
}
