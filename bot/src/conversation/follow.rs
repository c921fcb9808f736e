//! What follows up on what was found and said: the conversation takes it in, with who asked and what may be read as they are now.

use countersign_domain::audience::Audience;
use countersign_domain::conversation::{
    Again, Asked, Conversation, ConversationCommand, FollowUp, Said, WhyAgain,
};
use countersign_domain::envelope::{Cause, Envelope};
use countersign_domain::names::Tenant;
use countersign_domain::ports::Place;
use uuid::Uuid;

use super::asking::Asker;
use super::{material, shown_in, ticket, tools};
use crate::engine::Failure;
use crate::requests::Requests;
use crate::talk::{Sayings, saying};

/// Does it; what is to be said about it.
pub(crate) async fn follow_up(
    requests: &Requests,
    (event, cause): (&Envelope, &Cause),
    follow_up: FollowUp,
) -> Result<Sayings, Failure> {
    let follow = Follow { requests, tenant: &event.tenant, cause };
    match follow_up {
        FollowUp::TakeFound { conversation, turn, found } => {
            let asker = follow.asker(conversation, turn).await?;
            let take = ConversationCommand::TakeFound { turn, found, asker };
            follow.tell(conversation, "take what was found", take).await?;
        }
        FollowUp::TakeStep { conversation, turn, step, said } => {
            follow.take_step(conversation, turn, (step, said)).await?;
        }
        FollowUp::Fail { conversation, turn, class } => {
            follow.tell(conversation, "fail", ConversationCommand::Fail { turn, class }).await?;
        }
        FollowUp::AskThere { conversation, turn, place, into, audience } => {
            follow.ask_there((conversation, turn), (place, into), audience).await?;
        }
        FollowUp::OpenTicket { conversation, turn, marker, alone } => {
            let state = follow.state(conversation).await?;
            if let (Some(turn), Some(help)) = (state.turn(turn), follow.asks().help(follow.tenant)) {
                let of = (follow.tenant, cause);
                let number = ticket::open(requests, of, help, (conversation, &state, turn), (marker, alone));
                if let Some(number) = number.await? {
                    let ticketed = ConversationCommand::Ticketed { turn: turn.id, number };
                    follow.tell(conversation, "ticketed", ticketed).await?;
                }
            }
        }
        FollowUp::TellThere { conversation, turn } => return follow.tell_there(conversation, turn).await,
    }
    Ok(vec![])
}

struct Follow<'a> {
    requests: &'a Requests,
    tenant: &'a Tenant,
    cause: &'a Cause,
}

impl<'a> Follow<'a> {
    fn asks(&self) -> Asker<'a> {
        Asker { world: &self.requests.world, engine: &self.requests.engine }
    }

    async fn state(&self, conversation: Uuid) -> Result<Conversation, Failure> {
        self.asks().state(self.tenant, conversation).await
    }

    /// Whoever asked, as they are now; nothing where they left.
    async fn asker(
        &self,
        conversation: Uuid,
        turn: Uuid,
    ) -> Result<Option<Box<countersign_domain::tenant::Person>>, Failure> {
        let state = self.state(conversation).await?;
        let Some(turn) = state.turn(turn) else { return Ok(None) };
        let people = self.requests.directory.anew(self.tenant).await?.state;
        Ok(people.people.get(&turn.asked.by).cloned().map(Box::new))
    }

    async fn tell(
        &self,
        conversation: Uuid,
        name: &'static str,
        command: ConversationCommand,
    ) -> Result<(), Failure> {
        let (engine, id) = (&self.requests.engine, conversation.to_string());
        let done =
            engine.execute::<Conversation>(self.tenant, &id, self.cause, name, || command.clone()).await?;
        if let Err(denied) = done {
            tracing::debug!(tenant = %self.tenant, conversation = %id, command = name, "not done: {denied}");
        }
        Ok(())
    }

    /// Holds what a model said against what may be read at this moment.
    async fn take_step(
        &self,
        conversation: Uuid,
        turn: Uuid,
        (step, said): (std::num::NonZeroU32, Box<Said>),
    ) -> Result<(), Failure> {
        let state = self.state(conversation).await?;
        let (Some(asked), Some(help)) = (state.turn(turn), self.asks().help(self.tenant)) else {
            return Ok(());
        };
        let people = self.requests.directory.anew(self.tenant).await?.state;
        let reading = (&*people, &asked.asked.audience);
        let world = &self.requests.world;
        let held = match material::held(world, help, self.tenant, reading, &asked.passages).await? {
            Ok(held) => held,
            Err(error) => {
                tracing::warn!(tenant = %self.tenant, "what an answer cites cannot be read: {error}");
                let class = "not_searched".to_owned();
                return self.tell(conversation, "fail", ConversationCommand::Fail { turn, class }).await;
            }
        };
        let known = match &*said {
            Said::Done(spoken) => {
                spoken.calls.iter().map(|call| tools::known(call, &help.catalogue)).collect()
            }
            Said::Failed { .. } => vec![],
        };
        let asker = people.people.get(&asked.asked.by).cloned().map(Box::new);
        let take = ConversationCommand::TakeStep { turn, step, said, passages: held, known, asker };
        self.tell(conversation, "take what was said", take).await
    }

    /// The same question, for those who read along elsewhere.
    async fn ask_there(
        &self,
        (conversation, turn): (Uuid, Uuid),
        (place, into): (Option<Place>, Uuid),
        audience: Audience,
    ) -> Result<(), Failure> {
        let state = self.state(conversation).await?;
        let (Some(before), Some(agent)) = (state.turn(turn), state.agent.clone()) else { return Ok(()) };
        let again = Some(Again { turn, why: WhyAgain::Shared });
        let asked = Box::new(Asked { audience, again, ..before.asked.clone() });
        let ask = ConversationCommand::Ask { turn: self.cause.command, asked, place, agent, limits: vec![] };
        self.tell(into, "ask there", ask).await
    }

    /// What came of a turn, where it was asked.
    async fn tell_there(&self, conversation: Uuid, turn: Uuid) -> Result<Sayings, Failure> {
        let state = self.state(conversation).await?;
        let (Some(place), Some(turn)) = (&state.place, state.turn(turn)) else { return Ok(vec![]) };
        Ok(vec![saying(self.cause.command, shown_in(place, conversation, turn))])
    }
}
