//! Teams' deliveries: what somebody does is kept before it is answered; what Teams waits for the answer of is answered from
//! how things stand.

mod door;
mod looking;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use countersign_domain::card::{Card, Refresh};
use countersign_domain::names::Tenant;
use countersign_domain::ports::{
    Act, Identity, Interaction, Place, Secrets, Surface, SurfaceKind, mentions, with_names,
};
use countersign_domain::request::Code;
use countersign_outbound::{AddressError, Outbound, Troubles};
use countersign_teams::card::content;
use countersign_teams::inbound::{NotLocal, Verifier, may_listen};
use countersign_teams::interaction::Heard;
use countersign_teams::{Auth, Teams, TeamsConfig, TeamsError, answer, form};
use serde_json::Value;
use uuid::Uuid;

pub use self::door::NotTaken;
use crate::desk::{Desk, Received};
use crate::engine::Failure;
use crate::forms;
use crate::seal::SealError;
use crate::words;

/// How many people who are mentioned are looked up for one message.
const MENTIONS: usize = 3;
/// How long the answer to a press waits for what was pressed to be carried out; Teams waits for five seconds at least.
const PATIENCE: Duration = Duration::from_secs(2);

/// One tenant's Teams.
pub struct TeamsSide {
    client: Arc<Teams>,
    verifier: Verifier,
    /// The Entra tenant.
    workspace: Uuid,
    auth: Auth,
    /// Where the bot listens.
    listen: SocketAddr,
}

/// Why there is no such side.
#[derive(Debug, thiserror::Error)]
pub enum NotConnected {
    /// The adapter cannot be made.
    #[error(transparent)]
    Adapter(#[from] TeamsError),
    /// Where the keys of the Bot Framework are cannot be used.
    #[error("metadata: {0}")]
    Metadata(#[from] AddressError),
    /// Without tokens the bot may listen on this machine only.
    #[error(transparent)]
    Listens(#[from] NotLocal),
}

impl TeamsSide {
    /// The side of the bot that `config` names, which listens on `listen`.
    pub fn new(
        config: &TeamsConfig,
        tenant: &Tenant,
        outbound: &Arc<Outbound>,
        secrets: &Arc<dyn Secrets>,
        listen: SocketAddr,
    ) -> Result<Self, NotConnected> {
        may_listen(config.auth, &[listen])?;
        let client = Teams::new(config.clone(), tenant, outbound, Arc::clone(secrets), outbound.clock())?;
        let verifier = Verifier::new(config.inbound(), Arc::clone(outbound), outbound.clock())?;
        Ok(Self { client: Arc::new(client), verifier, workspace: config.tenant, auth: config.auth, listen })
    }

    /// What speaks to Teams.
    pub fn client(&self) -> Arc<dyn Surface> {
        Arc::clone(&self.client) as Arc<dyn Surface>
    }

    /// What goes wrong on Teams' way to the bot.
    pub fn troubles(&self) -> &Troubles {
        self.client.troubles()
    }

    /// Takes what was heard, and answers what Teams waits for.
    pub async fn take(
        &self,
        desk: &Arc<Desk>,
        tenant: &Tenant,
        heard: Heard,
    ) -> Result<Option<Value>, Failure> {
        match heard {
            Heard::Did(all) => {
                let mut answer = None;
                for interaction in all {
                    answer = self.did(desk, tenant, interaction).await?;
                }
                Ok(answer)
            }
            Heard::Refresh { asker, reference, .. } => {
                let who = asker.stranger.is_none().then_some(&asker.identity);
                self.as_it_stands(desk, tenant, who, &asker.place, &reference).await.map(Some)
            }
            Heard::FormWanted { asker, about } => self.form(desk, tenant, asker, about).await.map(Some),
            Heard::Search { asker, list, text, most } => {
                self.search(desk, tenant, &asker, (&list, &text, most)).await.map(Some)
            }
            // It says where, but a team's other channels have its members too, and which those are nobody says.
            Heard::MembersChanged(_) => {
                let (syncing, tenant) = (Arc::clone(desk), tenant.clone());
                desk.beside(async move {
                    if let Err(failure) = syncing.sync_groups_of(&tenant, SurfaceKind::Teams).await {
                        tracing::warn!(%tenant, "who is in which channel could not be taken over: {failure}");
                    }
                });
                Ok(None)
            }
            // The private talk with somebody is kept with who they are; a channel is one that the configuration names.
            Heard::Joined { .. } | Heard::Left(_) | Heard::Ignored => Ok(None),
        }
    }

    async fn did(
        &self,
        desk: &Arc<Desk>,
        tenant: &Tenant,
        interaction: Interaction,
    ) -> Result<Option<Value>, Failure> {
        match interaction.act {
            Act::Pressed(_) | Act::Explained { .. } => {
                self.pressed(desk, tenant, interaction).await.map(Some)
            }
            Act::Filled(_) => self.filled(desk, tenant, interaction).await.map(Some),
            Act::Said(_) | Act::Attached { .. } | Act::Reacted { .. } => {
                let direct = interaction.direct.clone();
                let interaction = self.with_objects(tenant, interaction).await;
                match desk.receive(tenant, interaction).await? {
                    Received::Kept(_) | Received::Refused(None) => {}
                    Received::Refused(Some(card)) | Received::Answered(card) => {
                        let (place, key) = (direct.clone(), Uuid::new_v4());
                        super::say(&self.client(), desk, tenant, place, direct, *card, key);
                    }
                }
                Ok(None)
            }
        }
    }

    /// What was said, with everybody who is mentioned by their Teams id mentioned by their Entra object: that is who people
    /// are linked by. Whoever cannot be looked up stays somebody whom nobody knows.
    async fn with_objects(&self, tenant: &Tenant, interaction: Interaction) -> Interaction {
        let Some(text) = interaction.act.words() else { return interaction };
        let mut objects = BTreeMap::new();
        for mentioned in mentions(text).into_iter().filter(|who| who.user.starts_with("29:")).take(MENTIONS) {
            match self.client.object(&interaction.place, &mentioned.user).await {
                Ok(object) => objects.extend(object.map(|object| (mentioned.user, object))),
                Err(error) => tracing::warn!(%tenant, "who is mentioned could not be looked up: {error}"),
            }
        }
        let mention = |who: &Identity| {
            let user = objects.get(&who.user).unwrap_or(&who.user).clone();
            Identity { user, ..who.clone() }.mention()
        };
        let act = interaction.act.in_other_words(|text| with_names(text, mention));
        Interaction { act, ..interaction }
    }

    /// A press is answered with the card as it stands when it was carried out, for who pressed.
    async fn pressed(
        &self,
        desk: &Arc<Desk>,
        tenant: &Tenant,
        interaction: Interaction,
    ) -> Result<Value, Failure> {
        let (who, place) = (interaction.identity.clone(), interaction.place.clone());
        let reference = match &interaction.act {
            Act::Pressed(reference) | Act::Explained { reference, .. } => reference.clone(),
            _ => String::new(),
        };
        match desk.receive(tenant, interaction).await? {
            Received::Kept(position) => {
                if let Some(position) = position {
                    desk.carried_out(position, PATIENCE).await;
                }
                self.as_it_stands(desk, tenant, Some(&who), &place, &reference).await
            }
            Received::Refused(None) => Ok(answer::message(words::nothing_counted())),
            Received::Refused(Some(card)) | Received::Answered(card) => Ok(answer::message(&said(&card))),
        }
    }

    /// A form is kept, or shown again with what is wrong. A form can be sent from conversations that the bot is no member
    /// of, so its request is shown in the private talk.
    async fn filled(
        &self,
        desk: &Arc<Desk>,
        tenant: &Tenant,
        interaction: Interaction,
    ) -> Result<Value, Failure> {
        if let Act::Filled(filled) = &interaction.act
            && let Some(spec) = forms::spec(&filled.form)
            && interaction.stranger.is_none()
            && let Some(person) = desk.viewer(tenant, &interaction.identity).await?
        {
            let faults = desk.form_faults(tenant, &person, filled).await?;
            if !faults.is_empty() {
                return Ok(answer::window(spec.title, &form::content(spec, filled, &faults, true)));
            }
        }
        let interaction = Interaction { place: interaction.direct.clone(), ..interaction };
        Ok(match desk.receive(tenant, interaction).await? {
            Received::Kept(_) => answer::closed(words::form_is_taken()),
            Received::Refused(None) => answer::closed(words::nothing_counted()),
            Received::Refused(Some(card)) | Received::Answered(card) => self.window(desk, tenant, *card),
        })
    }

    /// The card that a reference is about, as it stands for this viewer; where many see the message, everybody's for who
    /// may not see the request itself.
    async fn as_it_stands(
        &self,
        desk: &Desk,
        tenant: &Tenant,
        who: Option<&Identity>,
        place: &Place,
        reference: &str,
    ) -> Result<Value, Failure> {
        let said = match desk.opened(tenant, reference) {
            Ok(said) => said,
            Err(SealError::Expired) => return Ok(answer::message(words::too_old())),
            Err(_) => return Ok(answer::message(words::nothing_counted())),
        };
        let Some(code) = said.split(' ').find_map(|word| word.parse::<Code>().ok()) else {
            return Ok(answer::message(words::answered_in_private()));
        };
        let viewer = match who {
            Some(who) => desk.viewer(tenant, who).await?,
            None => None,
        };
        let own = match &viewer {
            Some(person) => desk.chat().request_card(tenant, person, &code).await?,
            None => None,
        };
        let card = match own {
            None if !place.is_private() => desk.chat().shared_card(tenant, &code, Some(place)).await?,
            own => own,
        };
        let Some(card) = card else { return Ok(answer::message(words::nothing_counted())) };
        let refresh = (!place.is_private()).then(|| Refresh {
            reference: format!("status {code}"),
            viewers: who.map(|who| who.user.clone()).into_iter().collect(),
        });
        Ok(answer::card(&self.drawn(desk, tenant, Card { refresh, ..card })))
    }

    /// A card as Teams shows it.
    fn drawn(&self, desk: &Desk, tenant: &Tenant, card: Card) -> Value {
        let card = desk.sealed(tenant, card);
        content(&card, |button| button.say.clone(), self.client.refresh(&card).as_ref())
    }

    /// A card in a window.
    fn window(&self, desk: &Desk, tenant: &Tenant, card: Card) -> Value {
        let title = card.title.clone();
        answer::window(&title, &self.drawn(desk, tenant, card))
    }
}

/// What a card says, in a sentence or two.
fn said(card: &Card) -> String {
    std::iter::once(format!("{}.", card.title))
        .chain(card.lines.iter().cloned())
        .collect::<Vec<_>>()
        .join(" ")
}
