//! One tenant's Slack workspace as a [`Surface`].

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use countersign_domain::card::Card;
use countersign_domain::names::Tenant;
use countersign_domain::ports::{
    Attached, CallError, CallErrorKind, Examined, Identity, Missed, Place, Posted, Profile, Secrets, Surface,
    SurfaceKind,
};
use countersign_outbound::{BaseUrl, Credential, Files, Outbound, Troubles, not_the_vendor};
use jiff::Timestamp;
use slack_morphism::api::{
    SlackApiChatPostEphemeralRequest, SlackApiChatPostMessageRequest, SlackApiChatUpdateRequest,
    SlackApiViewsOpenRequest, SlackApiViewsPublishRequest, SlackApiViewsUpdateRequest,
};
use slack_morphism::prelude::{SlackMessageContent, SlackMessageMetadata, SlackView};
use tokio::sync::OnceCell;
use uuid::Uuid;

use crate::answers::{
    AuthAnswer, ChannelAnswer, Done, EphemeralAnswer, MembersAnswer, OpenAnswer, PostedAnswer, UserAnswer,
    ViewAnswer,
};
use crate::api::Api;
use crate::config::{ConnectError, SlackConfig};
use crate::delivery::Trigger;
use crate::manifest::SCOPES;
use crate::rotation::Rotation;
use crate::trouble::{Trouble, VENDOR};
use crate::{card, file, history, profile};

/// What our messages' metadata is called.
pub(crate) const METADATA: &str = "countersign";
/// Slack's words for "this person would not see it there".
const UNSEEN: [&str; 4] = ["not_in_channel", "channel_not_found", "user_not_in_channel", "is_archived"];
/// Slack's words for "that message is not there to be changed".
const GONE: [&str; 5] =
    ["message_not_found", "cant_update_message", "channel_not_found", "edit_window_closed", "is_inactive"];

/// Slack's words for "the private talk is not the one you know any more": opened anew, it may be another.
const LOST: [&str; 3] = ["channel_not_found", "is_archived", "not_in_channel"];

/// One tenant's Slack workspace.
#[derive(Debug)]
pub struct Slack {
    team: String,
    pub(crate) api: Api,
    files: Files,
    me: OnceCell<Team>,
    /// The private talks that were opened, by user.
    direct: Mutex<HashMap<String, String>>,
    troubles: Arc<Troubles>,
}

/// The workspace, as the bot's token sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Team {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The bot's user in it.
    pub bot_user: String,
}

impl Slack {
    /// The workspace that `config` names, for `tenant`. Nothing is called yet.
    pub fn new(
        config: &SlackConfig,
        tenant: &Tenant,
        outbound: &Outbound,
        secrets: Arc<dyn Secrets>,
    ) -> Result<Self, ConnectError> {
        if !config.team.starts_with('T') || Identity::new(SurfaceKind::Slack, &*config.team, "U").is_err() {
            return Err(ConnectError::Team(config.team.clone()));
        }
        let base = BaseUrl::parse(&config.url)?;
        let rotation = match &config.refresh {
            Some(refresh) => {
                let nobody = Credential::Nobody;
                let vendor = outbound.vendor(VENDOR, tenant, base.clone(), nobody, Arc::clone(&secrets))?;
                let (name, clock) = (config.bot_token_secret.clone(), outbound.clock());
                Some(Arc::new(Rotation::new(refresh.clone(), name, vendor, Arc::clone(&secrets), clock)))
            }
            None => None,
        };
        let secrets = rotation.clone().map_or(secrets, |rotation| rotation as Arc<dyn Secrets>);
        let credential = Credential::Bearer { secret: config.bot_token_secret.clone() };
        let files =
            outbound.files(VENDOR, base.clone(), file::HOSTS, credential.clone(), Arc::clone(&secrets))?;
        let vendor = outbound.vendor(VENDOR, tenant, base, credential, secrets)?;
        let api = Api::new(vendor, config.bot_token_secret.clone(), rotation);
        let troubles = Arc::new(Troubles::new(VENDOR, tenant, outbound.clock()));
        let (team, me) = (config.team.clone(), OnceCell::new());
        Ok(Self { team, api, files, me, direct: Mutex::default(), troubles })
    }

    /// What goes wrong on Slack's way to the bot.
    pub fn troubles(&self) -> &Arc<Troubles> {
        &self.troubles
    }

    /// The workspace that the token is for; asked once. A token of another workspace than the configured one is refused.
    pub async fn team(&self) -> Result<&Team, CallError> {
        let ask = || async {
            let what = "ask whose the token is";
            let answer: AuthAnswer = self.api.read(what, "auth.test", &[]).await?;
            if answer.team_id != self.team {
                let why = format!("the token is for the workspace {}, not for {}", answer.team_id, self.team);
                return Err(self.api.refused(what, &why));
            }
            Ok(Team { id: answer.team_id, name: answer.team, bot_user: answer.user_id })
        };
        self.me.get_or_try_init(ask).await
    }

    /// Whose the token is, and which of the scopes that the bot needs it lacks.
    async fn examined(&self) -> Result<Examined, CallError> {
        let what = "ask whose the token is";
        let answer = self.api.read::<AuthAnswer>(what, "auth.test", &[]).await;
        let answer = answer.map_err(|trouble| not_the_vendor(trouble.error, "Slack's Web API"))?;
        if answer.team_id != self.team {
            let why = format!("the token is for the workspace {}, not for {}", answer.team_id, self.team);
            return Err(CallError { kind: CallErrorKind::Barred, ..self.api.refused(what, &why) });
        }
        let mut examined = Examined::good(format!("the workspace {} ({})", answer.team, answer.team_id));
        let has = self.api.scopes(what, "auth.test").await?;
        let lacks =
            |has: Vec<String>| SCOPES.into_iter().filter(move |scope| !has.iter().any(|own| own == scope));
        let lacking: Vec<_> = has.into_iter().flat_map(lacks).collect();
        if !lacking.is_empty() {
            let lacking = lacking.join(", ");
            examined.faults.push(format!(
                "the app lacks the scopes {lacking}: add them, and install it in the workspace again"
            ));
        }
        Ok(examined)
    }

    /// Opens a form on somebody's screen, within three seconds of what they did; the form's id.
    pub async fn open(&self, trigger: &Trigger, view: SlackView) -> Result<String, CallError> {
        let body = SlackApiViewsOpenRequest { trigger_id: trigger.expose().into(), view };
        let answer: ViewAnswer = self.api.write("open a form", "views.open", &body).await?;
        Ok(answer.view.id)
    }

    /// Puts another form in the place of an open one. `false` where it is closed, or was changed since `hash`.
    pub async fn reopen(
        &self,
        view_id: &str,
        hash: Option<&str>,
        view: SlackView,
    ) -> Result<bool, CallError> {
        let body = SlackApiViewsUpdateRequest {
            view,
            external_id: None,
            hash: hash.map(ToOwned::to_owned),
            view_id: Some(view_id.to_owned().into()),
        };
        match self.api.write::<ViewAnswer>("update a form", "views.update", &body).await {
            Ok(_) => Ok(true),
            Err(trouble) if trouble.is_one_of(&["not_found", "hash_conflict", "view_not_found"]) => Ok(false),
            Err(trouble) => Err(trouble.error),
        }
    }

    /// Shows somebody's Home tab.
    pub async fn publish(&self, user: &str, view: SlackView) -> Result<(), CallError> {
        let body = SlackApiViewsPublishRequest { user_id: user.to_owned().into(), view, hash: None };
        let _: ViewAnswer = self.api.write("show the Home tab", "views.publish", &body).await?;
        Ok(())
    }

    /// The private talk with somebody, opened once.
    pub(crate) async fn direct(&self, user: &str) -> Result<String, Trouble> {
        if let Some(known) = lock(&self.direct).get(user) {
            return Ok(known.clone());
        }
        // The contract wants a text here, of users with commas between them; the client's own type has a list.
        let body = serde_json::json!({ "users": user });
        let what = format!("open the private talk with {user}");
        let answer: OpenAnswer = self.api.write(&what, "conversations.open", &body).await?;
        lock(&self.direct).insert(user.to_owned(), answer.channel.id.clone());
        Ok(answer.channel.id)
    }

    /// A private talk that Slack does not know any more is opened anew next time.
    pub(crate) fn forget_if_lost(&self, channel: &str, trouble: &Trouble) {
        if trouble.is_one_of(&LOST) {
            lock(&self.direct).retain(|_, known| known != channel);
        }
    }

    /// Where a place's messages are kept; `None` where they are kept nowhere, since only one person sees them.
    pub(crate) async fn channel(&self, place: &Place) -> Result<Option<String>, CallError> {
        match (&place.channel, &place.only) {
            (Some(channel), None) => Ok(Some(channel.clone())),
            (None, Some(user)) => Ok(Some(self.direct(user).await?)),
            _ => Ok(None),
        }
    }

    /// Refuses what is elsewhere.
    fn here(&self, what: &str, surface: SurfaceKind, workspace: &str) -> Result<(), CallError> {
        if surface == SurfaceKind::Slack && workspace == self.team {
            return Ok(());
        }
        Err(self.api.refused(what, "it is in another workspace than the configured one"))
    }

    async fn say(
        &self,
        channel: &str,
        thread: Option<&String>,
        content: SlackMessageContent,
        key: Uuid,
    ) -> Result<Posted, Trouble> {
        let payload = HashMap::from([("key".to_owned(), key.to_string())]);
        let metadata = SlackMessageMetadata::new(METADATA.to_owned()).with_event_payload(payload);
        let mut body =
            SlackApiChatPostMessageRequest::new(channel.to_owned().into(), content.with_metadata(metadata))
                .with_unfurl_links(false)
                .with_unfurl_media(false);
        body.thread_ts = thread.map(|thread| thread.clone().into());
        let what = format!("post a card in {channel}");
        let answer: PostedAnswer = self.api.write(&what, "chat.postMessage", &body).await?;
        Ok(Posted { channel: answer.channel, message: answer.ts, via: None })
    }

    /// Says it in the private talk with somebody; where that is not there any more, in the one that is opened then.
    async fn say_to(
        &self,
        user: &str,
        thread: Option<&String>,
        content: SlackMessageContent,
        key: Uuid,
    ) -> Result<Posted, Trouble> {
        let known = self.direct(user).await?;
        match self.say(&known, thread, content.clone(), key).await {
            Err(trouble) if trouble.is_one_of(&LOST) => self.forget_if_lost(&known, &trouble),
            result => return result,
        }
        let opened = self.direct(user).await?;
        let thread = thread.filter(|_| opened == known);
        let said = self.say(&opened, thread, content, key).await;
        said.inspect_err(|trouble| self.forget_if_lost(&opened, trouble))
    }

    async fn whisper(
        &self,
        channel: &str,
        user: &str,
        thread: Option<&String>,
        content: SlackMessageContent,
    ) -> Result<Posted, Trouble> {
        let mut body =
            SlackApiChatPostEphemeralRequest::new(channel.to_owned().into(), user.to_owned().into(), content);
        body.thread_ts = thread.map(|thread| thread.clone().into());
        let what = format!("show a card to {user} alone in {channel}");
        let answer: EphemeralAnswer = self.api.write(&what, "chat.postEphemeral", &body).await?;
        Ok(Posted { channel: channel.to_owned(), message: answer.message_ts, via: None })
    }
}

#[async_trait]
impl Surface for Slack {
    async fn examine(&self) -> Result<Examined, CallError> {
        self.examined().await
    }

    async fn post(&self, to: &Place, card: &Card, key: Uuid) -> Result<Posted, CallError> {
        self.here("post a card", to.surface, &to.workspace)?;
        let content = card::message(card, |button| button.say.clone());
        match (&to.channel, &to.only) {
            (Some(channel), None) => Ok(self.say(channel, to.thread.as_ref(), content, key).await?),
            (Some(channel), Some(user)) => {
                match self.whisper(channel, user, to.thread.as_ref(), content.clone()).await {
                    Ok(posted) => Ok(posted),
                    Err(trouble) if trouble.is_one_of(&UNSEEN) => {
                        Ok(self.say_to(user, None, content, key).await?)
                    }
                    Err(trouble) => Err(trouble.error),
                }
            }
            (None, Some(user)) => Ok(self.say_to(user, to.thread.as_ref(), content, key).await?),
            (None, None) => Err(self.api.refused("post a card", "the place has neither channel nor person")),
        }
    }

    async fn find(&self, to: &Place, key: Uuid) -> Result<Option<Posted>, CallError> {
        self.here("look for a card", to.surface, &to.workspace)?;
        history::find(self, to, key).await
    }

    async fn update(&self, message: &Posted, card: &Card) -> Result<bool, CallError> {
        let content = card::message(card, |button| button.say.clone());
        let (channel, ts) = (message.channel.clone().into(), message.message.clone().into());
        let body = SlackApiChatUpdateRequest::new(channel, content, ts);
        let what = format!("update a card in {}", message.channel);
        match self.api.write::<Done>(&what, "chat.update", &body).await {
            Ok(Done {}) => Ok(true),
            Err(trouble) if trouble.is_one_of(&GONE) => Ok(false),
            Err(trouble) => Err(trouble.error),
        }
    }

    async fn profile(&self, identity: &Identity) -> Result<Option<Profile>, CallError> {
        if identity.surface != SurfaceKind::Slack || identity.workspace != self.team {
            return Ok(None);
        }
        let what = format!("look up {}", identity.user);
        match self.api.read::<UserAnswer>(&what, "users.info", &[("user", &identity.user)]).await {
            Ok(answer) => Ok(Some(profile::profile(answer.user, &self.team))),
            Err(trouble) if trouble.is_one_of(&["user_not_found", "user_not_visible", "users_not_found"]) => {
                Ok(None)
            }
            Err(trouble) => Err(trouble.error),
        }
    }

    async fn members(&self, group: &str) -> Result<Option<Vec<String>>, CallError> {
        let what = format!("list the members of the user group {group}");
        match self.api.read::<MembersAnswer>(&what, "usergroups.users.list", &[("usergroup", group)]).await {
            Ok(answer) => Ok(Some(answer.users)),
            // So Slack calls one that was disabled, too.
            Err(trouble) if trouble.is_one_of(&["no_such_subteam"]) => Ok(None),
            Err(trouble) => Err(trouble.error),
        }
    }

    async fn obstacle(&self, place: &Place) -> Result<Option<String>, CallError> {
        self.here("look at a channel", place.surface, &place.workspace)?;
        let Some(channel) = &place.channel else { return Ok(None) };
        let what = format!("look at the channel {channel}");
        match self.api.read::<ChannelAnswer>(&what, "conversations.info", &[("channel", channel)]).await {
            Ok(answer) => Ok(answer.channel.obstacle().map(str::to_owned)),
            Err(trouble) if trouble.is_one_of(&["channel_not_found"]) => {
                Ok(Some("there is none that the app can see; where it is private, invite the app".to_owned()))
            }
            Err(trouble) => Err(trouble.error),
        }
    }

    async fn missed(&self, place: &Place, since: Timestamp) -> Result<Vec<Missed>, CallError> {
        self.here("read what was missed", place.surface, &place.workspace)?;
        history::missed(self, place, since).await
    }

    async fn file(&self, file: &Attached, most: usize) -> Result<Vec<u8>, CallError> {
        file::read(&self.files, file, most).await
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
