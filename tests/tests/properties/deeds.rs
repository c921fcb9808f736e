//! What people do in the properties about the audit, and what each deed must leave in the log.

use std::sync::atomic::{AtomicU32, Ordering};

use countersign::demo::WEBHOOK_SECRET;
use countersign_domain::names::Tenant;
use countersign_sandbox::jira::Status as TicketStatus;
use countersign_tests::acting::form;
use countersign_tests::stage::Stage;
use countersign_tests::vendors::Vendor as _;
use countersign_tests::webhook::{signature, ticket_created};
use proptest::prelude::*;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::life::spelled;
use crate::support::fresh;

/// Something that somebody does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Deed {
    /// Asks for something that can be had, by one of its names, for themselves or for Rita.
    Ask {
        how: usize,
        for_rita: bool,
    },
    /// Asks for something that cannot.
    AskInVain,
    /// Countersigns the last request, whoever asked for it.
    Approve,
    /// Takes that back.
    TakeBack,
    /// Denies it.
    Deny,
    /// Takes it back, ends it, wants it to last longer.
    Withdraw,
    GiveBack,
    Revoke,
    Extend,
    /// Speaks of a request that there is not.
    Unknown,
    /// Says what nobody understands.
    Gibberish,
    /// Wants quiet.
    Quiet,
    /// Proposes rules.
    Publish,
    /// Signs in at the console.
    SignIn,
    /// Reads the whole log.
    Export,
    /// Knocks with a token that is none.
    BadToken,
    /// Sends a webhook, well signed or not.
    Webhook(bool),
}

/// Any of it.
pub(crate) fn deed() -> impl Strategy<Value = Deed> {
    use Deed::{
        Approve, Ask, AskInVain, BadToken, Deny, Export, Extend, Gibberish, GiveBack, Publish, Quiet, Revoke,
        SignIn, TakeBack, Unknown, Webhook, Withdraw,
    };
    let others = vec![
        AskInVain,
        Deny,
        TakeBack,
        Withdraw,
        GiveBack,
        Revoke,
        Extend,
        Unknown,
        Gibberish,
        Quiet,
        Publish,
        SignIn,
        Export,
        BadToken,
        Webhook(true),
        Webhook(false),
    ];
    prop_oneof![
        3 => (0..4_usize, any::<bool>()).prop_map(|(how, for_rita)| Ask { how, for_rita }),
        3 => Just(Approve),
        4 => prop::sample::select(others),
    ]
}

/// Who does it.
pub(crate) const PEOPLE: [&str; 4] = ["demo-employee", "demo-approver", "demo-approver2", "demo-admin"];

/// What was answered.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Answered {
    /// Whether it says no, or that what is asked for is there already.
    pub(crate) refused: bool,
}

impl Deed {
    /// The types of events of which one must be there, where it was not refused.
    pub(crate) fn leaves(self) -> &'static [&'static str] {
        match self {
            Self::Ask { .. } => &["access_requested"],
            Self::AskInVain => &["question_asked"],
            Self::Approve => &["access_countersigned"],
            Self::TakeBack => &["access_countersignature_taken_back"],
            Self::Deny => &["access_denied"],
            Self::Withdraw => &["access_withdrawn"],
            Self::GiveBack | Self::Revoke => &["access_ending"],
            Self::Extend => &["access_waiting", "access_extended"],
            Self::Unknown => &["command_denied"],
            Self::Gibberish => &["command_denied", "question_asked"],
            Self::Quiet => &["preferences_changed"],
            // Whoever has the idea proposes; that it is in force is the doing of the bot.
            Self::Publish => &["rule_change_requested"],
            Self::SignIn => &["signed_in"],
            Self::Export => &["history_read"],
            Self::BadToken => &["sign_in_refused"],
            Self::Webhook(true) => &["webhook_received"],
            Self::Webhook(false) => &["webhook_rejected"],
        }
    }

    /// Whether the log names who did it. What comes without a token names nobody.
    pub(crate) const fn names_who(self) -> bool {
        !matches!(self, Self::BadToken | Self::Webhook(_))
    }

    /// In whose name it is sent, as the bot knows it: the id that it is given leads into nobody else's conversation.
    pub(crate) fn sender(self, by: &str) -> String {
        match self {
            Self::BadToken => format!("{} refused by api", Tenant::installation()),
            Self::Webhook(true) => "acme jira".to_owned(),
            Self::Webhook(false) => "acme refused by jira".to_owned(),
            _ => format!("acme/{by}"),
        }
    }

    /// What is said for it, where something is.
    fn sentence(self, stage: &Stage, by: &str, last: &str) -> Option<String> {
        Some(match self {
            Self::Ask { how, for_rita } => {
                // A ticket of its own: the same asked for again while it is open is answered with the first, and is no event.
                let ticket = format!("ASK-{}", fresh());
                stage.add_ticket(&ticket, TicketStatus::ToDo, by);
                let (repository, whom) =
                    (spelled("payments-api", how), if for_rita { " for Rita Auditor" } else { "" });
                format!("access write on {repository}{whom} for 1 day ticket {ticket} because of it")
            }
            Self::AskInVain => "access write on nothing-there for 90 days because".to_owned(),
            Self::Approve => format!("approve {last}"),
            Self::TakeBack => format!("take back {last}"),
            Self::Deny => format!("deny {last} because no"),
            Self::Withdraw => format!("withdraw {last}"),
            Self::GiveBack => format!("give back {last}"),
            Self::Revoke => format!("revoke {last}"),
            Self::Extend => format!("extend {last} for 1 hour"),
            Self::Unknown => "approve ZZZZZZ".to_owned(),
            Self::Gibberish => format!("wibble {by} wobble"),
            Self::Quiet => {
                let minute = next() % 1440;
                format!(
                    "quiet from {:02}:{:02} to {:02}:{:02}",
                    minute / 60,
                    minute % 60,
                    minute / 60,
                    (minute + 1) % 60
                )
            }
            _ => return None,
        })
    }
}

fn next() -> u32 {
    static LAST: AtomicU32 = AtomicU32::new(0);
    LAST.fetch_add(1, Ordering::Relaxed)
}

/// Does it, as this person, under this id; everything that follows has happened when this returns.
pub(crate) async fn act(stage: &Stage, deed: Deed, by: &str, id: Uuid, last: &str) -> Answered {
    let (client, url) = (stage.client(), |path: &str| stage.url(path));
    let request = if let Some(text) = deed.sentence(stage, by, last) {
        client.post(url("/api/v1/chat")).bearer_auth(by).json(&json!({"text": text}))
    } else {
        match deed {
            Deed::Publish => {
                let text = format!("{}\n// {}", countersign_domain::rules::EXAMPLE, fresh());
                client.post(url("/api/v1/rules/proposals")).bearer_auth(by).json(&json!({"text": text}))
            }
            Deed::SignIn => client.post(url("/sign-in")).form(&[("token", by)]),
            Deed::Export => client.get(url("/api/v1/export")).bearer_auth("demo-auditor"),
            Deed::BadToken => client.get(url("/api/v1/me")).bearer_auth("no-such-token"),
            _ => webhook(stage, by, deed == Deed::Webhook(true)),
        }
    };
    let answer = request.header("x-request-id", id.to_string()).send().await.expect("the bot answers");
    let status = answer.status().as_u16();
    let said: Value = serde_json::from_str(&answer.text().await.expect("text")).unwrap_or_default();
    stage.settle().await;
    let card = &said["cards"][0];
    let is_there = [json!("You have that already"), json!("That is there already")].contains(&card["title"]);
    let refused =
        if deed == Deed::Publish { status != 202 } else { card["refused"] == json!(true) || is_there };
    Answered { refused }
}

fn webhook(stage: &Stage, by: &str, is_signed: bool) -> reqwest::RequestBuilder {
    let number = fresh();
    let ticket = format!("AUD-{number}");
    stage.add_ticket(&ticket, TicketStatus::ToDo, by);
    let body = ticket_created(&ticket, by, &form("read", "web-shop", "1 day", "")).to_string().into_bytes();
    let signature = signature(if is_signed { WEBHOOK_SECRET } else { "guessed" }, &body);
    let request = stage.delivery(body).header("x-hub-signature", signature);
    request.header("x-atlassian-webhook-identifier", format!("audit-{number}"))
}

/// The code of the newest request.
pub(crate) async fn last_code(stage: &Stage) -> String {
    let page = stage.get("demo-admin", "/api/v1/access-requests?limit=1").await;
    page["items"][0]["code"].as_str().unwrap_or("ZZZZZZ").to_owned()
}

/// What the API's audit answers to this query, page by page.
pub(crate) async fn searched(
    stage: &Stage,
    token: &str,
    query: &str,
    limit: usize,
) -> Result<Vec<Value>, TestCaseError> {
    let (mut found, mut after) = (Vec::new(), String::new());
    loop {
        let page = stage.get(token, &format!("/api/v1/audit?limit={limit}{query}{after}")).await;
        let items = page["items"].as_array().cloned();
        let items = items.ok_or_else(|| TestCaseError::fail(format!("{page:#}")))?;
        prop_assert!(items.len() <= limit);
        found.extend(items);
        match page["next"].as_str() {
            Some(next) => after = format!("&after={next}"),
            None => return Ok(found),
        }
    }
}
