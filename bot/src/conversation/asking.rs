//! Asking the agent something, and waiting a little for its answer.

use std::time::Duration;

use countersign_domain::audience::Audience;
use countersign_domain::conversation::{
    Again, Asked, Conversation, ConversationCommand, Fault, Turn, WhyAgain, says_something,
};
use countersign_domain::denied::Violation;
use countersign_domain::envelope::derived_id;
use countersign_domain::names::{PrincipalId, Tenant};
use countersign_domain::ports::Place;
use countersign_extract::language_of;
use uuid::Uuid;

use super::limits::limits;
use super::stream;
use crate::agents::{Wish, addressed, answering};
use crate::context::Context;
use crate::engine::{Decided, Engine, Failure};
use crate::help::Help;
use crate::world::World;

/// What the ids of conversations are derived in.
const CONVERSATIONS: Uuid = Uuid::from_u128(0x52c1_9a7e_40d8_4e2b_9f13_7be4_61aa_0c35);

/// By which command something is asked: its id is the turn's.
const ASK: &str = "ask";

/// What people do with answers, whatever they said it in.
#[derive(Clone, Copy)]
pub(crate) struct Asker<'a> {
    pub(crate) world: &'a World,
    pub(crate) engine: &'a Engine,
}

/// A turn of a conversation, as it stands.
#[derive(Debug, Clone)]
pub(crate) struct Told {
    /// The conversation.
    pub(crate) conversation: Uuid,
    /// The turn.
    pub(crate) turn: Turn,
}

/// The conversation that somebody has where they speak, and who reads along: in a thread with everybody there, else their own.
pub(crate) fn place_of(context: &Context) -> (Uuid, Option<Place>, Audience) {
    let place = context.scene.place.clone();
    let person = &context.person.id;
    match place {
        Some(place) if !place.is_private() => {
            let id = derived_id(CONVERSATIONS, &format!("{} {}", context.tenant, place.key()));
            (id, Some(place), Audience::Everybody {})
        }
        place => {
            let id = private(&context.tenant, person, place.as_ref());
            (id, place, Audience::Person { id: person.clone() })
        }
    }
}

/// The conversation that somebody has with nobody beside: in a chat, or in the console and the terminal.
pub(crate) fn private(tenant: &Tenant, person: &PrincipalId, place: Option<&Place>) -> Uuid {
    let key = place.map_or_else(|| "console".to_owned(), Place::key);
    derived_id(CONVERSATIONS, &format!("{tenant} {person} {key}"))
}

/// Whether a sentence asks something, and not the bot to do something.
pub(crate) fn is_question(text: &str) -> bool {
    const BEGINNINGS: [&str; 32] = [
        "how", "what", "what's", "where", "when", "why", "who", "which", "can", "could", "may", "is", "are",
        "do", "does", "must", "should", "wie", "was", "wo", "wann", "warum", "wer", "darf", "comment",
        "quand", "pourquoi", "cómo", "cuándo", "dónde", "tell", "explain",
    ];
    let text = text.trim();
    let words = text.split_whitespace().count();
    let first =
        text.split_whitespace().next().unwrap_or_default().trim_matches(|c: char| !c.is_alphanumeric());
    let begins = BEGINNINGS.contains(&&*first.to_lowercase());
    says_something(text) && text.ends_with(['?', '？', '؟']) || begins && words > 2
}

impl<'a> Asker<'a> {
    /// The tenant's agent, where it has one.
    pub(crate) fn help(self, tenant: &Tenant) -> Option<&'a Help> {
        self.world.help(tenant)
    }

    /// Asks something; the same interaction twice is one turn. Who begins with the name of an agent asks that one.
    pub(crate) async fn ask(
        self,
        context: &Context,
        help: &Help,
        text: &str,
    ) -> Result<Decided<Told>, Failure> {
        match addressed(self.engine, &context.tenant, text).await? {
            Some((agent, rest)) => self.ask_of(context, help, rest, Some(agent)).await,
            None => self.ask_of(context, help, text, None).await,
        }
    }

    /// Asks this agent, and no other; where none is named, the tenant's own, or in a thread whom it was begun with.
    pub(crate) async fn ask_of(
        self,
        context: &Context,
        help: &Help,
        text: &str,
        named: Option<&str>,
    ) -> Result<Decided<Told>, Failure> {
        let (conversation, place, audience) = place_of(context);
        let asked = Self::asked(context, text, audience, None);
        self.begin(context, help, (conversation, place, named), asked).await
    }

    /// Asks the same once more, for another answer.
    pub(crate) async fn again(
        self,
        context: &Context,
        help: &Help,
        turn: Uuid,
    ) -> Result<Decided<Told>, Failure> {
        let (conversation, place, audience) = place_of(context);
        let before = match self.turn(context, turn).await? {
            Ok(before) => before,
            Err(denied) => return Ok(Err(denied)),
        };
        let again = Some(Again { turn, why: WhyAgain::Regenerated });
        let mut asked = Self::asked(context, &before.turn.asked.text, audience, again);
        asked.agent = before.turn.asked.agent;
        self.begin(context, help, (conversation, place, None), asked).await
    }

    /// Tells the conversation something about a turn.
    pub(crate) async fn tell(
        self,
        context: &Context,
        name: &'static str,
        command: ConversationCommand,
    ) -> Result<Decided<(Uuid, Conversation)>, Failure> {
        let (conversation, ..) = place_of(context);
        let cause = context.cause(name, self.world.clock.now());
        let (tenant, id) = (&context.tenant, conversation.to_string());
        let done = self.engine.execute::<Conversation>(tenant, &id, &cause, name, || command.clone()).await?;
        if let Ok(done) = &done
            && let Some(position) = done.position
        {
            self.world.projections.wait_for(position).await?;
        }
        Ok(done.map(|done| (conversation, done.state)))
    }

    /// A turn of the conversation where they speak.
    pub(crate) async fn turn(self, context: &Context, id: Uuid) -> Result<Decided<Told>, Failure> {
        let (conversation, ..) = place_of(context);
        let state = self.state(&context.tenant, conversation).await?;
        Ok(match state.turn(id) {
            Some(turn) => Ok(Told { conversation, turn: turn.clone() }),
            None => Err(Violation::from(Fault::UnknownTurn).into()),
        })
    }

    /// The turn that what they said has begun, where it has begun one.
    pub(crate) async fn begun(self, context: &Context) -> Result<Option<Told>, Failure> {
        if self.help(&context.tenant).is_none() {
            return Ok(None);
        }
        let turn = context.cause(ASK, self.world.clock.now()).command;
        Ok(self.turn(context, turn).await?.ok())
    }

    /// A conversation as it is now.
    pub(crate) async fn state(self, tenant: &Tenant, conversation: Uuid) -> Result<Conversation, Failure> {
        Ok(self.engine.load::<Conversation>(&stream(tenant, conversation)?, None).await?.state)
    }

    /// Lets nothing go on of what they asked where they speak.
    pub(crate) async fn stop(self, context: &Context) -> Result<Decided<(Uuid, Conversation)>, Failure> {
        let (conversation, ..) = place_of(context);
        let state = self.state(&context.tenant, conversation).await?;
        let turn =
            state.running().filter(|turn| turn.asked.by == context.person.id).last().map(|turn| turn.id);
        // What was seen of it stays.
        let seen = turn.and_then(|turn| self.world.stages.of(&context.tenant, turn));
        let kept = seen.map(|seen| seen.borrow().text.trim().to_owned()).unwrap_or_default();
        let by = Box::new(context.person.clone());
        let stop = ConversationCommand::Stop { by, turn, kept };
        self.tell(context, super::commands::STOP, stop).await
    }

    /// Whether something is being answered to them where they speak.
    pub(crate) async fn is_answering(self, context: &Context) -> Result<bool, Failure> {
        let (conversation, ..) = place_of(context);
        let state = self.state(&context.tenant, conversation).await?;
        Ok(state.running().any(|turn| turn.asked.by == context.person.id))
    }

    fn asked(context: &Context, text: &str, audience: Audience, again: Option<Again>) -> Box<Asked> {
        let (by, name) = (context.person.id.clone(), context.person.name.clone());
        let (text, language) = (text.trim().to_owned(), language_of(text).map(str::to_owned));
        Box::new(Asked { by, name, text, language, audience, again, agent: None })
    }

    async fn begin(
        self,
        context: &Context,
        help: &Help,
        (conversation, place, named): (Uuid, Option<Place>, Option<&str>),
        mut asked: Box<Asked>,
    ) -> Result<Decided<Told>, Failure> {
        let state = self.state(&context.tenant, conversation).await?;
        // A thread goes on with whom it was begun with; what somebody asks by themselves is for the tenant's own, unless they name one.
        let is_thread = place.as_ref().is_some_and(|place| !place.is_private());
        let begun_with = state.agent.as_ref().filter(|_| is_thread);
        let before = asked.agent.as_ref().or(begun_with).map(|agent| &*agent.name);
        let (agent, help) =
            match answering(self.engine, &context.tenant, help, Wish { named, before }).await? {
                Ok(answering) => answering,
                Err(denied) => return Ok(Err(denied)),
            };
        asked.agent = Some(agent.clone());
        let limits = limits(self, context, &help, &agent).await?;
        let cause = context.cause(ASK, self.world.clock.now());
        let turn = cause.command;
        let command = || {
            let (asked, place, agent, limits) = (asked.clone(), place.clone(), agent.clone(), limits.clone());
            ConversationCommand::Ask { turn, asked, place, agent, limits }
        };
        let id = conversation.to_string();
        let done = self.engine.execute::<Conversation>(&context.tenant, &id, &cause, ASK, command).await?;
        Ok(match done {
            Ok(done) => match done.state.turn(turn) {
                Some(turn) => Ok(Told { conversation, turn: turn.clone() }),
                None => Err(Violation::from(Fault::UnknownTurn).into()),
            },
            Err(denied) => Err(denied),
        })
    }

    /// How a turn stands once nothing of it goes on, or when the answer cannot wait any longer.
    pub(crate) async fn settled(
        self,
        tenant: &Tenant,
        told: Told,
        patience: Duration,
    ) -> Result<Told, Failure> {
        if patience.is_zero() || told.turn.stage.is_over() {
            return Ok(told);
        }
        let waited = self.over(tenant, told.conversation, told.turn.id);
        if let Ok(turn) = tokio::time::timeout(patience, waited).await {
            return Ok(Told { turn: turn?.unwrap_or(told.turn), ..told });
        }
        let state = self.state(tenant, told.conversation).await?;
        Ok(Told { turn: state.turn(told.turn.id).cloned().unwrap_or(told.turn), ..told })
    }

    /// The same turn once the ticket is there that it was handed over to, or when the answer cannot wait any longer.
    pub(crate) async fn ticketed(
        self,
        tenant: &Tenant,
        told: Told,
        patience: Duration,
    ) -> Result<Told, Failure> {
        let is_done = |turn: &Turn| turn.handed_over.is_none() || turn.ticket.is_some();
        if patience.is_zero() || is_done(&told.turn) {
            return Ok(told);
        }
        let waited = self.until(tenant, (told.conversation, told.turn.id), is_done);
        match tokio::time::timeout(patience, waited).await {
            Ok(turn) => Ok(Told { turn: turn?.unwrap_or(told.turn), ..told }),
            Err(_) => Ok(told),
        }
    }

    /// Waits until nothing of a turn goes on. Nothing, where it is not remembered.
    pub(super) async fn over(
        self,
        tenant: &Tenant,
        conversation: Uuid,
        turn: Uuid,
    ) -> Result<Option<Turn>, Failure> {
        self.until(tenant, (conversation, turn), |turn| turn.stage.is_over()).await
    }

    async fn until(
        self,
        tenant: &Tenant,
        (conversation, turn): (Uuid, Uuid),
        is_done: impl Fn(&Turn) -> bool + Send,
    ) -> Result<Option<Turn>, Failure> {
        let mut changed = self.world.projections.changed();
        loop {
            changed.borrow_and_update();
            let state = self.state(tenant, conversation).await?;
            match state.turn(turn) {
                Some(turn) if !is_done(turn) => {}
                turn => return Ok(turn.cloned()),
            }
            if changed.changed().await.is_err() {
                return Ok(None);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_is_told_from_what_is_only_said() {
        for question in [
            "How do I book a trip?",
            "what is the vpn address",
            "wann ist das büro zu?",
            "VPN?",
            "Où est l'imprimante ?",
            "密码多久过期？",
        ] {
            assert!(is_question(question), "{question}");
        }
        for other in ["approve K7QM2X", "hello there", "what now", "thanks a lot", "", "how", "?", " ?!?"] {
            assert!(!is_question(other), "{other}");
        }
    }

    #[test]
    fn the_console_is_ones_own_and_a_channel_is_everybodys() {
        use countersign_domain::ports::SurfaceKind;
        use countersign_domain::tenant::Person;
        let person = Person {
            id: "erin".parse().unwrap(),
            kind: countersign_domain::envelope::ActorKind::Person,
            name: "Erin".to_owned(),
            groups: [].into(),
            roles: [].into(),
            accounts: [].into(),
        };
        let mut context = Context::begin("acme".parse().unwrap(), person.clone(), "web", Uuid::from_u128(1));
        let (own, place, audience) = place_of(&context);
        assert_eq!((place, audience), (None, Audience::Person { id: person.id.clone() }));
        context.surface = "terminal".to_owned();
        assert_eq!(place_of(&context).0, own, "the page and the terminal are one talk");
        context.scene.place = Some(Place::channel(SurfaceKind::Slack, "T1", "C1"));
        let (there, _, audience) = place_of(&context);
        assert!(there != own && audience == Audience::Everybody {});
        context.person.id = "ada".parse().unwrap();
        assert_eq!(place_of(&context).0, there, "a channel has one talk, whoever speaks");
    }
}
