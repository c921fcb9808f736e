//! Who is not known yet: bound by the directory where the tenant allows it, by a link code, or told how.

use countersign_domain::card::Card;
use countersign_domain::envelope::{Actor, Via, derived_id};
use countersign_domain::names::Tenant;
use countersign_domain::people::Fault;
use countersign_domain::ports::{Act, Identity, Interaction, Profile, Stranger};
use countersign_domain::tenant::{People, PeopleCommand, PeopleEvent, Person};

use super::{Desk, Received, id_of};
use crate::cards;
use crate::commands;
use crate::context::system;
use crate::engine::{Decided, Failure};
use crate::grammar::Sentence;
use crate::resolve::by_email;

/// The command that says a link code.
const LINK: &str = "link";

pub(super) enum Who {
    Known(Box<Person>),
    Stranger(Stranger),
    Unknown,
}

impl Desk {
    /// Who is behind an interaction.
    pub(super) async fn who(
        &self,
        tenant: &Tenant,
        people: &People,
        interaction: &Interaction,
    ) -> Result<Who, Failure> {
        if let Some(person) = people.behind(&interaction.identity) {
            let known = Who::Known(Box::new(person.clone()));
            return Ok(match self.turned_stranger(tenant, &interaction.identity).await? {
                Some(stranger) => Who::Stranger(stranger),
                None => known,
            });
        }
        let Some(talk) =
            self.world.talk(tenant).filter(|talk| talk.by_email.contains(&interaction.identity.surface))
        else {
            return Ok(Who::Unknown);
        };
        let Some(surface) = talk.surfaces.get(&interaction.identity.surface) else { return Ok(Who::Unknown) };
        let profile = match surface.profile(&interaction.identity).await {
            Ok(Some(profile)) => profile,
            Ok(None) => return Ok(Who::Unknown),
            Err(error) => {
                tracing::warn!(%tenant, "who this is could not be looked up: {error}");
                return Ok(Who::Unknown);
            }
        };
        if let Some(stranger) = profile.stranger {
            return Ok(Who::Stranger(stranger));
        }
        let Some(person) = profile.email.as_deref().and_then(|email| by_email(people, email)) else {
            return Ok(Who::Unknown);
        };
        let (identity, direct) = (interaction.identity.clone(), interaction.direct.clone());
        let principal = person.id.clone();
        let bind = || PeopleCommand::Bind {
            principal: principal.clone(),
            identity: identity.clone(),
            direct: direct.clone(),
        };
        if self.change(tenant, interaction, "bind", bind).await?.is_err() {
            return Ok(Who::Unknown);
        }
        self.sync_groups_of(tenant, interaction.identity.surface).await?;
        let known = self.directory.present(tenant).await?.state.behind(&interaction.identity).cloned();
        Ok(known.map_or(Who::Unknown, |person| Who::Known(Box::new(person))))
    }

    /// Who is unknown may ask for help and for the link, nothing else.
    pub(super) async fn answer_unknown(
        &self,
        tenant: &Tenant,
        interaction: &Interaction,
    ) -> Result<Received, Failure> {
        if let Some(code) = interaction.act.words().and_then(link_code) {
            return self.redeem(tenant, interaction, &code).await;
        }
        let card = || Box::new(cards::who_are_you(&self.world.console));
        // Whoever reacts to something does not talk to us.
        let answer = (!matches!(interaction.act, Act::Reacted { .. })).then(card);
        self.refuse(tenant, interaction, "nobody here is behind this account", answer).await
    }

    async fn redeem(
        &self,
        tenant: &Tenant,
        interaction: &Interaction,
        code: &str,
    ) -> Result<Received, Failure> {
        let people = self.directory.present(tenant).await?.state;
        if let Some(until) = people.link_locked(&interaction.identity, self.world.clock.now()) {
            let answer = Some(Box::new(cards::link_locked(until)));
            return self.refuse(tenant, interaction, "too many wrong link codes", answer).await;
        }
        if let Some(stranger) = self.vendors_word(tenant, &interaction.identity).await {
            let why = format!("it is from {}", article(stranger));
            return self.refuse(tenant, interaction, &why, answer(stranger)).await;
        }
        let digest = self.world.seal.link_digest(tenant, code);
        let (identity, direct) = (interaction.identity.clone(), interaction.direct.clone());
        let redeem =
            || PeopleCommand::Redeem { code: digest, identity: identity.clone(), direct: direct.clone() };
        let missed = |event: &PeopleEvent| matches!(event, PeopleEvent::LinkMissed { .. });
        let denied = match self.change(tenant, interaction, "link", redeem).await? {
            Ok(events) => events.iter().any(missed).then(|| Fault::LinkNotGood.into()),
            Err(denied) => Some(denied),
        };
        if let Some(denied) = denied {
            return Ok(Received::Answered(Box::new(cards::denied(&denied, None))));
        }
        self.sync_groups_of(tenant, interaction.identity.surface).await?;
        let people = self.directory.present(tenant).await?.state;
        // From here on it is as if somebody who is known had said it: kept once, and answered with who they are.
        match people.behind(&identity) {
            Some(person) => self.hear(tenant, &people, person, (interaction.clone(), None)).await,
            None => Ok(Received::Refused(None)),
        }
    }

    /// Whether the vendor says that this is somebody the bot does not work for.
    pub(crate) async fn vendors_word(&self, tenant: &Tenant, identity: &Identity) -> Option<Stranger> {
        let surface = self.world.talk(tenant)?.surfaces.get(&identity.surface)?;
        match surface.profile(identity).await {
            Ok(said) => stranger(said),
            Err(error) => {
                tracing::warn!(%tenant, "whether this is a member could not be looked up: {error}");
                None
            }
        }
    }

    async fn change(
        &self,
        tenant: &Tenant,
        interaction: &Interaction,
        name: &'static str,
        command: impl Fn() -> PeopleCommand,
    ) -> Result<Decided<Vec<PeopleEvent>>, Failure> {
        let (identity, delivery) = (interaction.identity.clone(), interaction.delivery.clone());
        let via = Via { delivery, identity, message: None };
        let actor = Actor { via: Some(Box::new(via)), ..system(interaction.place.surface.as_str()) };
        let cause = self.cause(actor, derived_id(id_of(tenant, interaction), name));
        let done = self.engine.execute::<People>(tenant, tenant.as_str(), &cause, name, command).await?;
        Ok(done.map(|done| done.events))
    }
}

/// The link code that somebody says.
pub(super) fn link_code(text: &str) -> Option<String> {
    let (_, said) = commands::understand(&Sentence::new(text)).filter(|(spec, _)| spec.name == LINK)?;
    said.get("token").map(str::to_owned)
}

/// Whether the bot does not work for somebody of whom their vendor says this. That there is nobody of their ids is an answer:
/// their account is gone.
pub(super) fn stranger(said: Option<Profile>) -> Option<Stranger> {
    said.map_or(Some(Stranger::Deactivated), |profile| profile.stranger)
}

pub(super) fn article(stranger: Stranger) -> &'static str {
    match stranger {
        Stranger::Bot => "a program",
        Stranger::Guest => "a guest",
        Stranger::External => "somebody of another organisation",
        Stranger::Deactivated => "an account that was switched off",
    }
}

/// What is said to them; nothing to programs, which would answer.
pub(super) fn answer(stranger: Stranger) -> Option<Box<Card>> {
    (stranger != Stranger::Bot).then(|| Box::new(cards::not_for_you(stranger)))
}
