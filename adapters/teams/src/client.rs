//! Teams as the bot speaks to it: the connector of the Bot Framework behind the `Surface` port
//! (<https://learn.microsoft.com/en-us/azure/bot-service/rest-api/bot-framework-rest-connector-api-reference>).
//!
//! A token of the bot's goes only to a service address that a verified activity named, or to the configured one.

mod answers;
mod post;
mod surface;
mod token;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use countersign_domain::card::{Card, Refresh as Asked};
use countersign_domain::names::Tenant;
use countersign_domain::ports::{CallError, CallErrorKind, Clock, Examined, Place, Secrets, SurfaceKind};
use countersign_outbound::{
    Answer, Ask, BaseUrl, Credential, Files, MemorySecrets, Outbound, Renewed, Troubles, Vendor,
    is_addressable,
};
use http::StatusCode;
use serde_json::json;

pub(crate) use self::answers::is_guest;
use self::answers::{Made, Member, Missing};
use self::token::{Proof, Tokens};
use crate::activity::{Delivery, Scope};
use crate::card::Refresh;
use crate::config::{Auth, TeamsConfig, TeamsError};
use crate::conversation::join;

const VENDOR: &str = "teams";
/// Where files are kept that people share in private, in each of Microsoft's clouds.
const HOSTS: &[&str] = &[".sharepoint.com", ".sharepoint.us", ".sharepoint-mil.us", ".sharepoint.cn"];
/// How many service addresses and private talks are remembered.
const REMEMBERED: usize = 10_000;
/// What of a path names a conversation: `v3/conversations/<id>`.
const CONVERSATION: usize = 3;
/// How many pages of members are read, of 500 each.
const PAGES: usize = 40;

/// One tenant's Teams.
pub struct Teams {
    app_id: String,
    /// The Entra tenant.
    workspace: String,
    service_url: String,
    tenant: Tenant,
    outbound: Arc<Outbound>,
    /// `None` where calls carry no token.
    tokens: Option<Arc<Tokens>>,
    /// An address of a file is all that it takes to read it: no token goes there.
    files: Files,
    vendors: Mutex<BTreeMap<String, Arc<Vendor>>>,
    /// The private talk with somebody: by service address and person.
    talks: Mutex<BTreeMap<(String, String), String>>,
    /// The Teams ids (`29:…`) of people, by their Entra objects.
    people: Mutex<BTreeMap<String, String>>,
    troubles: Troubles,
}

impl Teams {
    /// The Teams that `config` names, for `tenant`. Nothing is called yet.
    pub fn new(
        config: TeamsConfig,
        tenant: &Tenant,
        outbound: &Arc<Outbound>,
        secrets: Arc<dyn Secrets>,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, TeamsError> {
        if !is_addressable(&config.app_id) {
            return Err(TeamsError::AppId);
        }
        let service = address("service_url", &config.service_url)?;
        let files = outbound.files(VENDOR, service, HOSTS, Credential::Nobody, Arc::clone(&secrets))?;
        let troubles = Troubles::new(VENDOR, tenant, Arc::clone(&clock));
        let tokens = tokens(&config, tenant, outbound, secrets, clock)?;
        Ok(Self {
            app_id: config.app_id,
            workspace: config.tenant.to_string(),
            service_url: config.service_url,
            tenant: tenant.clone(),
            outbound: Arc::clone(outbound),
            tokens: tokens.map(Arc::new),
            files,
            vendors: Mutex::default(),
            talks: Mutex::default(),
            people: Mutex::default(),
            troubles,
        })
    }

    /// What goes wrong on Teams' way to the bot.
    pub const fn troubles(&self) -> &Troubles {
        &self.troubles
    }

    /// Whether Entra gives the bot a token. The connector has no question that any bot may ask.
    pub(crate) async fn examined(&self) -> Result<Examined, CallError> {
        let Some(tokens) = &self.tokens else {
            return Ok(Examined::good("without a token, on this machine only".to_owned()));
        };
        tokens.get(token::NAME).await.map_err(|error| {
            let passing = CallErrorKind::NotDone { after: None };
            let kind = if error.passing { passing } else { CallErrorKind::Barred };
            CallError { kind, ..rejected("fetch the bot's token", &error.to_string()) }
        })?;
        Ok(Examined::good(format!("a token for the application {} of {}", self.app_id, self.workspace)))
    }

    /// Keeps what a delivery tells of the ways to a person: their Teams id, and the private talk with them.
    pub fn meet(&self, delivery: &Delivery) {
        let Some((person, place)) = delivery.met() else { return };
        let object = person.object.to_string();
        if place.scope == Scope::Personal {
            let key = (place.service_url.clone(), object.clone());
            remember(&mut lock(&self.talks), key, place.conversation.clone());
        }
        remember(&mut lock(&self.people), object, person.teams.clone());
    }

    /// The Teams ids of those of these people, by their Entra objects, who are known: the
    /// [viewers](crate::card::Refresh::viewers) of a card.
    pub fn viewers<'a>(&self, objects: impl IntoIterator<Item = &'a str>) -> Vec<String> {
        let people = lock(&self.people);
        objects.into_iter().filter_map(|object| people.get(object).cloned()).collect()
    }

    /// The Entra object of somebody by their Teams id (`29:…`), as a member of the conversation of this place: who mentions
    /// somebody says no more of them than that.
    pub async fn object(&self, place: &Place, teams: &str) -> Result<Option<String>, CallError> {
        let known = |(object, id): (&String, &String)| (id == teams).then(|| object.clone());
        if let Some(object) = lock(&self.people).iter().find_map(known) {
            return Ok(Some(object));
        }
        let talk = self.conversation(place).await?;
        let object = match self.member(place.via.as_deref(), &talk, teams).await? {
            Ok(member) => member.object(),
            Err(Missing::Member) => return Ok(None),
            Err(_) => {
                return Err(rejected(&format!("look up {teams}"), "the conversation is not there any more"));
            }
        };
        if let Some(object) = &object {
            remember(&mut lock(&self.people), object.clone(), teams.to_owned());
        }
        Ok(object)
    }

    /// How the viewers of a card are shown cards of their own, where it says so.
    pub fn refresh(&self, card: &Card) -> Option<Refresh> {
        let Asked { reference, viewers } = card.refresh.as_ref()?;
        let viewers = self.viewers(viewers.iter().map(String::as_str));
        Some(Refresh { reference: reference.clone(), viewers })
    }

    /// The conversation of a place.
    async fn conversation(&self, place: &Place) -> Result<String, CallError> {
        let what = "post a card";
        if place.surface != SurfaceKind::Teams || place.workspace != self.workspace {
            return Err(rejected(what, "the place is in another workspace than the configured Entra tenant"));
        }
        match (&place.only, &place.channel) {
            // Teams has no message that only one person in a channel sees.
            (Some(only), _) => self.talk(place.via.as_deref(), only).await,
            (None, Some(channel)) => Ok(join(channel, place.thread.as_deref())),
            (None, None) => Err(rejected(what, "the place names neither a conversation nor a person")),
        }
    }

    /// Somebody of the tenant, as a member of the private talk with them; `None` where the connector says that nobody here is
    /// that. A talk that is not there any more says nothing of who was in it.
    async fn somebody(&self, person: &str) -> Result<Option<Member>, CallError> {
        for _ in 0..2 {
            let Some(talk) = self.open(None, person).await? else { return Ok(None) };
            match self.member(None, &talk, person).await? {
                Ok(member) => return Ok(Some(member)),
                Err(Missing::Member) => return Ok(None),
                Err(Missing::Talk | Missing::Message) => {
                    lock(&self.talks).retain(|_, known| *known != talk);
                }
            }
        }
        Err(rejected(
            &format!("look up {person}"),
            "the private talk with them is not there, however often it is opened",
        ))
    }

    /// A member of a conversation, or what of that there is none of.
    async fn member(
        &self,
        via: Option<&str>,
        talk: &str,
        person: &str,
    ) -> Result<Result<Member, Missing>, CallError> {
        let path = ["v3", "conversations", talk, "members", person];
        let ask = Ask::get(format!("look up {person}"), &path).also(StatusCode::NOT_FOUND);
        let answer = self.send(via, ask).await?;
        if answer.status == StatusCode::NOT_FOUND {
            return Missing::of(&answer).map(Err);
        }
        answer.json().map(Ok)
    }

    /// The private talk with somebody, by their Teams id or their Entra object.
    async fn talk(&self, via: Option<&str>, person: &str) -> Result<String, CallError> {
        let talk = self.open(via, person).await?;
        talk.ok_or_else(|| rejected("open the private talk", &format!("nobody here is {person}")))
    }

    /// The same; `None` where the connector says that nobody here is that. Asking again gives the same one.
    async fn open(&self, via: Option<&str>, person: &str) -> Result<Option<String>, CallError> {
        let key = (self.via(via).to_owned(), person.to_owned());
        if let Some(talk) = lock(&self.talks).get(&key) {
            return Ok(Some(talk.clone()));
        }
        let body = json!({
            "isGroup": false,
            "bot": { "id": self.bot() },
            "members": [{ "id": person }],
            "tenantId": self.workspace,
            "channelData": { "tenant": { "id": self.workspace } },
        });
        // Nobody sees it, and it is the same one twice: a lost answer is no doubt.
        let ask =
            Ask::post("open the private talk", &["v3", "conversations"]).json(&body).reads().about(person);
        let answer = self.send(via, ask.also(StatusCode::NOT_FOUND)).await?;
        if answer.status == StatusCode::NOT_FOUND {
            return match Missing::of(&answer)? {
                Missing::Member => Ok(None),
                Missing::Talk | Missing::Message => {
                    Err(answer.unexpected("it does not know what it was to open"))
                }
            };
        }
        let made: Made = answer.json()?;
        remember(&mut lock(&self.talks), key, made.id.clone());
        Ok(Some(made.id))
    }

    async fn send(&self, via: Option<&str>, ask: Ask<'_>) -> Result<Answer, CallError> {
        let vendor = self.vendor(self.via(via))?;
        let Some(tokens) = &self.tokens else { return vendor.send(ask).await };
        let used = tokens.renewed.current();
        match vendor.send(ask.clone()).await {
            // It may have been taken back before its end.
            Err(error) if error.status == Some(401) => {
                tokens.renewed.forget(used).await;
                vendor.send(ask).await
            }
            other => other,
        }
    }

    /// The connector at a service address.
    fn vendor(&self, service_url: &str) -> Result<Arc<Vendor>, CallError> {
        let mut vendors = lock(&self.vendors);
        if let Some(vendor) = vendors.get(service_url) {
            return Ok(Arc::clone(vendor));
        }
        let bad = |detail: &str| rejected("find the service address", detail);
        let base = BaseUrl::parse(service_url).map_err(|error| bad(&error.to_string()))?;
        let (credential, secrets): (_, Arc<dyn Secrets>) = match &self.tokens {
            Some(tokens) => (Credential::Bearer { secret: token::NAME.to_owned() }, Arc::clone(tokens) as _),
            None if base.is_loopback() => (Credential::Nobody, Arc::new(MemorySecrets::default())),
            None => return Err(bad("with auth = \"none\" the bot speaks to this machine only")),
        };
        let vendor = self.outbound.vendor(VENDOR, &self.tenant, base, credential, secrets);
        let vendor = vendor.map_err(|error| bad(&error.to_string()))?;
        let vendor = Arc::new(vendor.with_parts(CONVERSATION));
        remember(&mut vendors, service_url.to_owned(), Arc::clone(&vendor));
        Ok(vendor)
    }

    fn via<'a>(&'a self, via: Option<&'a str>) -> &'a str {
        via.unwrap_or(&self.service_url)
    }

    /// The bot as Teams calls it.
    fn bot(&self) -> String {
        format!("28:{}", self.app_id)
    }
}

fn tokens(
    config: &TeamsConfig,
    tenant: &Tenant,
    outbound: &Outbound,
    secrets: Arc<dyn Secrets>,
    clock: Arc<dyn Clock>,
) -> Result<Option<Tokens>, TeamsError> {
    let missing = |auth, part| TeamsError::Missing { auth, part };
    let proof = match config.auth {
        Auth::None => return Ok(None),
        Auth::Secret => {
            let name = config.app_secret.clone().ok_or(missing("secret", "app_secret"))?;
            Proof::Secret { name, secrets: Arc::clone(&secrets) }
        }
        Auth::Federated => {
            let file = config.federated_token_file.clone();
            Proof::File(file.ok_or(missing("federated", "federated_token_file"))?)
        }
    };
    let authority = address("authority", &config.authority)?;
    Ok(Some(Tokens {
        proof,
        maker: outbound.vendor("entra", tenant, authority, Credential::Nobody, secrets)?,
        app_id: config.app_id.clone(),
        tenant: config.tenant.to_string(),
        scope: config.scope.clone(),
        clock,
        renewed: Renewed::default(),
    }))
}

fn address(part: &'static str, text: &str) -> Result<BaseUrl, TeamsError> {
    BaseUrl::parse(text).map_err(|source| TeamsError::Address { part, source })
}

fn rejected(what: &str, detail: &str) -> CallError {
    CallError {
        vendor: VENDOR,
        what: what.to_owned(),
        detail: detail.to_owned(),
        status: None,
        kind: CallErrorKind::Rejected,
    }
}

/// Keeps one more, and begins anew where there are too many: all of it can be had again.
fn remember<K: Ord, V>(map: &mut BTreeMap<K, V>, key: K, value: V) {
    if map.len() >= REMEMBERED && !map.contains_key(&key) {
        map.clear();
    }
    map.insert(key, value);
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
