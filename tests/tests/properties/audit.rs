//! The audit: everything is in it, and every question to it is answered exactly (25, 27).

use std::collections::{BTreeMap, BTreeSet};

use countersign_domain::access::AccessRequest;
use countersign_domain::aggregate::{self, Aggregate as _};
use countersign_domain::effect::EffectEvent;
use countersign_domain::envelope::Envelope;
use countersign_domain::record::Record;
use countersign_domain::request::Code;
use countersign_domain::tenant::{TenantEvent, TenantState};
use countersign_projections::audit::{self, AuditEntry, AuditFilter};
use countersign_sandbox::jira::Status as TicketStatus;
use countersign_tests::stage::{Stage, tenant};
use countersign_tests::vendors::{Vendor as _, account};
use countersign_tests::webhook::{signature, ticket_created};
use jiff::SignedDuration;
use proptest::prelude::*;
use uuid::Uuid;

use crate::support::{fresh, on, on_stage, quiet_stage};

/// Something that somebody does.
#[derive(Debug, Clone, Copy)]
enum Deed {
    /// Asks for something that can be had.
    Ask,
    /// Asks for something that cannot.
    AskInVain,
    /// Countersigns the last request, whoever asked for it.
    Approve,
    /// Denies it.
    Deny,
    /// Takes it back, ends it.
    Withdraw,
    GiveBack,
    Revoke,
    /// Speaks of a request that there is not.
    Unknown,
    /// Says what nobody understands.
    Gibberish,
    /// Knocks with a token that is none.
    BadToken,
    /// Sends a webhook, well signed or not.
    Webhook(bool),
}

fn deed() -> impl Strategy<Value = Deed> {
    prop_oneof![
        3 => Just(Deed::Ask),
        3 => Just(Deed::Approve),
        1 => prop::sample::select(vec![
            Deed::AskInVain, Deed::Deny, Deed::Withdraw, Deed::GiveBack, Deed::Revoke, Deed::Unknown, Deed::Gibberish,
            Deed::BadToken, Deed::Webhook(true), Deed::Webhook(false),
        ]),
    ]
}

const PEOPLE: [&str; 4] = ["demo-employee", "demo-approver", "demo-approver2", "demo-admin"];

/// Does it, as this person, under this id.
async fn act(stage: &Stage, deed: Deed, by: &str, id: Uuid, last: &str) {
    let text = match deed {
        Deed::Ask => {
            // A ticket of its own: the same asked for again while it is open is answered with the first, and is no event.
            let ticket = format!("ASK-{}", fresh());
            stage.add_ticket(&ticket, TicketStatus::ToDo, by);
            format!("access write on payments-api for 1 day ticket {ticket} because of it")
        }
        Deed::AskInVain => "access write on nothing-there for 90 days because".to_owned(),
        Deed::Approve => format!("approve {last}"),
        Deed::Deny => format!("deny {last} because no"),
        Deed::Withdraw => format!("withdraw {last}"),
        Deed::GiveBack => format!("give back {last}"),
        Deed::Revoke => format!("revoke {last}"),
        Deed::Unknown => "approve ZZZZZZ".to_owned(),
        Deed::Gibberish => format!("wibble {by} wobble"),
        Deed::BadToken => {
            stage.say_as("no-such-token", id, "status").await;
            return stage.settle().await;
        }
        Deed::Webhook(good) => {
            let number = fresh();
            let form = countersign_tests::acting::form("read", "web-shop", "1 day", "");
            let body = ticket_created(&format!("AUD-{number}"), by, &form).to_string().into_bytes();
            let signature =
                signature(if good { countersign::demo::WEBHOOK_SECRET } else { "guessed" }, &body);
            let request = stage.delivery(body).header("x-hub-signature", signature);
            let request = request.header("x-atlassian-webhook-identifier", format!("audit-{number}"));
            request.header("x-request-id", id.to_string()).send().await.expect("the bot answers");
            return stage.settle().await;
        }
    };
    stage.say_as(by, id, &text).await;
    stage.settle().await;
}

async fn last_code(stage: &Stage) -> String {
    let page = stage.get("demo-admin", "/api/v1/access-requests?limit=1").await;
    page["items"][0]["code"].as_str().unwrap_or("ZZZZZZ").to_owned()
}

async fn search(stage: &Stage, filter: &AuditFilter, limit: usize) -> Result<Vec<AuditEntry>, TestCaseError> {
    let world = &stage.bot.world;
    let rows = world.projections.rows(audit::NAME);
    let (mut found, mut after) = (Vec::new(), None);
    loop {
        let page = audit::search(&*rows, &*world.store, &tenant(), filter, after.as_deref(), limit).await;
        let page = page.map_err(|error| TestCaseError::fail(error.to_string()))?;
        prop_assert!(page.items.len() <= limit);
        found.extend(page.items);
        match page.next {
            Some(next) => after = Some(next),
            None => return Ok(found),
        }
    }
}

/// Whatever people do, and whatever is refused of it, leaves its events: with who, where, when, what for and because of
/// what, unchanged since; and the audit shows each of them, once, in order.
#[test]
fn a25_audit_log_completeness() {
    let deeds = prop::collection::vec((deed(), prop::sample::select(PEOPLE.to_vec())), 1..6);
    on_stage(deeds, async |stage, deeds| {
        let before = stage.head().await;
        let mut last = last_code(stage).await;
        for (deed, by) in deeds {
            // What is refused a minute later is kept whole again.
            stage.later(SignedDuration::from_mins(1)).await;
            let id = Uuid::new_v4();
            let at = stage.clock_now();
            act(stage, deed, by, id, &last).await;
            last = last_code(stage).await;
            let log = stage.log_after(before).await;
            let of_it: Vec<&Envelope> = log.iter().filter(|envelope| envelope.correlation == id).collect();
            if matches!(deed, Deed::BadToken) {
                prop_assert!(log.iter().any(|envelope| envelope.kind == "sign_in_refused"));
                continue;
            }
            prop_assert!(!of_it.is_empty(), "{:?} of {} left no event", deed, by);
            let webhook = matches!(deed, Deed::Webhook(_));
            prop_assert!(
                webhook || of_it.iter().any(|envelope| envelope.actor.id.as_str() == by),
                "{:?}",
                of_it
            );
            prop_assert!(
                of_it.iter().all(|envelope| envelope.at == at && !envelope.actor.surface.is_empty())
            );
            for denial in of_it.iter().filter(|envelope| envelope.kind == "command_denied") {
                let Record::CommandDenied { command, violations, .. } =
                    aggregate::decode(denial).expect("a denial")
                else {
                    return Err(TestCaseError::fail("another record"));
                };
                prop_assert!(!command.is_empty() && !violations.is_empty(), "{:?}", denial);
            }
        }
        let log = stage.log_after(before).await;
        for envelope in &log {
            prop_assert_eq!(envelope.hash, envelope.expected_hash());
            prop_assert!(
                !envelope.causation.is_nil() && !envelope.command.is_nil() && !envelope.correlation.is_nil()
            );
        }
        let ids: BTreeSet<Uuid> = log.iter().map(|envelope| envelope.id).collect();
        prop_assert_eq!(ids.len(), log.len(), "two events share an id");
        let shown = search(stage, &AuditFilter::default(), 50).await?;
        // An unknown token belongs to no organisation: what is refused of it is in none's audit.
        let log_of_ours =
            stage.log_after(None).await.into_iter().filter(|envelope| envelope.tenant == tenant());
        let all: Vec<Uuid> = log_of_ours.map(|envelope| envelope.id).collect();
        prop_assert_eq!(shown.iter().map(|entry| entry.id).collect::<Vec<_>>(), all);
        prop_assert!(shown.iter().all(|entry| !entry.summary.is_empty()));
        Ok(())
    });
}

/// A past with many requests, and what an auditor could know of each event by reading the log from end to end.
struct Past {
    stage: Stage,
    known: Vec<Known>,
}

struct Known {
    envelope: Envelope,
    code: Option<Code>,
    users: BTreeSet<String>,
    repository: Option<String>,
    ticket: Option<String>,
}

async fn past() -> Past {
    let stage = quiet_stage().await;
    for (index, (permission, repository)) in [
        ("write", "payments-api"),
        ("read", "web-shop"),
        ("admin", "infra"),
        ("write", "infra"),
        ("read", "payments-api"),
    ]
    .into_iter()
    .enumerate()
    {
        let (ticket, asker) = (format!("PAST-{}", index + 1), PEOPLE[index % 2]);
        stage.add_ticket(&ticket, TicketStatus::ToDo, asker);
        let text =
            format!("access {permission} on {repository} for 1 day ticket {ticket} because of {index}");
        stage.says(asker, &text).await;
        stage.later(SignedDuration::from_mins(90)).await;
        let code = last_code(&stage).await;
        stage.says(asker, &format!("approve {code}")).await;
        stage
            .says(
                "demo-approver2",
                &format!("{} {code}", if index == 3 { "deny without a reason" } else { "approve" }),
            )
            .await;
        stage.later(SignedDuration::from_hours(7)).await;
    }
    let log = stage.log_after(None).await;
    let known = read(&log);
    Past { stage, known }
}

/// Reads the log from end to end, twice: what each request is about, and which request each event belongs to.
fn read(log: &[Envelope]) -> Vec<Known> {
    let mut requests: BTreeMap<Code, AccessRequest> = BTreeMap::new();
    let mut conversations: BTreeMap<Uuid, Code> = BTreeMap::new();
    let mut effects: BTreeMap<String, Code> = BTreeMap::new();
    for envelope in log {
        match envelope.stream.category() {
            "access" => {
                let code: Code = envelope.stream.id().parse().expect("a code");
                let event = aggregate::decode(envelope).expect("an event");
                let request = requests.entry(code.clone()).or_default();
                request.evolve(&event, envelope.at);
                if envelope.kind == "access_requested" {
                    conversations.insert(envelope.correlation, code);
                }
            }
            "effect" => {
                if let EffectEvent::EffectClaimed { effect, .. } =
                    aggregate::decode(envelope).expect("an event")
                {
                    let code =
                        effect.code().expect("nobody talks to this bot, so every effect is a request's");
                    effects.insert(envelope.stream.id().to_owned(), code.clone());
                }
            }
            _ => {}
        }
    }
    let of = |envelope: &Envelope| match envelope.stream.category() {
        "access" => envelope.stream.id().parse().ok(),
        "effect" => effects.get(envelope.stream.id()).cloned(),
        "denial" => match aggregate::decode(envelope).expect("a denial") {
            Record::CommandDenied { stream: Some(stream), .. } => {
                stream.split_once(".request-").and_then(|(_, code)| code.parse().ok())
            }
            _ => conversations.get(&envelope.correlation).cloned(),
        },
        _ => conversations.get(&envelope.correlation).cloned(),
    };
    let known = |envelope: &Envelope| {
        let code = of(envelope);
        let asked = code.as_ref().and_then(|code| requests[code].asked.clone());
        let mut users = BTreeSet::from([envelope.actor.id.to_string()]);
        if let Some(TenantEvent::PersonRecorded { person }) = of_tenant(envelope) {
            users.extend([person.id.to_string(), person.name]);
            users.extend(person.accounts.into_values());
        }
        if let Some(asked) = &asked {
            users.extend([asked.requester.id.to_string(), asked.requester.name.clone()]);
            users.extend([asked.subject.account.clone(), asked.subject.name.clone()]);
            users.extend(asked.subject.principal.as_ref().map(ToString::to_string));
        }
        Known {
            envelope: envelope.clone(),
            code,
            users: users.iter().map(|user| user.to_lowercase()).collect(),
            repository: asked.as_ref().and_then(|asked| asked.repository.clone()),
            ticket: asked.and_then(|asked| asked.ticket),
        }
    };
    log.iter().map(known).collect()
}

fn of_tenant(envelope: &Envelope) -> Option<TenantEvent> {
    (envelope.stream.category() == TenantState::CATEGORY)
        .then(|| aggregate::decode(envelope).expect("an event"))
}

fn fits(known: &Known, filter: &AuditFilter) -> bool {
    let same = |wanted: &Option<String>, has: &Option<String>| {
        wanted.as_ref().is_none_or(|wanted| has.as_ref().is_some_and(|has| has.eq_ignore_ascii_case(wanted)))
    };
    let at = known.envelope.at;
    (filter.users.is_empty() || filter.users.iter().any(|user| known.users.contains(&user.to_lowercase())))
        && same(&filter.repository, &known.repository)
        && same(&filter.ticket, &known.ticket)
        && filter
            .code
            .as_ref()
            .is_none_or(|code| known.code.as_ref().is_some_and(|has| Ok(has) == code.parse().as_ref()))
        && (filter.kinds.is_empty() || filter.kinds.contains(&known.envelope.kind))
        && filter.correlation.is_none_or(|id| id == known.envelope.correlation)
        && filter.from.is_none_or(|from| from <= at)
        && filter.to.is_none_or(|to| at <= to)
}

/// The parts of a question, drawn before the past is known: places in it instead of values.
type Question = (
    (Option<usize>, Option<usize>, Option<usize>, Option<prop::sample::Index>),
    (Vec<usize>, Option<prop::sample::Index>, Option<prop::sample::Index>, Option<prop::sample::Index>),
    (bool, usize),
);

fn question() -> impl Strategy<Value = Question> {
    let place = || prop::option::weighted(0.3, any::<prop::sample::Index>());
    let choice = |of: usize| prop::option::weighted(0.4, 0..of);
    (
        (choice(7), choice(4), choice(6), place()),
        (prop::collection::vec(0..8_usize, 0..3), place(), place(), place()),
        (any::<bool>(), 1..20_usize),
    )
}

/// By user, repository, ticket, code, type, conversation and time, alone and together, in both directions and in pages of
/// any size: the audit answers exactly the events that reading the whole log would find.
#[test]
fn a27_audit_log_query_correctness() {
    const KINDS: [&str; 8] = [
        "access_requested",
        "access_granted",
        "access_denied",
        "command_denied",
        "effect_claimed",
        "effect_succeeded",
        "access_ended",
        "no_such_kind",
    ];
    on(
        past,
        question(),
        async |past, ((user, repository, ticket, code), (kinds, talk, from, to), (newest, limit))| {
            let at = |place: prop::sample::Index| &past.known[place.index(past.known.len())];
            let account = account("demo-approver");
            let users = [
                "demo-employee",
                "DEMO-Approver",
                &account,
                "Erin Employee",
                "countersign",
                "demo-approver2",
                "nobody",
            ];
            let (from, to) = (from.map(|place| at(place).envelope.at), to.map(|place| at(place).envelope.at));
            let filter = AuditFilter {
                users: user.map(|index| users[index].to_owned()).into_iter().collect(),
                repository: repository
                    .map(|index| ["payments-api", "Web-Shop", "infra", "none"][index].to_owned()),
                ticket: ticket.map(|index| format!("past-{}", index + 1)),
                code: code.and_then(|place| at(place).code.as_ref().map(ToString::to_string)),
                kinds: kinds.into_iter().map(|index| KINDS[index].to_owned()).collect(),
                correlation: talk.map(|place| at(place).envelope.correlation),
                from,
                to,
                newest,
                ..AuditFilter::default()
            };
            let mut expected: Vec<&Known> = past.known.iter().filter(|known| fits(known, &filter)).collect();
            if newest {
                expected.reverse();
            }
            let found = search(&past.stage, &filter, limit).await?;
            let name = |kind: &str, position: u64| format!("{position} {kind}");
            let found: Vec<_> =
                found.iter().map(|entry| name(&entry.kind, entry.position.for_store())).collect();
            let expected: Vec<_> = expected
                .iter()
                .map(|known| name(&known.envelope.kind, known.envelope.pos.for_store()))
                .collect();
            prop_assert_eq!(found, expected, "{:?}", filter);
            Ok(())
        },
    );
}
