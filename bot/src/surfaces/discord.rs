//! Discord's deliveries, by its gateway or signed over HTTP: what somebody does is kept before it is acknowledged; the form and
//! suggestions are answered at once.

mod listening;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::Context as _;
use countersign_discord::{
    Answer, Discord, DiscordConfig, Heard, Inbound, Mode, Origin, SlashCommand, can_ask_why,
};
use countersign_domain::card::Card;
use countersign_domain::envelope::Position;
use countersign_domain::names::Tenant;
use countersign_domain::ports::{Act, Clock, Identity, Interaction, Place, Secrets, Surface};
use countersign_domain::tenant::Person;
use countersign_outbound::{Outbound, Troubles};
use uuid::Uuid;

use super::Connection;
use crate::cards;
use crate::commands::COMMANDS;
use crate::config::ChatConfig;
use crate::desk::{Desk, Received};
use crate::engine::Failure;
use crate::forms;
use crate::words;

/// The workspace of everybody: on Discord the same person is the same on every server.
pub const WORKSPACE: &str = "discord";
/// Discord waits three seconds for an answer; what is looked up for it has this much of them.
const LOOK_UP: Duration = Duration::from_millis(1_500);
/// The sign that the bot is at it stays no longer than this where what was said is not carried out.
const PATIENCE: Duration = Duration::from_secs(10);
/// Nobody tells us when Discord has read the body of an HTTP answer; by then it has.
const ARRIVAL: Duration = Duration::from_millis(250);

/// One tenant's Discord.
pub struct DiscordSide {
    client: Arc<Discord>,
    inbound: Inbound,
    command: SlashCommand,
    mode: Mode,
    /// Whether groups of ours follow roles.
    follows_roles: bool,
    clock: Arc<dyn Clock>,
    connected: AtomicBool,
}

impl DiscordSide {
    /// The side of the server that `config` names.
    pub fn new(
        config: &ChatConfig<DiscordConfig>,
        tenant: &Tenant,
        outbound: &Outbound,
        secrets: &Arc<dyn Secrets>,
    ) -> anyhow::Result<Self> {
        let (vendor, clock) = (&config.vendor, outbound.clock());
        let client = Discord::new(vendor, tenant, Arc::clone(secrets), outbound)?;
        let table: Vec<_> = COMMANDS.iter().map(|spec| (spec.name, spec.summary)).collect();
        Ok(Self {
            client: Arc::new(client),
            inbound: Inbound::new(&vendor.public_key, Arc::clone(&clock))?,
            command: SlashCommand::new(&table, forms::first()).context("the command table")?,
            mode: vendor.mode,
            follows_roles: !config.groups.is_empty(),
            clock,
            connected: AtomicBool::new(false),
        })
    }

    /// What speaks to Discord.
    pub fn surface(&self) -> Arc<dyn Surface> {
        Arc::clone(&self.client) as Arc<dyn Surface>
    }

    /// What goes wrong on Discord's way to the bot.
    pub fn troubles(&self) -> &Troubles {
        self.client.troubles()
    }

    /// What speaks to Discord, and reads its deliveries.
    pub fn client(&self) -> &Discord {
        &self.client
    }

    /// How it stands with Discord's way to the bot.
    pub fn connection(&self) -> Connection {
        match self.mode {
            Mode::Http => Connection::ByHttp,
            Mode::Gateway => Connection::kept(self.connected.load(Ordering::Relaxed)),
        }
    }

    /// How deliveries over HTTP are checked, where they are taken at all.
    pub fn inbound(&self) -> Option<&Inbound> {
        (self.mode == Mode::Http).then_some(&self.inbound)
    }

    /// Takes in what Discord waits for an answer to.
    pub async fn take(&self, desk: &Arc<Desk>, tenant: &Tenant, heard: Heard) -> Result<Answer, Failure> {
        let usual = heard.answer(&self.command);
        let interaction = match heard {
            Heard::Ping => return Ok(usual),
            Heard::Typing { who, text } => {
                let found = self.repositories(desk, tenant, &who, &text).await?;
                return Ok(found.unwrap_or(usual));
            }
            Heard::FormAsked(interaction) => {
                let interaction = self.checked(desk, tenant, *interaction).await;
                if self.known(desk, tenant, &interaction).await?.is_some() {
                    return Ok(usual);
                }
                interaction
            }
            Heard::Did(interaction) => self.checked(desk, tenant, *interaction).await,
        };
        if let Act::Pressed(reference) = &interaction.act
            && interaction.stranger.is_none()
            && can_ask_why(reference)
            && desk.asks_why(tenant, &interaction.identity, reference).await?
        {
            let (title, hint) = (words::WHY_FORM.to_owned(), words::why_is_asked().to_owned());
            return Ok(Answer::Why { reference: reference.clone(), title, hint });
        }
        if let Act::Filled(filled) = &interaction.act
            && let Some(person) = self.known(desk, tenant, &interaction).await?
        {
            let faults = desk.form_faults(tenant, &person, filled).await?;
            if !faults.is_empty() {
                // Discord lets no form be the answer to a form.
                return Ok(self.say(desk, tenant, cards::form_faults(&faults, filled), usual));
            }
        }
        let asked = interaction.clone();
        Ok(match desk.receive(tenant, interaction).await? {
            Received::Kept(position) => {
                self.settle(desk, tenant, asked, position, &usual);
                usual
            }
            Received::Refused(None) => {
                self.settle(desk, tenant, asked, None, &usual);
                usual
            }
            Received::Refused(Some(card)) | Received::Answered(card) => self.say(desk, tenant, *card, usual),
        })
    }

    /// Discord has this answer soon, as the body of an HTTP answer.
    pub fn answered_soon(&self, desk: &Arc<Desk>, to: &Origin, answer: &Answer) {
        let (client, interaction, answer) = (Arc::clone(&self.client), to.interaction, answer.clone());
        desk.beside(async move {
            tokio::time::sleep(ARRIVAL).await;
            client.answered(interaction, &answer);
        });
    }

    /// Keeps what Discord wants no answer to, and answers with a message of its own where there is something to say.
    async fn keep(&self, desk: &Arc<Desk>, tenant: &Tenant, interaction: Interaction) -> Result<(), Failure> {
        let interaction = self.checked(desk, tenant, interaction).await;
        let (place, direct) = (interaction.place.clone(), interaction.direct.clone());
        let user = interaction.identity.user.clone();
        match desk.receive(tenant, interaction).await? {
            Received::Kept(_) | Received::Refused(None) => {}
            Received::Refused(Some(card)) | Received::Answered(card) => {
                let place = if place.is_private() { place } else { Place { only: Some(user), ..place } };
                super::say(&self.surface(), desk, tenant, place, direct, *card, Uuid::new_v4());
            }
        }
        Ok(())
    }

    /// Takes away the sign that the bot is at it, once everything was said that is said to this person alone. What is said in
    /// private takes its place by itself.
    fn settle(
        &self,
        desk: &Arc<Desk>,
        tenant: &Tenant,
        asked: Interaction,
        position: Option<Position>,
        answer: &Answer,
    ) {
        if !matches!(answer, Answer::Later) || asked.place.is_direct() {
            return;
        }
        let (client, tenant, waiting) = (Arc::clone(&self.client), tenant.clone(), Arc::clone(desk));
        desk.beside(async move {
            if let Some(position) = position {
                waiting.carried_out(position, PATIENCE).await;
            }
            if let Err(error) = client.settle(&asked).await {
                tracing::info!(%tenant, "the sign that the bot is at it stays for a while: {error}");
            }
        });
    }

    fn say(&self, desk: &Arc<Desk>, tenant: &Tenant, card: Card, usual: Answer) -> Answer {
        self.client.say(&desk.sealed(tenant, card)).unwrap_or_else(|error| {
            tracing::error!(%tenant, "somebody could not be answered: {error}");
            usual
        })
    }

    /// Whole sentences, where a repository is being typed by somebody known: `access write on pay`.
    async fn repositories(
        &self,
        desk: &Arc<Desk>,
        tenant: &Tenant,
        who: &Identity,
        text: &str,
    ) -> Result<Option<Answer>, Failure> {
        let Some((before, begun)) = repository_typed(text) else { return Ok(None) };
        if desk.viewer(tenant, who).await?.is_none() {
            return Ok(None);
        }
        let list = forms::first().searched().unwrap_or_default();
        let found = desk.world.waits(LOOK_UP, desk.suggestions(tenant, list, begun)).await;
        let sentences: Vec<_> =
            found.unwrap_or_default().iter().map(|name| format!("{before}{name}")).collect();
        Ok(Some(Answer::Suggestions(SlashCommand::sentences(sentences.iter().map(String::as_str)))))
    }

    async fn known(
        &self,
        desk: &Arc<Desk>,
        tenant: &Tenant,
        interaction: &Interaction,
    ) -> Result<Option<Person>, Failure> {
        if interaction.stranger.is_some() {
            return Ok(None);
        }
        desk.viewer(tenant, &interaction.identity).await
    }

    /// In private anybody can speak to the bot, also who left the server: Discord is asked. On the server they are a member.
    async fn checked(&self, desk: &Desk, tenant: &Tenant, mut interaction: Interaction) -> Interaction {
        if interaction.stranger.is_none() && interaction.place.is_direct() {
            let asked = desk.vendors_word(tenant, &interaction.identity);
            match desk.world.waits(LOOK_UP, asked).await {
                Ok(said) => interaction.stranger = said,
                Err(_) => {
                    tracing::warn!(%tenant, "whether this is a member could not be looked up in time");
                }
            }
        }
        interaction
    }
}

/// What stands before the name of a repository, and what there is of the name.
fn repository_typed(text: &str) -> Option<(&str, &str)> {
    let at = [" on ", " to "].into_iter().filter_map(|word| Some(text.rfind(word)? + word.len())).max()?;
    let (before, begun) = text.split_at(at);
    let is_access = before.trim_start().to_lowercase().starts_with("access ");
    (is_access && !begun.contains(char::is_whitespace)).then_some((before, begun))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_repository_is_suggested_only_where_one_is_being_typed() {
        assert_eq!(repository_typed("access write on pay"), Some(("access write on ", "pay")));
        assert_eq!(repository_typed("Access read on "), Some(("Access read on ", "")));
        for other in ["access write on", "access write on infra for", "status on x", "help", "on infra"] {
            assert_eq!(repository_typed(other), None, "{other}");
        }
    }
}
