//! What is asked for is what is kept, shown and decided on, whichever way it came in (1).

use countersign::demo::Demo;
use countersign::plain::turned;
use countersign_atlassian::webhook::FieldMapping;
use countersign_domain::access::{AccessEvent, AccessRequest, Asked, Form};
use countersign_domain::aggregate;
use countersign_domain::envelope::{Envelope, derived_id};
use countersign_domain::names::PrincipalId;
use countersign_domain::request::{Code, Origin};
use countersign_domain::words;
use countersign_projections::{Moment, access, fold_as_of, request};
use countersign_sandbox::jira::Status as TicketStatus;
use countersign_store::MemoryStore;
use countersign_tests::stage::{Stage, tenant};
use countersign_tests::vendors::{Vendor as _, account};
use countersign_tests::webhook::ticket_created;
use proptest::prelude::*;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::{Outcome, fresh, on, permission_name};

const ASKER: &str = "demo-employee";

/// The way a request comes in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Door {
    /// A sentence of the grammar.
    Sentence,
    /// The same with politeness and markup around its words.
    Politely,
    /// A form that somebody fills in.
    Form,
    /// A ticket whose description has lines like `Permission: write`.
    Lines,
    /// A ticket whose description is a table of Jira's markup.
    Table,
    /// A ticket whose description is a document.
    Document,
    /// A ticket with a field for each of it.
    Fields,
    /// What a rule of Jira Automation sends.
    Automation,
}

impl Door {
    fn any() -> impl Strategy<Value = Self> {
        use Door::{Automation, Document, Fields, Form, Lines, Politely, Sentence, Table};
        prop::sample::select(vec![Sentence, Politely, Form, Lines, Table, Document, Fields, Automation])
    }

    const fn is_ticket(self) -> bool {
        !matches!(self, Self::Sentence | Self::Politely | Self::Form)
    }
}

/// Whose access it is, and how they are named.
fn user() -> impl Strategy<Value = Option<&'static str>> {
    prop::option::weighted(0.4, prop::sample::select(vec!["demo-approver2", "712020:demo-approver2"]))
}

fn duration() -> impl Strategy<Value = Option<(&'static str, u64)>> {
    let texts =
        vec![("2 days", 2880), ("90 minutes", 90), ("1 week", 10_080), ("3h", 180), ("1 day 2 hours", 1560)];
    prop::option::weighted(0.8, prop::sample::select(texts))
}

/// Why: with what could be taken for another part of the sentence, for markup, or for politeness, and as long as may be.
fn reason() -> impl Strategy<Value = Option<String>> {
    let odd = vec![
        "the rollout, please",
        "it is needed; thanks!",
        "Ada's “new” flow — see §3",
        "naïve Größe, 支払い, دفع",
        "for 3 days ticket OPS-99 on infra",
        "it is because of that because",
        "approve it 🙏🏽",
        "50% done & a=b, x<y",
        "deny: read is not enough.",
    ];
    let long = "[a-z]{2,9}( [A-Za-z0-9,.()'éß-]{1,9}[a-z]){0,44}";
    let reason = prop_oneof![
        3 => "[A-Za-zéß][A-Za-z0-9 ,.()'éß-]{0,60}[a-z]".prop_map(|text| text),
        3 => prop::sample::select(odd).prop_map(str::to_owned),
        2 => long.prop_map(|text| text),
    ];
    prop::option::weighted(0.85, reason)
}

/// The reason as it can be written there: a line break is a line break where there can be one, and what is markup to Jira
/// (`-struck out-`) says something else there.
fn written(door: Door, reason: Option<String>, broken: bool) -> Option<String> {
    let reason = reason?;
    let (is_talk, is_markup) = (!door.is_ticket(), |sign: char| "-()".contains(sign));
    Some(match is_talk {
        true if broken && door != Door::Politely => format!("{reason}\nand more"),
        true => reason,
        false => reason.replace(is_markup, "").trim().to_owned(),
    })
}

/// A stage whose Jira has a field for each part of a form.
async fn with_fields() -> Stage {
    let field = |number: u8| Some(format!("customfield_1000{number}"));
    let fields = FieldMapping {
        permission: field(1),
        repository: field(2),
        user: field(3),
        duration: field(4),
        reason: field(5),
    };
    let adapt = |demo: &mut Demo| {
        let acme = demo.config.tenants.get_mut(&tenant()).expect("the demo's tenant");
        acme.jira.as_mut().expect("the demo's Jira").fields = fields;
    };
    let stage = Stage::adapted(std::sync::Arc::new(MemoryStore::new()), adapt).await;
    stage.demo.jira.deliver_to(None);
    stage
}

fn sentence(form: &Form, politely: bool) -> String {
    let part = |word: &str, text: &Option<String>| {
        text.as_ref().map_or_else(String::new, |text| format!(" {word} {text}"))
    };
    let marked = |text: &Option<String>| {
        let text = text.clone().unwrap_or_default();
        if politely { format!("`{text}`") } else { text }
    };
    let (hello, permission, repository) =
        (if politely { "Hi, please: " } else { "" }, marked(&form.permission), marked(&form.repository));
    let rest = [
        part("for", &form.user),
        part("for", &form.duration),
        part("ticket", &form.ticket),
        part("because", &form.reason),
    ];
    format!("{hello}access {permission} on {repository}{}", rest.concat())
}

/// The webhook about a ticket that holds this form in this way.
fn webhook(door: Door, ticket: &str, form: &Form) -> Value {
    let mut body = ticket_created(ticket, ASKER, form);
    let parts = [
        ("Permission", &form.permission),
        ("Repository", &form.repository),
        ("User", &form.user),
        ("Duration", &form.duration),
        ("Reason", &form.reason),
    ];
    let given = || parts.iter().filter_map(|(label, text)| Some((*label, text.as_ref()?)));
    let fields = &mut body["issue"]["fields"];
    match door {
        Door::Table => {
            let rows = given().map(|(label, text)| format!("|{label}|{text}|\n"));
            fields["description"] = rows.collect::<String>().into();
        }
        Door::Document => {
            let paragraph = |(label, text): (&str, &String)| {
                json!({"type": "paragraph", "content": [
                    {"type": "text", "text": format!("{label}: "), "marks": [{"type": "strong"}]},
                    {"type": "text", "text": text},
                ]})
            };
            let content: Vec<Value> = given().map(paragraph).collect();
            fields["description"] = json!({"type": "doc", "version": 1, "content": content});
        }
        Door::Fields => {
            fields["description"] = Value::Null;
            let shapes: [fn(&String) -> Value; 5] = [
                |text| json!({"value": text, "id": "1"}),
                |text| json!(text),
                |text| json!({"accountId": text, "displayName": "Somebody"}),
                |text| json!(text),
                |text| json!(text),
            ];
            for (number, ((_, text), shape)) in parts.iter().zip(shapes).enumerate() {
                fields[format!("customfield_1000{}", number + 1)] = text.as_ref().map_or(Value::Null, shape);
            }
        }
        Door::Automation => {
            body.as_object_mut().expect("an object").remove("webhookEvent");
        }
        _ => {}
    }
    body
}

/// Asks, and returns the id of the conversation.
async fn ask(stage: &Stage, door: Door, ticket: &str, form: &Form) -> Result<Uuid, TestCaseError> {
    let id = Uuid::new_v4();
    let mut begun = derived_id(id, &format!("acme/{ASKER}"));
    if door.is_ticket() {
        begun = derived_id(id, "acme jira");
        let answer = stage.signed_delivery(ticket, &webhook(door, ticket, form));
        let answer = answer.header("x-request-id", id.to_string()).send().await.unwrap();
        prop_assert_eq!(answer.status(), 202);
    } else if door == Door::Form {
        let mut context = stage.context(ASKER).await;
        context.correlation = begun;
        stage.bot.requests.ask(&context, form).await.unwrap().expect("anybody may ask");
    } else {
        let before = stage.head().await;
        stage.say_as(ASKER, id, &sentence(form, door == Door::Politely)).await;
        let asked_back = |event: &Envelope| event.kind == "question_asked" && event.correlation == begun;
        if stage.log_after(before).await.iter().any(asked_back) {
            // A reason that may say something else at its end is asked about, and is whole once that is said to be right.
            let again = Uuid::new_v4();
            let before = stage.head().await;
            stage.say_as(ASKER, again, "yes").await;
            begun = derived_id(again, &format!("acme/{ASKER}"));
            let more = stage.log_after(before).await;
            prop_assert!(more.iter().all(|event| event.kind != "question_asked"), "one question is enough");
        }
    }
    stage.settle().await;
    Ok(begun)
}

/// What the log says was asked first, before anything was looked up.
async fn first(stage: &Stage, conversation: Uuid) -> Result<(Code, Asked), TestCaseError> {
    let log = stage.log_after(None).await;
    let asked: Vec<_> = log
        .iter()
        .filter(|event| event.kind == "access_requested" && event.correlation == conversation)
        .filter_map(|event| match aggregate::decode(event).expect("an event") {
            AccessEvent::Requested { asked } => Some(*asked),
            _ => None,
        })
        .collect();
    prop_assert_eq!(asked.len(), 1, "{:?}", asked);
    let asked = asked.into_iter().next().expect("the one");
    Ok((asked.code.clone(), asked))
}

/// Every part of it is in what is kept of it.
fn same(asked: &Asked, (form, minutes): (&Form, Option<u64>), door: Door) -> Outcome {
    let subject = if form.user.is_some() { "demo-approver2" } else { ASKER };
    prop_assert_eq!(asked.permission.map(|permission| permission.to_string()), form.permission.clone());
    prop_assert_eq!(&asked.repository, &form.repository);
    prop_assert_eq!((asked.minutes, asked.until), (minutes, None));
    prop_assert_eq!(&asked.ticket, &form.ticket);
    prop_assert_eq!(&asked.reason, &form.reason, "by {:?}", door);
    prop_assert_eq!(asked.requester.id.as_str(), ASKER);
    prop_assert_eq!(&asked.subject.account, &account(subject));
    let origin = if door.is_ticket() { Origin::Ticket } else { Origin::Chat };
    prop_assert_eq!((asked.origin, asked.requester.known), (origin, true));
    prop_assert_eq!(&asked.faults, &vec![]);
    Ok(())
}

/// What the API answers is what was asked for.
fn answered(item: &Value, asked: &Asked, conversation: Uuid) {
    assert_eq!(item["permission"], json!(asked.permission), "{item:#}");
    assert_eq!(item["repository"], json!(asked.repository), "{item:#}");
    assert_eq!(item["ticket"], json!(asked.ticket), "{item:#}");
    assert_eq!(item["reason"], json!(asked.reason), "{item:#}");
    assert_eq!(item["requester"], json!(asked.requester.id), "{item:#}");
    assert_eq!(item["user"], json!(asked.subject.principal), "{item:#}");
    assert_eq!(item["account"], json!(asked.subject.account), "{item:#}");
    assert_eq!(item["asked_at"], json!(asked.at), "{item:#}");
    assert_eq!(item["correlation"], json!(conversation), "{item:#}");
    assert_eq!(item["access"]["asked"], json!(asked), "{item:#}");
}

/// Whichever way a request comes in, and whatever it holds: the log, the read model folded anew, the API, the audit and the card
/// on which it is decided have the whole of it. Nothing is lost or changed on the way.
#[test]
fn a01_request_parsing_and_storage_round_trip() {
    let parts = (permission_name(), user(), duration(), reason(), any::<bool>(), prop::bool::weighted(0.7));
    on(with_fields, (Door::any(), parts), async |stage, (door, parts)| {
        let (permission, user, duration, reason, broken, ticketed) = parts;
        let number = fresh();
        let (ticket, repository) = (format!("TRIP-{number}"), format!("trips-{number}"));
        stage.add_ticket(&ticket, TicketStatus::ToDo, ASKER);
        stage.add_repository(&repository);
        // The rules want one for all but reading, and the chat would ask for it.
        let named = door.is_ticket() || ticketed || permission != "read";
        let form = Form {
            permission: Some(permission.to_owned()),
            repository: Some(repository.clone()),
            user: user.map(str::to_owned),
            duration: duration.map(|(text, _)| text.to_owned()),
            ticket: named.then_some(ticket.clone()),
            reason: written(door, reason, broken),
        };
        // A title is no reason: not everybody who sees the request may see it.
        let conversation = ask(stage, door, &ticket, &form).await?;
        // What may say something else than why is asked about on the ticket, as a chat asks about it.
        if door.is_ticket() && form.reason.as_deref().is_some_and(|reason| turned(reason).is_some()) {
            let (status, comments) = stage.ticket(&ticket);
            prop_assert_eq!((status.as_str(), comments.len()), ("To Do", 1), "{:?}", comments);
            prop_assert!(comments[0].contains("leave nothing out unsaid"), "{:?}", comments);
            return Ok(());
        }
        let (code, asked) = first(stage, conversation).await?;
        let expected = (&form, duration.map(|(_, minutes)| minutes));
        same(&asked, expected, door)?;
        prop_assert_eq!(asked.at, stage.clock_now());
        // Once everything was looked up it is named by the vendors, and nothing else has changed.
        let state: AccessRequest = stage.state(&code).await;
        let asked = state.asked.clone().expect("it was asked");
        same(&asked, expected, door)?;
        let whose = user.map_or(ASKER, |_| "demo-approver2");
        prop_assert_eq!(asked.subject.principal.as_ref().map(PrincipalId::as_str), Some(whose));
        // The same from nothing but the log, and from those who answer.
        let world = &stage.bot.world;
        let head = stage.head().await.unwrap();
        let rows = fold_as_of(&*world.store, &request::RequestList, Moment::Position(head)).await.unwrap();
        let folded = access::find(&rows, &tenant(), &code).unwrap().map(|row| row.access);
        let served = access::find(&*world.projections.rows(request::NAME), &tenant(), &code).unwrap();
        prop_assert_eq!((folded, served.map(|row| row.access)), (Some(state.clone()), Some(state.clone())));
        let item = stage.get("demo-admin", &format!("/api/v1/access-requests/{code}")).await;
        answered(&item, &asked, conversation);
        let page =
            stage.get("demo-auditor", &format!("/api/v1/audit?code={code}&type=access_requested")).await;
        prop_assert_eq!(&page["items"][0]["data"]["asked"]["reason"], &json!(form.reason), "{:#}", page);
        on_the_card(stage, &code, &form).await
    });
}

/// Who decides on it reads why.
async fn on_the_card(stage: &Stage, code: &Code, form: &Form) -> Outcome {
    let approver = stage.person("demo-approver").await;
    let card =
        stage.bot.chat.request_card(&tenant(), &approver, code).await.unwrap().expect("they may see it");
    for text in [&form.permission, &form.repository, &form.ticket].into_iter().flatten() {
        prop_assert!(card.text.contains(text), "{} is not on {}", text, card.text);
    }
    if let Some(reason) = &form.reason {
        prop_assert!(card.text.contains(&words::prose(reason)), "{} is not on {}", reason, card.text);
    }
    Ok(())
}
