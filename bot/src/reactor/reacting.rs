//! What the policies answer to the events of one stream, and how each answer is carried out.

use std::collections::VecDeque;

use countersign_domain::access::{self, Comparison};
use countersign_domain::aggregate::{self, Aggregate as _};
use countersign_domain::alarm::{Alarm, AlarmCommand, AlarmEvent};
use countersign_domain::capabilities::{
    self as domain, AnyEvent, AnyRequest, Effect, EffectCommand, EffectEvent, Effects, Reaction, Then,
};
use countersign_domain::conversation::{self, Conversation};
use countersign_domain::effect;
use countersign_domain::envelope::{Cause, Envelope};
use countersign_domain::names::Tenant;
use countersign_domain::reaction;
use countersign_domain::record::{self, Record};
use countersign_domain::request;
use countersign_domain::support::{self, Ticket};
use countersign_domain::tenant::{self, People, Rulebook};
use countersign_domain::timeline::{self, Alert, Delivery};
use countersign_outbound::correlated;
use tracing::Instrument as _;

use super::Reactor;
use super::asking::Edit;
use crate::capabilities;
use crate::context::system;
use crate::engine::{Failure, Loaded};
use crate::folds::one_sentence;
use crate::leave::Reviews;
use crate::oversight;
use crate::talk::Sayings;
use crate::tickets;

/// Whether two are the same wish for what is done with how things stand then, so that the last is enough.
fn is_done_by(wish: &Then, later: &Then) -> bool {
    match (wish, later) {
        (Then::Mirror { code }, Then::Mirror { code: later }) => code == later,
        (Then::Review, Then::Review) => true,
        _ => false,
    }
}

impl Reactor {
    /// Carries out what the policies answer to events of one stream, one after the other. A card is drawn as things stand
    /// then, and things are looked at as they stand: what several of the events want is done once, after the last of them.
    pub(super) async fn react_to_events(&self, events: &[Envelope]) -> Result<(), Failure> {
        let (mut outcome, mut all) = (Ok(()), VecDeque::new());
        for envelope in events {
            match self.reactions(envelope).instrument(conversation(envelope)).await {
                Ok(reactions) => all.extend(reactions.into_iter().map(|reaction| (envelope, reaction))),
                Err(failure) => outcome = outcome.and(Err(failure)),
            }
        }
        while let Some((envelope, reaction)) = all.pop_front() {
            if !all.iter().any(|(_, later)| is_done_by(&reaction.then, &later.then)) {
                let carried = self.carry_out(envelope, reaction).instrument(conversation(envelope));
                // Whatever is asked of a vendor for it says whose conversation it belongs to.
                let carried = correlated(envelope.correlation.to_string(), carried);
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
                let mut reactions = domain::react(request, &event, envelope.at, &name);
                if self.world.talk(&envelope.tenant).is_some() {
                    reactions.extend(domain::tell(request, &event));
                }
                reactions
            }
            Effects::CATEGORY => {
                let event: EffectEvent = aggregate::decode(envelope)?;
                effect::react(&event)
            }
            Conversation::CATEGORY => {
                let state = self.folds.as_of::<Conversation>(envelope).await?;
                let id = envelope.stream.id().parse().unwrap_or_default();
                conversation::react(&state, id, &aggregate::decode(envelope)?)
            }
            Ticket::CATEGORY => {
                let number = envelope.stream.id().parse().unwrap_or_default();
                let ticket = self.folds.as_of::<Ticket>(envelope).await?;
                let present = self.directory.present(&envelope.tenant).await?;
                let name = tickets::names(&present.state);
                support::react(number, &ticket, &aggregate::decode(envelope)?, &name)
            }
            Delivery::CATEGORY => timeline::react_to_delivery(&aggregate::decode(envelope)?),
            Alert::CATEGORY => {
                let fingerprint = envelope.stream.id().parse().unwrap_or_default();
                timeline::react_to_alert(fingerprint, &aggregate::decode(envelope)?)
            }
            Alarm::CATEGORY => reaction::to_an_alarm(&aggregate::decode::<AlarmEvent>(envelope)?),
            Comparison::CATEGORY => access::react_to_comparison(&aggregate::decode(envelope)?),
            Record::WEBHOOK | Record::INTERACTION => record::react(&aggregate::decode::<Record>(envelope)?),
            People::CATEGORY => tenant::react_to_people(&aggregate::decode(envelope)?),
            Rulebook::CATEGORY => {
                let rulebook = self.folds.as_of::<Rulebook>(envelope).await?;
                tenant::react_to_rules(&rulebook, &aggregate::decode(envelope)?)
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
            Then::Ask { asks, body, request } => {
                Box::pin(self.ask(tenant, &cause, (asks, body, envelope.pos), *request)).await
            }
            Then::Answer { ticket, edited, at, paragraphs } => {
                if self.says_otherwise_by_now(tenant, &ticket, at).await? {
                    return Ok(());
                }
                if edited {
                    let edit = Edit { ticket: &ticket, since: envelope.pos, at, asks_nothing: false };
                    self.supersede(tenant, &cause, edit, None).await?;
                }
                self.answer(tenant, &cause, &ticket, edited, paragraphs).await
            }
            Then::AsksNothing { ticket, at } => {
                let edit = Edit { ticket: &ticket, since: envelope.pos, at, asks_nothing: true };
                self.asks_nothing(tenant, &cause, edit).await
            }
            Then::TicketLost { ticket, .. } => self.requests.ticket_lost(tenant, &cause, &ticket).await,
            Then::FollowUp(own) => {
                let because = (envelope, &cause);
                let told = capabilities::follow_up(&self.requests, &self.talk, because, own).await?;
                self.say(envelope, &cause, told).await
            }
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
            | Then::Remind { .. } => Box::pin(self.talk(envelope, &cause, reaction.then)).await,
        }
    }

    async fn talk(&self, envelope: &Envelope, cause: &Cause, then: Then) -> Result<(), Failure> {
        let (talk, id) = (&self.talk, cause.command);
        let sayings = match then {
            Then::Interact(heard) => Box::pin(one_sentence(talk.interact(envelope, &heard, id))).await?,
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
    pub(super) async fn say(
        &self,
        envelope: &Envelope,
        cause: &Cause,
        sayings: Sayings,
    ) -> Result<(), Failure> {
        let needed = |(_, effect): &(_, Effect)| !self.outbox.will_draw(&envelope.tenant, effect);
        let claims = sayings.into_iter().filter(needed).map(|(id, effect)| {
            let cause = Cause { command: id, ..cause.clone() };
            async move { self.claim(&envelope.tenant, &cause, effect).await }
        });
        futures::future::try_join_all(claims).await.map(drop)
    }

    /// Claims an effect: whoever appends first performs it.
    pub(super) async fn claim(&self, tenant: &Tenant, cause: &Cause, effect: Effect) -> Result<(), Failure> {
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
}

/// What is logged while an event is reacted to belongs to its conversation.
fn conversation(envelope: &Envelope) -> tracing::Span {
    tracing::info_span!("reaction", tenant = %envelope.tenant, correlation = %envelope.correlation)
}
