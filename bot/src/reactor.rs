//! The reactor follows the log and carries out what the policies answer to each event: commands, and effects to claim.
//!
//! It may see an event twice (after a crash, or from the very start when its checkpoint is lost): every reaction's id is
//! derived from the event, so that reacting twice is reacting once.

use std::sync::Arc;

use countersign_domain::access::{self, AccessCommand, AccessRequest, Comparison, ComparisonCommand, Status};
use countersign_domain::aggregate::{self, Aggregate};
use countersign_domain::alarm::{self, Alarm, AlarmCommand, AlarmEvent};
use countersign_domain::capabilities::{
    self, AnyEvent, AnyRequest, Effect, EffectCommand, EffectEvent, Effects, FollowUp, Reaction, Then,
};
use countersign_domain::effect::{self, Pause};
use countersign_domain::envelope::{Cause, Digest, Envelope, Position, derived_id};
use countersign_domain::names::{StreamName, Tenant};
use countersign_domain::reaction;
use countersign_domain::record::{self, Record, TicketRequest};
use countersign_domain::request::{self, Code, Origin};
use countersign_domain::tenant::{self, TenantEvent};
use countersign_domain::{ticket, words};
use futures::stream::{self, StreamExt};
use jiff::{SignedDuration, Timestamp};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use tracing::Instrument as _;
use uuid::Uuid;

use crate::context::system;
use crate::directory::Directory;
use crate::duties::Work;
use crate::engine::{Engine, Failure, Loaded};
use crate::folds::Folds;
use crate::leave::Reviews;
use crate::outbox::Outbox;
use crate::oversight;
use crate::requests::Requests;
use crate::resolve::{FORGE, TRACKER};
use crate::talk::{Sayings, Talk};
use crate::tickets::{
    self,
    reading::{Read, Reader},
};
use crate::world::World;

const PAGE: usize = 256;
/// How many streams of a page are worked on at once; the events of one stream stay in order.
const ABREAST: usize = 32;
/// After a failure of our own, how long until the page is taken again.
const AFTER_FAILURE: SignedDuration = SignedDuration::from_secs(5);

/// What is done with how things stand then, so that of several wishes for it the last is enough.
const ONCE: [fn(&Then) -> bool; 2] =
    [|then| matches!(then, Then::Mirror { .. }), |then| matches!(then, Then::Review)];

/// Where the reactor keeps how far it is. Losing it costs a repetition that changes nothing.
pub trait Checkpoint: Send + Sync {
    /// How far it was; `None` at the start.
    fn load(&self) -> Option<Position>;
    /// How far it is.
    fn save(&self, position: Position);
}

/// Follows the log.
pub struct Reactor {
    world: World,
    engine: Engine,
    directory: Directory,
    requests: Requests,
    outbox: Arc<Outbox>,
    talk: Talk,
    checkpoint: Box<dyn Checkpoint>,
    reached: watch::Sender<Option<Position>>,
    /// As far as it has reacted to each stream.
    folds: Folds,
}

impl Reactor {
    /// A reactor that goes on where its checkpoint says.
    pub fn new(
        world: World,
        engine: Engine,
        directory: Directory,
        requests: Requests,
        outbox: Arc<Outbox>,
        talk: Talk,
        checkpoint: Box<dyn Checkpoint>,
    ) -> Self {
        let reached = watch::Sender::new(checkpoint.load());
        let folds = Folds::new(Arc::clone(&world.store));
        Self { world, engine, directory, requests, outbox, talk, checkpoint, reached, folds }
    }

    /// How far it is, and every change of it.
    pub fn reached(&self) -> watch::Receiver<Option<Position>> {
        self.reached.subscribe()
    }

    /// Returns when what the event at this position calls for was carried out. Where that falls to another bot, whose doings
    /// nobody tells, this one does it as well: whoever is second finds it done.
    pub async fn carried_out(&self, position: Position) -> Result<(), Failure> {
        if !self.world.duties.is_alone() {
            let there = self.world.store.read_at(&[position]).await?;
            let others = |event: &&Envelope| {
                self.world.duties.work().is_none_or(|work| !work.covers(event.stream.as_str()))
            };
            if let Some(event) = there.first().filter(others) {
                return Box::pin(self.react_to_events(std::slice::from_ref(event))).await;
            }
        }
        // The sender lives as long as `self`.
        let _ = self.reached().wait_for(|reached| *reached >= Some(position)).await;
        Ok(())
    }

    /// Follows until it is told to stop, or the log has stopped. Any other failure is told, and the page taken again a
    /// little later: what was carried out of it already is not carried out twice.
    pub async fn run(&self, stop: CancellationToken) -> Result<(), Failure> {
        while !stop.is_cancelled() {
            let mut changed = self.world.duties.changed();
            match self.step(&stop).await {
                Ok(()) => {}
                Err(failure) if failure.is_final() => return Err(failure),
                Err(failure) => {
                    if let Failure::Decode(why) = &failure {
                        self.world.duties.unfit(&why.to_string());
                    }
                    tracing::error!("an event could not be reacted to, it will be taken up again: {failure}");
                    let again = self.world.clock.now().checked_add(AFTER_FAILURE).unwrap_or(Timestamp::MAX);
                    tokio::select! {
                        () = stop.cancelled() => {}
                        // Perhaps it is another bot's now.
                        Ok(()) = changed.changed() => {}
                        () = self.world.clock.sleep_until(again) => {}
                    }
                }
            }
        }
        Ok(())
    }

    /// One page, finished or not begun; or waiting for one.
    async fn step(&self, stop: &CancellationToken) -> Result<(), Failure> {
        let mut changed = self.world.duties.changed();
        self.take_up().await?;
        let after = *self.reached.borrow();
        let work = self.world.duties.work();
        let last = match &work {
            // Whether it is still ours to do, nobody can say now.
            None => None,
            Some(work) if work.is_none() => self.world.store.head().await?.filter(|head| Some(*head) > after),
            Some(work) => {
                let page = self.world.store.read_all(after, PAGE).await?;
                let last = page.last().map(|envelope| envelope.pos);
                self.react_to(page, work).await?;
                last
            }
        };
        if let Some(last) = last {
            self.reach(last);
            return Ok(());
        }
        tokio::select! {
            () = stop.cancelled() => {}
            Ok(()) = changed.changed() => {}
            more = self.world.store.wait_past(after), if work.is_some() => more?,
        }
        Ok(())
    }

    fn reach(&self, position: Position) {
        self.checkpoint.save(position);
        self.reached.send_replace(Some(position));
    }

    /// Takes up the work that came from other bots: goes back to where they were, and performs what they left open.
    async fn take_up(&self) -> Result<(), Failure> {
        let came = self.world.duties.came();
        if came.is_empty() {
            return Ok(());
        }
        if let Some(head) = self.world.store.head().await? {
            self.world.projections.wait_for(head).await?;
        }
        let reached = self.world.duties.begin_at(&came, *self.reached.borrow());
        self.reached.send_replace(reached);
        let open = self.outbox.resume()?;
        tracing::info!(duties = came.len(), effects = open, from = ?reached, "taking up what fell to this bot");
        self.world.duties.taken_up(&came, reached);
        Ok(())
    }

    /// Carries out every reaction, also those behind one that fails: on a full disk, what takes access away still goes on.
    async fn react_to(&self, page: Vec<Envelope>, work: &Work) -> Result<(), Failure> {
        let mut streams: Vec<Vec<Envelope>> = Vec::new();
        for envelope in page {
            match streams.iter_mut().find(|stream| stream[0].stream == envelope.stream) {
                Some(stream) => stream.push(envelope),
                None => streams.push(vec![envelope]),
            }
        }
        let work = streams.into_iter().map(|stream| async move {
            let mut passed_on = Ok(());
            for envelope in &stream {
                passed_on = passed_on.and(self.pass_on(envelope).await);
            }
            if !work.covers(stream[0].stream.as_str()) {
                return passed_on;
            }
            Box::pin(self.react_to_events(&stream)).await.and(passed_on)
        });
        let outcomes: Vec<_> = stream::iter(work).buffer_unordered(ABREAST).collect().await;
        outcomes.into_iter().collect()
    }

    /// Gives the outbox what there is for it to perform, whoever reacts to it.
    async fn pass_on(&self, envelope: &Envelope) -> Result<(), Failure> {
        if envelope.stream.category() != Effects::CATEGORY {
            return Ok(());
        }
        let (tenant, duties) = (&envelope.tenant, &self.world.duties);
        let Ok(id) = envelope.stream.id().parse() else { return Ok(()) };
        match aggregate::decode(envelope)? {
            EffectEvent::EffectClaimed { effect, .. }
                if !duties.is_alone() && duties.perform(tenant, &effect) =>
            {
                self.outbox.offer_known(tenant, id, &effect);
            }
            EffectEvent::EffectRequeued { .. } => self.outbox.offer(tenant, id).await?,
            EffectEvent::EffectDeferred { pause: Some(Pause { vendor, until }), .. } => {
                self.world.pauses.pause(&vendor, tenant, until);
            }
            _ => {}
        }
        Ok(())
    }

    /// Carries out what the policies answer to events of one stream, one after the other. A card is drawn as things stand
    /// then, and things are looked at as they stand: what several of the events want is done once, after the last of them.
    async fn react_to_events(&self, events: &[Envelope]) -> Result<(), Failure> {
        let (mut outcome, mut all) = (Ok(()), Vec::new());
        for envelope in events {
            match self.reactions(envelope).instrument(conversation(envelope)).await {
                Ok(reactions) => all.extend(reactions.into_iter().map(|reaction| (envelope, reaction))),
                Err(failure) => outcome = outcome.and(Err(failure)),
            }
        }
        let last = |is: fn(&Then) -> bool| all.iter().rposition(|(_, reaction)| is(&reaction.then));
        let lasts = ONCE.map(|is| (is, last(is)));
        for (place, (envelope, reaction)) in all.into_iter().enumerate() {
            let is_earlier = |(is, last): &(fn(&Then) -> bool, _)| is(&reaction.then) && Some(place) != *last;
            if !lasts.iter().any(is_earlier) {
                let carried = self.carry_out(envelope, reaction).instrument(conversation(envelope));
                outcome = outcome.and(Box::pin(carried).await);
            }
        }
        outcome
    }

    /// What the policies answer. They are pure: the state they see is the stream's as of this very event.
    async fn reactions(&self, envelope: &Envelope) -> Result<Vec<Reaction>, Failure> {
        Ok(match envelope.stream.category() {
            request::CATEGORY => {
                let event: AnyEvent = aggregate::decode(envelope)?;
                let request = self.folds.as_of::<Option<AnyRequest>>(envelope).await?;
                let request = Option::as_ref(&request);
                let present = self.directory.present(&envelope.tenant).await?;
                let name = tickets::names(&present.state);
                let mut reactions = capabilities::react(request, &event, envelope.at, &name);
                if self.world.talk(&envelope.tenant).is_some() {
                    reactions.extend(capabilities::tell(request, &event));
                }
                reactions
            }
            Effects::CATEGORY => {
                let event: EffectEvent = aggregate::decode(envelope)?;
                effect::react(&event)
            }
            Alarm::CATEGORY => alarm::react(&aggregate::decode::<AlarmEvent>(envelope)?),
            Comparison::CATEGORY => access::react_to_comparison(&aggregate::decode(envelope)?),
            "webhook" | "interaction" => record::react(&aggregate::decode::<Record>(envelope)?),
            category if tenant::CATEGORIES.contains(&category) => {
                tenant::react(&aggregate::decode::<TenantEvent>(envelope)?)
            }
            _ => vec![],
        })
    }

    async fn carry_out(&self, envelope: &Envelope, reaction: Reaction) -> Result<(), Failure> {
        let tenant = &envelope.tenant;
        let cause = Cause {
            actor: system("policy"),
            command: effect::id_of(&reaction, envelope),
            correlation: envelope.correlation,
            causation: envelope.id,
            at: self.world.clock.now(),
        };
        match reaction.then {
            Then::Perform(effect) => self.claim(tenant, &cause, effect).await,
            Then::Ask { asks, body, request } => self.ask(tenant, &cause, (asks, body), *request).await,
            Then::Answer { ticket, edited, paragraphs } => {
                self.answer(tenant, &cause, &ticket, edited, paragraphs).await
            }
            Then::TicketLost { ticket, .. } => self.requests.ticket_lost(tenant, &cause, &ticket).await,
            Then::FollowUp(FollowUp::Access(own)) => Box::pin(self.follow_up(envelope, &cause, own)).await,
            Then::RaiseAlarm { about, why } => {
                let raise = AlarmCommand::Raise { about: about.clone(), why };
                oversight::alarm(&self.world, &self.engine, tenant, &about, raise).await
            }
            Then::EndAlarm { about } => {
                oversight::alarm(&self.world, &self.engine, tenant, &about, AlarmCommand::End).await
            }
            Then::Review => self.reviews().everything(envelope, &cause).await.map(drop),
            Then::SwitchedOff { id, surface } => {
                let told = self.reviews().switched_off(envelope, &cause, &id, surface).await?;
                self.say(envelope, &cause, told).await
            }
            Then::Leave { id } => {
                let told = self.reviews().somebody_left(envelope, &cause, &id).await?;
                self.say(envelope, &cause, told).await
            }
            Then::Warn(_)
            | Then::Interact(_)
            | Then::Mirror { .. }
            | Then::Announce { .. }
            | Then::Remind { .. } => self.talk(envelope, &cause, reaction.then).await,
        }
    }

    async fn talk(&self, envelope: &Envelope, cause: &Cause, then: Then) -> Result<(), Failure> {
        let (talk, id) = (&self.talk, cause.command);
        let sayings = match then {
            Then::Interact(heard) => talk.interact(envelope, &heard, id).await?,
            Then::Mirror { code } => talk.mirror(envelope, &code, id).await?,
            Then::Announce { code } => talk.announce(envelope, &code, id).await?,
            Then::Remind { code } => talk.remind(envelope, &code, id).await?,
            Then::Warn(event) => talk.warn(envelope, &event, id).await?,
            _ => vec![],
        };
        self.say(envelope, cause, sayings).await
    }

    fn reviews(&self) -> Reviews<'_> {
        Reviews { world: &self.world, directory: &self.directory, requests: &self.requests }
    }

    /// Claims what is to be said.
    async fn say(&self, envelope: &Envelope, cause: &Cause, sayings: Sayings) -> Result<(), Failure> {
        let needed = |(_, effect): &(_, Effect)| !self.outbox.will_draw(&envelope.tenant, effect);
        let claims = sayings.into_iter().filter(needed).map(|(id, effect)| {
            let cause = Cause { command: id, ..cause.clone() };
            async move { self.claim(&envelope.tenant, &cause, effect).await }
        });
        futures::future::try_join_all(claims).await.map(drop)
    }

    /// What access does because of what became of what it wished.
    async fn follow_up(
        &self,
        envelope: &Envelope,
        cause: &Cause,
        follow_up: access::FollowUp,
    ) -> Result<(), Failure> {
        use access::{Errand, FollowUp as F};
        let (tenant, id) = (&envelope.tenant, cause.command);
        match follow_up {
            F::Check { code, findings } => self.check(tenant, cause, &code, findings).await,
            F::Overtake { code, findings, differences } => {
                // It may be called otherwise by now than when it was approved.
                let state = self.requests.state(tenant, &code).await?;
                let ruling = self.requests.rule_on(tenant, &state, &findings).await?;
                let command = || AccessCommand::Overtake {
                    findings: findings.clone(),
                    differences: differences.clone(),
                    ruling: ruling.clone(),
                };
                self.tell(tenant, cause, &code, "overtake", command).await
            }
            F::Tell { code, name, command } => {
                self.tell(tenant, cause, &code, name, || (*command).clone()).await
            }
            F::Notify { code, news } => {
                let told = self.talk.notify(envelope, &code, news, id).await?;
                self.say(envelope, cause, told).await
            }
            F::Own(Errand::TellOfComparison(event)) => {
                let told = self.talk.compared(envelope, &event, id).await?;
                self.say(envelope, cause, told).await
            }
            F::Own(Errand::Settle(spot)) => {
                let settle = || ComparisonCommand::Settle(spot.clone());
                let (engine, id) = (&self.engine, tenant.as_str());
                engine.execute::<Comparison>(tenant, id, cause, "settle", settle).await.map(drop)
            }
        }
    }

    async fn tell(
        &self,
        tenant: &Tenant,
        cause: &Cause,
        code: &Code,
        name: &'static str,
        command: impl Fn() -> AccessCommand,
    ) -> Result<(), Failure> {
        self.engine.execute::<AccessRequest>(tenant, code.stream_id(), cause, name, command).await.map(drop)
    }

    /// Claims an effect: whoever appends first performs it.
    async fn claim(&self, tenant: &Tenant, cause: &Cause, effect: Effect) -> Result<(), Failure> {
        let id = cause.command;
        let claim = || EffectCommand::Claim { effect: effect.clone(), worker: self.world.worker.clone() };
        // Mostly nobody has claimed it before.
        let (new, own) = (Some(Loaded::default()), id.to_string());
        let claimed = self.engine.execute_on::<Effects>(new, tenant, &own, cause, "claim", claim).await?;
        // Where it was, long ago perhaps, it may be over.
        let is_open = claimed.is_ok_and(|claimed| claimed.state.state.is_open());
        if is_open && self.world.duties.perform(tenant, &effect) {
            self.outbox.offer_claimed(tenant, id, &effect);
        }
        Ok(())
    }

    async fn check(
        &self,
        tenant: &Tenant,
        cause: &Cause,
        code: &Code,
        mut findings: Box<access::Findings>,
    ) -> Result<(), Failure> {
        let state = self.requests.state(tenant, code).await?;
        let Some(asked) = state.asked else { return Ok(()) };
        let present = self.directory.present(tenant).await?;
        *findings = tickets::found_for(&asked, *findings, &present.state);
        let settled = findings.user.as_ref().map(|user| asked.subject.settled(user, FORGE, &present.state));
        match settled {
            Some(Ok(subject)) => findings.subject = Some(subject),
            Some(Err(fault)) => findings.faults.push(fault),
            None => {}
        }
        // The rules are asked about what is there, under its own names, and about nothing else.
        let asked = asked.resolved(&findings);
        let (mut ruling, mut earlier) = (None, vec![]);
        if let Some(repository) = &findings.repository {
            let on = findings.user.as_ref().map(|user| (user.account.as_str(), repository.key()));
            let whole = self.requests.whole(tenant, &asked, on).await?;
            ruling = present.rule(&asked, Some(whole));
            earlier = self.requests.earlier(tenant, &asked, on).await?;
        }
        let command = || AccessCommand::Check {
            findings: findings.clone(),
            ruling: ruling.clone(),
            past: earlier.clone(),
        };
        self.tell(tenant, cause, code, "check", command).await
    }

    /// A ticket asks in the name of its reporter, whom the tenant knows by the tracker's account. What of it cannot be read or
    /// found asks for nothing, and is told on the ticket; the same delivery is not read otherwise when it is seen again.
    async fn ask(
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
        let status = self.requests.state(tenant, code).await?.status();
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
    async fn answer(
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

/// What is logged while an event is reacted to belongs to its conversation.
fn conversation(envelope: &Envelope) -> tracing::Span {
    tracing::info_span!("reaction", tenant = %envelope.tenant, correlation = %envelope.correlation)
}
