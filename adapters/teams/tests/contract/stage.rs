//! A tenant with some people, a bot that hears them, and a client.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use countersign_domain::access::FORM;
use countersign_domain::card::{Button, ButtonStyle, Card, Tone, samples};
use countersign_domain::ports::{Clock, Place, SurfaceKind};
use countersign_outbound::{MemorySecrets, Outbound, OutboundConfig};
use countersign_sandbox::teams::{Talk, TalkKind, TeamsUser};
use countersign_sandbox::{TeamsAccess, TeamsOptions, TeamsSandbox, TeamsState};
use countersign_teams::activity::Activity;
use countersign_teams::card::{Refresh, content};
use countersign_teams::inbound::Verifier;
use countersign_teams::interaction::Heard;
use countersign_teams::{Teams, TeamsConfig, answer, form};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use uuid::Uuid;

pub(crate) const APP: &str = "f0e7b3c1-1111-4222-8333-444455556666";
pub(crate) const HOME: Uuid = Uuid::from_u128(0x8f0c_3e57_5c1b_4f55_9a46_0d2a_7c1e_9b10);
pub(crate) const CHANNEL: &str = "19:253b1f341670408fb6fe51050b6e5ceb@thread.tacv2";
pub(crate) const ERIN: &str = "3f6a1d2c-77b8-4f0e-8b1d-1a2b3c4d5e6f";
pub(crate) const SECRET: &str = "the-secret-of-the-application";

/// The machine's clock, as far ahead as it is turned: the sandbox goes by the real one.
#[derive(Default)]
pub(crate) struct AheadClock(AtomicI64);

impl AheadClock {
    pub(crate) fn turn(&self, by: SignedDuration) {
        self.0.fetch_add(by.as_secs(), Ordering::AcqRel);
    }
}

#[async_trait]
impl Clock for AheadClock {
    fn now(&self) -> Timestamp {
        Timestamp::now() + SignedDuration::from_secs(self.0.load(Ordering::Acquire))
    }

    async fn sleep_until(&self, _: Timestamp) {}
}

/// What the bot heard, or why it did not listen.
pub(crate) type Ears = Arc<Mutex<Vec<Result<Heard, String>>>>;

pub(crate) struct Stage {
    pub(crate) sandbox: TeamsSandbox,
    pub(crate) teams: Teams,
    pub(crate) clock: Arc<AheadClock>,
    pub(crate) ears: Ears,
}

impl Stage {
    pub(crate) async fn new() -> Self {
        Self::with(TeamsAccess::Secret(SECRET.to_owned()), |_| {}).await
    }

    pub(crate) async fn with(access: TeamsAccess, change: impl FnOnce(&mut TeamsConfig)) -> Self {
        let sandbox = TeamsSandbox::start(TeamsOptions::new(access, seed())).await.unwrap();
        let mut config = TeamsConfig {
            authority: sandbox.base_url(),
            service_url: sandbox.base_url(),
            metadata: sandbox.metadata(),
            ..TeamsConfig::new(APP, HOME, "teams-secret")
        };
        change(&mut config);
        let clock = Arc::new(AheadClock::default());
        let outbound = Arc::new(Outbound::new(OutboundConfig::default(), Arc::clone(&clock) as _).unwrap());
        let verifier =
            Verifier::new(config.inbound(), Arc::clone(&outbound), Arc::clone(&clock) as _).unwrap();
        let secrets = Arc::new(MemorySecrets::from([("teams-secret", SECRET)]));
        let tenant = "acme".to_owned().try_into().unwrap();
        let teams = Teams::new(config, &tenant, &outbound, secrets, Arc::clone(&clock) as _).unwrap();
        let ears = Ears::default();
        sandbox.deliver_to(Some(listen(verifier, Arc::clone(&ears)).await));
        Self { sandbox, teams, clock, ears }
    }

    pub(crate) fn channel(&self) -> Place {
        let place = Place::channel(SurfaceKind::Teams, &HOME.to_string(), CHANNEL);
        Place { via: Some(self.sandbox.base_url()), ..place }
    }

    /// The last thing that the bot heard.
    pub(crate) fn heard(&self) -> Heard {
        self.ears.lock().unwrap().last().unwrap().clone().unwrap()
    }

    /// How often something was asked of the connector.
    pub(crate) fn asked(&self, beginning: &str) -> usize {
        self.sandbox.calls().iter().filter(|call| call.request.starts_with(beginning)).count()
    }
}

fn seed() -> TeamsState {
    let person = |name: &str, object: &str, guest| TeamsUser {
        id: String::new(),
        object: object.to_owned(),
        name: name.to_owned(),
        principal: format!("{}@acme.example", name.to_lowercase()),
        guest,
    };
    let users = vec![
        person("Erin", ERIN, false),
        person("Ada", "3f6a1d2c-77b8-4f0e-8b1d-000000000001", false),
        person("Gus", "3f6a1d2c-77b8-4f0e-8b1d-000000000002", true),
    ];
    let talk = |id: &str, kind, name: &str| Talk {
        id: id.to_owned(),
        kind,
        name: name.to_owned(),
        members: ["29:1erin", "29:1ada", "29:1gus"].map(str::to_owned).to_vec(),
    };
    let talks = vec![
        talk(CHANNEL, TalkKind::Channel, "access"),
        talk("19:1c3af46e9e0f@unq.gbl.spaces", TalkKind::GroupChat, "on call"),
    ];
    TeamsState { users, talks, ..TeamsState::new(HOME.to_string(), APP) }
}

/// A bot that checks, reads and answers, and remembers what it heard.
async fn listen(verifier: Verifier, ears: Ears) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let router = Router::new().route("/api/messages", post(hear)).with_state(Arc::new((verifier, ears)));
    tokio::spawn(async move { axum::serve(listener, router).await });
    format!("http://{address}/api/messages")
}

async fn hear(State(bot): State<Arc<(Verifier, Ears)>>, headers: HeaderMap, body: Bytes) -> Response {
    let (verifier, ears) = &*bot;
    let activity = Activity::read(&body).unwrap();
    let heard = match verifier.verify(&headers, activity.origin()).await {
        Err(refusal) => {
            ears.lock().unwrap().push(Err(refusal.code().to_owned()));
            return refusal.status().into_response();
        }
        Ok(proof) => activity.delivery(&proof).unwrap().heard(HOME).unwrap(),
    };
    let answer = answered(&heard);
    ears.lock().unwrap().push(Ok(heard));
    axum::Json(answer).into_response()
}

fn answered(heard: &Heard) -> Value {
    match heard {
        Heard::Refresh { asker, .. } => {
            answer::card(&content(&named(&asker.identity.user), |button| button.say.clone(), None))
        }
        Heard::Did(all) if matches!(all[0].act, countersign_domain::ports::Act::Pressed(_)) => {
            answer::card(&content(&named("pressed"), |button| button.say.clone(), None))
        }
        Heard::FormWanted { .. } => {
            answer::window(FORM.title, &form::content(&FORM, &FORM.begun(None), &[], true))
        }
        Heard::Search { text, .. } => answer::choices([(text.as_str(), text.as_str())]),
        _ => json!({}),
    }
}

/// A small card with two buttons.
pub(crate) fn named(title: &str) -> Card {
    let button = |label: &str| Button {
        label: label.to_owned(),
        style: ButtonStyle::Plain,
        say: format!("{label}-reference"),
        proof: false,
        asks_why: false,
    };
    let (_, card) = samples().remove(0);
    let buttons = vec![button("Approve"), button("Deny")];
    Card { title: title.to_owned(), tone: Tone::Good, buttons, ..card }
}

pub(crate) fn viewers() -> Refresh {
    Refresh { reference: "the-card".to_owned(), viewers: vec!["29:1erin".to_owned()] }
}
