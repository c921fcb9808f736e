//! A sentence that is no command, asked of the tenant's agent; and what people do with its answers.

use countersign_domain::card::Card;
use countersign_domain::conversation::{Conversation, ConversationCommand};
use countersign_domain::denied::Denied;
use countersign_domain::names::Tenant;
use countersign_domain::request::Code;
use uuid::Uuid;

use super::Chat;
use super::meaning::{concern, is_pronoun};
use super::named::{is_plural, names_none, without_closing, without_fate, without_only};
use crate::capabilities;
use crate::cards;
use crate::commands::{CommandSpec, Has};
use crate::context::Context;
use crate::conversation::{Asker, Told, card, handing, is_question};
use crate::engine::{Decided, Failure};
use crate::grammar::{Said, is_key};
use crate::help::Help;

impl Chat {
    const fn asker(&self) -> Asker<'_> {
        Asker { world: &self.world, engine: &self.engine }
    }

    /// What the tenant has, by which some commands are of use.
    pub(crate) fn has(&self, context: &Context) -> Has {
        let desk = self.asker().help(&context.tenant).is_some();
        Has { desk, timeline: self.customs(context).integrations.is_some() }
    }

    /// The turn that what they said has begun, where it has begun one.
    pub(crate) async fn begun(&self, context: &Context) -> Result<Option<Told>, Failure> {
        self.asker().begun(context).await
    }

    /// The answer of the tenant's agent to a question; nothing where there is no agent, or it is no question.
    pub(super) async fn answer_from_documents(
        &self,
        context: &Context,
        text: &str,
    ) -> Result<Option<Vec<Card>>, Failure> {
        let asker = self.asker();
        // What describes an action is offered it, also where nothing is asked.
        let is_asked = |help: &&Help| {
            is_question(text) || !capabilities::fitting_calls(&help.catalogue, text).is_empty()
        };
        let Some(help) = asker.help(&context.tenant).filter(is_asked) else { return Ok(None) };
        let asked = asker.ask(context, help, text).await?;
        self.as_told(&context.tenant, asked).await.map(Some)
    }

    /// "Why is the printer grey?" begins as a command does and names nothing that one could be about: it is a question like any other.
    pub(super) async fn rather_asked(
        &self,
        context: &Context,
        text: &str,
        (spec, said): (&CommandSpec, &Said),
    ) -> Result<Option<Vec<Card>>, Failure> {
        let Some(concern) = concern(spec.name).filter(|_| !spec.decides() && is_question(text)) else {
            return Ok(None);
        };
        let names_something = |given: &&str| {
            let is_code = given.split(' ').any(|word| word.parse::<Code>().is_ok() || is_key(word));
            is_code || is_pronoun(given) || is_plural(given) || names_none(given)
        };
        let given = said.get("code").map(|given| without_fate(without_only(without_closing(given))));
        let Some(given) = given.filter(|given| !names_something(given)) else { return Ok(None) };
        if self.asker().help(&context.tenant).is_none()
            || !self.meant(context, Some(given), false, concern).await?.is_empty()
            || !self.loosely_meant(context, given, concern).await?.is_empty()
            || self.nothing_on_what_is_named(context, spec, given).await?.is_some()
        {
            return Ok(None);
        }
        self.answer_from_documents(context, text).await
    }

    /// What would go along, and to whom, with what they asked last where they speak; nothing where that was long ago, or a person looks
    /// at it already.
    pub(crate) async fn handing_over_the_last(
        &self,
        context: &Context,
        help: &Help,
    ) -> Result<Option<Vec<Card>>, Failure> {
        let Some(turn) = handing::last(&self.requests, context).await? else { return Ok(None) };
        let shown = handing::shown(&self.requests, context, help, turn).await?;
        Ok(shown.ok().map(|card| vec![card]))
    }

    /// Another answer to a question.
    pub(crate) async fn answer_again(&self, context: &Context, turn: Uuid) -> Result<Vec<Card>, Failure> {
        let asker = self.asker();
        let Some(help) = asker.help(&context.tenant) else { return Ok(vec![cards::nothing(NO_AGENT)]) };
        let asked = asker.again(context, help, turn).await?;
        self.as_told(&context.tenant, asked).await
    }

    /// Tells a conversation something about an answer, and shows how that stands then.
    pub(crate) async fn about_answer(
        &self,
        context: &Context,
        name: &'static str,
        turn: Option<Uuid>,
        command: ConversationCommand,
    ) -> Result<Vec<Card>, Failure> {
        let told = self.asker().tell(context, name, command).await?;
        self.as_it_stands(context, turn, told).await
    }

    /// Has no more of the answer that is being given to them where they speak, and shows what was said until then. In a chat the
    /// message of the question shows that by itself, and it is not told twice.
    pub(crate) async fn stop_answering(&self, context: &Context) -> Result<Vec<Card>, Failure> {
        match self.asker().stop(context).await? {
            Ok(_) if context.scene.place.is_some() => Ok(vec![]),
            told => self.as_it_stands(context, None, told).await,
        }
    }

    /// "Stop", while something is being answered: that is what is stopped, before anything else that waits.
    pub(super) async fn stopped(&self, context: &Context) -> Result<Option<Vec<Card>>, Failure> {
        let asker = self.asker();
        if asker.help(&context.tenant).is_none() || !asker.is_answering(context).await? {
            return Ok(None);
        }
        self.stop_answering(context).await.map(Some)
    }

    /// A turn as it stands after something was told of it; the last one of who speaks, where none is named.
    async fn as_it_stands(
        &self,
        context: &Context,
        turn: Option<Uuid>,
        told: Decided<(Uuid, Conversation)>,
    ) -> Result<Vec<Card>, Failure> {
        let asker = self.asker();
        let (conversation, state) = match told {
            Ok(done) => done,
            Err(denied) => return Ok(vec![no(&denied)]),
        };
        let last = || state.turns.iter().rfind(|turn| turn.asked.by == context.person.id);
        let known = turn.map_or_else(last, |id| state.turn(id)).cloned();
        let Some(turn) = known else { return Ok(vec![]) };
        // A ticket has its number a moment later; in a chat the message of the question shows it then.
        if context.scene.place.is_some() && turn.handed_over.is_some() && turn.ticket.is_none() {
            return Ok(vec![]);
        }
        let told = Told { conversation, turn };
        let told = asker.ticketed(&context.tenant, told, self.patience).await?;
        Ok(vec![card::answer(&told.turn)])
    }

    async fn as_told(&self, tenant: &Tenant, asked: Decided<Told>) -> Result<Vec<Card>, Failure> {
        match asked {
            Ok(told) => {
                let told = self.asker().settled(tenant, told, self.patience).await?;
                Ok(vec![card::answer(&told.turn)])
            }
            Err(denied) => Ok(vec![no(&denied)]),
        }
    }
}

/// What is said where there is no agent.
const NO_AGENT: (&str, &str) =
    ("There is nobody here who answers questions", "“help” lists what can be asked for.");

fn no(denied: &Denied) -> Card {
    cards::denied(denied, None)
}
