//! Slack's deliveries, over Socket Mode or HTTP: what somebody does is kept before it is acknowledged; forms, searches and the
//! Home tab are answered at once.

use std::sync::Arc;

use countersign_domain::card::Card;
use countersign_domain::form::{Fault, Filled};
use countersign_domain::names::Tenant;
use countersign_domain::ports::{Act, Identity, Interaction, Place, Secrets, Surface, SurfaceKind};
use countersign_outbound::{Outbound, Trouble, Troubles};
use countersign_slack::{
    AskWhy, Asking, CheckForm, ConnectError, Delivery, FormContext, HomeSection, OpenForm, Reader,
    Signatures, Slack, SlackConfig, SocketMode, Unreadable, Who, errors, form, home, suggestions, why,
};
use jiff::Timestamp;
use serde_json::Value;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::Connection;
use crate::cards;
use crate::desk::{Desk, Received};
use crate::engine::Failure;
use crate::forms;
use crate::words;

/// One tenant's Slack.
pub struct SlackSide {
    client: Arc<Slack>,
    reader: Reader,
    signatures: Option<Signatures>,
    socket: Option<SocketMode>,
}

impl SlackSide {
    /// The side of the workspace that `config` names.
    pub fn new(
        config: &SlackConfig,
        tenant: &Tenant,
        outbound: &Outbound,
        secrets: &Arc<dyn Secrets>,
    ) -> Result<Self, ConnectError> {
        let client = Arc::new(Slack::new(config, tenant, outbound, Arc::clone(secrets))?);
        let socket = config.app_token_secret.is_some();
        let socket =
            socket.then(|| SocketMode::new(config, tenant, outbound, Arc::clone(secrets))).transpose()?;
        let socket = socket.map(|socket| socket.telling(Arc::clone(client.troubles())));
        let signed = |secret: &String| Signatures::new(secret.clone(), Arc::clone(secrets), outbound.clock());
        Ok(Self {
            client,
            reader: Reader::new(&*config.team),
            signatures: config.signing_secret.as_ref().map(signed),
            socket,
        })
    }

    /// What speaks to Slack.
    pub fn client(&self) -> Arc<dyn Surface> {
        Arc::clone(&self.client) as Arc<dyn Surface>
    }

    /// What goes wrong on Slack's way to the bot.
    pub fn troubles(&self) -> &Troubles {
        self.client.troubles()
    }

    /// How deliveries over HTTP are checked, where they are taken at all.
    pub const fn signatures(&self) -> Option<&Signatures> {
        self.signatures.as_ref()
    }

    /// What reads deliveries.
    pub const fn reader(&self) -> &Reader {
        &self.reader
    }

    /// How it stands with Slack's way to the bot.
    pub fn connection(&self) -> Connection {
        let socket = self.socket.as_ref();
        socket.map_or(Connection::ByHttp, |socket| Connection::kept(socket.connection().borrow().connected))
    }

    /// Listens over Socket Mode until told to stop, where that is configured, and reads what was missed since it `listened`
    /// last and after each gap.
    pub async fn listen(
        self: Arc<Self>,
        desk: Arc<Desk>,
        tenant: Tenant,
        listened: Option<Timestamp>,
        stop: CancellationToken,
    ) {
        let Some(socket) = &self.socket else { return };
        let connection = socket.connection();
        let handler = |delivery: Result<Delivery, Unreadable>| {
            let (side, desk, tenant) = (Arc::clone(&self), Arc::clone(&desk), tenant.clone());
            async move {
                match delivery {
                    Ok(delivery) => side.take(&desk, &tenant, delivery).await,
                    Err(unreadable) => {
                        side.troubles().tell(Trouble::Unreadable, &unreadable.to_string());
                        desk.unreadable(&tenant, SurfaceKind::Slack, &unreadable.to_string()).await?;
                        Ok(None)
                    }
                }
            }
        };
        let surface = (SurfaceKind::Slack, &*self.client as &dyn Surface);
        let gaps = super::gaps(connection, listened, &desk, &tenant, surface, |connection| {
            (connection.connected, connection.gap_since)
        });
        tokio::select! {
            () = socket.run(handler, stop.cancelled()) => {}
            () = gaps => {}
        }
    }

    /// Takes one delivery, and answers what Slack waits for.
    pub async fn take(
        &self,
        desk: &Arc<Desk>,
        tenant: &Tenant,
        delivery: Delivery,
    ) -> Result<Option<Value>, Failure> {
        match delivery {
            Delivery::Challenge(challenge) => return Ok(Some(serde_json::json!({ "challenge": challenge }))),
            Delivery::Interaction(interaction) => return self.interaction(desk, tenant, interaction).await,
            Delivery::AskWhy(asked) => return self.ask_why(desk, tenant, *asked).await,
            Delivery::OpenForm(wish) => self.open_form(desk, tenant, *wish).await?,
            Delivery::CheckForm(check) => self.check_form(desk, tenant, *check).await?,
            Delivery::Home { who } => self.show_home(desk, tenant, &who).await?,
            Delivery::Suggest { who, list, query } => {
                let found = match self.known(desk, tenant, &who).await? {
                    Some(_) => desk.suggestions(tenant, &list, &query).await,
                    None => vec![],
                };
                return Ok(Some(suggestions(&found)));
            }
            Delivery::TooLate { interaction, taken_back } => {
                let (place, direct) = (interaction.place.clone(), interaction.direct.clone());
                let said = desk.too_late(tenant, &interaction, taken_back).await?;
                self.answer(desk, tenant, &interaction.identity, (place, direct), said);
            }
            Delivery::GroupChanged { .. } => desk.sync_groups_of(tenant, SurfaceKind::Slack).await?,
            Delivery::UserChanged { identity, profile } if profile.stranger.is_some() => {
                desk.forget(tenant, &identity).await?;
            }
            Delivery::UserChanged { .. } | Delivery::Ignored => {}
        }
        Ok(None)
    }

    async fn interaction(
        &self,
        desk: &Arc<Desk>,
        tenant: &Tenant,
        interaction: Interaction,
    ) -> Result<Option<Value>, Failure> {
        if let Act::Filled(filled) = &interaction.act
            && let Some(person) = desk.viewer(tenant, &interaction.identity).await?
        {
            let faults = desk.form_faults(tenant, &person, filled).await?;
            if !faults.is_empty() {
                return Ok(Some(errors(&faults)));
            }
        }
        let (place, direct) = (interaction.place.clone(), interaction.direct.clone());
        let who = interaction.identity.clone();
        let received = desk.receive(tenant, interaction).await?;
        self.answer(desk, tenant, &who, (place, direct), received);
        Ok(None)
    }

    /// Asks for the reason of a decision, of whoever could take it. Where that cannot be asked, the press counts as one that
    /// gave none, and is answered so.
    async fn ask_why(
        &self,
        desk: &Arc<Desk>,
        tenant: &Tenant,
        asked: AskWhy,
    ) -> Result<Option<Value>, Failure> {
        let AskWhy { pressed, trigger, reference } = asked;
        let known = pressed.stranger.is_none();
        if known && desk.asks_why(tenant, &pressed.identity, &reference).await? {
            let asking =
                Asking { place: &pressed.place, message: pressed.message.as_ref(), reference: &reference };
            let form = why(asking, words::WHY_FORM, words::DENY, words::why_is_asked());
            match self.client.open(&trigger, form).await {
                Ok(_) => return Ok(None),
                Err(error) => tracing::warn!(%tenant, "the reason could not be asked for: {error}"),
            }
        }
        self.interaction(desk, tenant, pressed).await
    }

    async fn open_form(&self, desk: &Arc<Desk>, tenant: &Tenant, wish: OpenForm) -> Result<(), Failure> {
        let OpenForm { delivery, trigger, who, place, message, about } = wish;
        let (identity, direct) = (who.identity.clone(), Place::direct(&who.identity));
        let interaction = Interaction {
            delivery,
            identity: identity.clone(),
            stranger: who.stranger,
            place: place.clone(),
            direct: direct.clone(),
            message,
            act: Act::Said(String::new()),
        };
        if let Err(received) = desk.recognise(tenant, &interaction).await? {
            self.answer(desk, tenant, &identity, (place, direct), received);
            return Ok(());
        }
        let context = FormContext { place: &place, intro: words::form_intro(), faults: &[] };
        if let Err(error) =
            self.client.open(&trigger, form(forms::first(), context, &forms::first().begun(about))).await
        {
            // Slack lets a form be opened for three seconds only: whoever waits for it is told, with another way to say it.
            tracing::warn!(%tenant, "the form could not be opened: {error}");
            self.say(desk, tenant, &identity, place, direct, cards::form_not_opened());
        }
        Ok(())
    }

    /// Says while somebody fills the form in what is wrong so far, and what the rules will demand.
    async fn check_form(&self, desk: &Arc<Desk>, tenant: &Tenant, check: CheckForm) -> Result<(), Failure> {
        let Some(person) = self.known(desk, tenant, &check.who).await? else { return Ok(()) };
        let Some(spec) = forms::spec(&check.filled.form) else { return Ok(()) };
        let filled = spec.own(&check.filled);
        let faults = filled_in(desk.form_faults(tenant, &person, &filled).await?, &filled);
        let ahead = desk.what_it_takes(tenant, &person, &filled).await?;
        let intro = ahead.unwrap_or_else(|| words::form_intro().to_owned());
        let context = FormContext { place: &check.place, intro: &intro, faults: &faults };
        let view = form(spec, context, &filled);
        if let Err(error) = self.client.reopen(&check.view, check.hash.as_deref(), view).await {
            tracing::info!(%tenant, "the form could not be drawn anew: {error}");
        }
        Ok(())
    }

    /// Draws somebody's Home tab.
    pub async fn show_home(&self, desk: &Arc<Desk>, tenant: &Tenant, who: &Who) -> Result<(), Failure> {
        let seal = |cards: Vec<Card>| -> Vec<Card> {
            cards.into_iter().map(|card| desk.sealed(tenant, card)).collect()
        };
        let view = if let Some(person) = self.known(desk, tenant, who).await? {
            let shown = desk.chat().home(tenant, &person).await?;
            let parts = [
                (words::WAITING_FOR_YOU, shown.waiting, words::nothing_waits()),
                (words::YOUR_REQUESTS, shown.requests, words::no_requests()),
                (words::YOUR_ACCESS, shown.access, words::no_access_yet()),
            ];
            let parts = parts.map(|(title, cards, empty)| (title, seal(cards), empty));
            let sections: Vec<_> =
                parts.iter().map(|(title, cards, empty)| HomeSection { title, cards, empty }).collect();
            home(&sections)
        } else {
            let cards = seal(vec![cards::who_are_you(desk.console())]);
            home(&[HomeSection { title: words::WHO_ARE_YOU, cards: &cards, empty: "" }])
        };
        if let Err(error) = self.client.publish(&who.identity.user, view).await {
            tracing::warn!(%tenant, "the Home tab could not be shown: {error}");
        }
        Ok(())
    }

    async fn known(
        &self,
        desk: &Arc<Desk>,
        tenant: &Tenant,
        who: &Who,
    ) -> Result<Option<countersign_domain::tenant::Person>, Failure> {
        if who.stranger.is_some() {
            return Ok(None);
        }
        desk.viewer(tenant, &who.identity).await
    }

    /// Says what the desk wants said to somebody by itself, if anything.
    fn answer(
        &self,
        desk: &Arc<Desk>,
        tenant: &Tenant,
        who: &Identity,
        (place, direct): (Place, Place),
        received: Received,
    ) {
        if let Received::Refused(Some(card)) | Received::Answered(card) = received {
            self.say(desk, tenant, who, place, direct, *card);
        }
    }

    /// Says something that nothing depends on, once, beside everything else: to somebody who is nobody here, or to no avail.
    fn say(
        &self,
        desk: &Arc<Desk>,
        tenant: &Tenant,
        who: &Identity,
        place: Place,
        direct: Place,
        card: Card,
    ) {
        let place = if place.is_private() { place } else { Place { only: Some(who.user.clone()), ..place } };
        super::say(&self.client(), desk, tenant, place, direct, card, Uuid::new_v4());
    }
}

/// The faults of what was filled in; what is still empty is no fault yet.
fn filled_in(faults: Vec<Fault>, filled: &Filled) -> Vec<Fault> {
    faults.into_iter().filter(|(slot, _)| filled.get(slot).is_some()).collect()
}
