//! What comes in by webhook: only what is signed, each once, and each for what it says (23, 24).

use std::collections::BTreeMap;

use countersign::demo::WEBHOOK_SECRET;
use countersign::plain::turned_behind_label;
use countersign_domain::access::{AccessEvent, Asked, Form};
use countersign_domain::aggregate;
use countersign_domain::envelope::Envelope;
use countersign_domain::record::Record;
use countersign_domain::request::Origin;
use countersign_sandbox::jira::Status as TicketStatus;
use countersign_tests::stage::Stage;
use countersign_tests::vendors::{Vendor as _, account};
use countersign_tests::webhook::{signature, ticket_created};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::support::{Outcome, fresh, on_stage, permission_name};

/// A form that is good by itself.
fn good_form() -> impl Strategy<Value = Form> {
    let duration = prop::sample::select(vec![("2 days", 2880_u64), ("90 minutes", 90), ("1 week", 10_080)]);
    // Without dashes, which strike out what stands between them.
    let reason = "[A-Za-zéß][A-Za-z0-9 ,.()'éß]{0,60}[a-z]";
    (permission_name(), "[a-z][a-z0-9-]{1,20}[a-z]", duration, prop::option::of(reason)).prop_map(
        |(permission, repository, (duration, _), reason)| Form {
            permission: Some(permission.to_owned()),
            repository: Some(repository),
            user: None,
            duration: Some(duration.to_owned()),
            ticket: None,
            reason,
        },
    )
}

fn received(log: &[Envelope]) -> usize {
    log.iter().filter(|envelope| envelope.kind == "webhook_received").count()
}

/// How a signature goes wrong.
#[derive(Debug, Clone, Copy)]
enum Forgery {
    None,
    Missing,
    OtherSecret,
    OtherBody,
    FlippedBit,
    OtherKind,
    Twice,
}

/// Only a body signed with the shared secret is taken in, whatever the body; everything else is answered with 401, leaves no
/// trace but the refusal, and asks for nothing.
#[test]
fn a23_webhook_signature_validation() {
    use Forgery as F;
    let forgery = prop::sample::select(vec![
        F::None,
        F::Missing,
        F::OtherSecret,
        F::OtherBody,
        F::FlippedBit,
        F::OtherKind,
        F::Twice,
    ]);
    let text = ("[ -~]{0,60}", any::<prop::sample::Index>(), "[!-~]{1,40}");
    on_stage((forgery, text, good_form()), async |stage, (forgery, (title, place, secret), form)| {
        let id = format!("d-{}", fresh());
        let mut body = ticket_created("SIGN-1", "demo-employee", &form);
        body["issue"]["fields"]["summary"] = title.into();
        let body = body.to_string().into_bytes();
        let good = signature(WEBHOOK_SECRET, &body);
        let mut changed = body.clone();
        changed.push(b' ');
        let mut flipped = hex::decode(&good[7..]).unwrap();
        flipped[place.index(32)] ^= 1 << place.index(8);
        let given = match forgery {
            F::Missing => vec![],
            F::OtherSecret => vec![signature(&format!("{secret}."), &body)],
            F::OtherBody => vec![signature(WEBHOOK_SECRET, &changed)],
            F::FlippedBit => vec![format!("sha256={}", hex::encode(flipped))],
            F::OtherKind => vec![good.replace("sha256", "sha1")],
            F::Twice => vec![good.clone(), good],
            F::None => vec![good],
        };
        // What is refused a minute later is kept whole again.
        stage.later(jiff::SignedDuration::from_mins(1)).await;
        let before = stage.head().await;
        let request = stage.delivery(body).header("x-atlassian-webhook-identifier", &id);
        let request = given.iter().fold(request, |request, value| request.header("x-hub-signature", value));
        let status = request.send().await.unwrap().status();
        stage.settle().await;
        let log = stage.log_after(before).await;
        if matches!(forgery, F::None) {
            prop_assert_eq!(status, 202);
            prop_assert_eq!(received(&log), 1);
            return Ok(());
        }
        prop_assert_eq!(status, 401, "{:?}", forgery);
        let kinds: Vec<&str> = log.iter().map(|envelope| envelope.kind.as_str()).collect();
        prop_assert_eq!(kinds, ["webhook_rejected"]);
        Ok(())
    });
}

/// What a delivery is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum About {
    /// A new ticket with a form.
    New,
    /// The same as a rule of Jira Automation sends it.
    Automation,
    /// Somebody wrote the form into a ticket that was there.
    Edited,
    /// A ticket with a form was moved on, and the form is as it was.
    Moved,
    /// A ticket about something else.
    Coffee,
    /// Somebody said something on a ticket.
    Comment,
    /// Work was logged.
    Worklog,
    /// The ticket was deleted.
    Deleted,
}

impl About {
    fn any() -> impl Strategy<Value = Self> {
        use About::{Automation, Coffee, Comment, Deleted, Edited, Moved, New, Worklog};
        prop_oneof![
            3 => Just(New), 2 => Just(Automation), 2 => Just(Edited),
            3 => prop::sample::select(vec![Moved, Coffee, Comment, Worklog, Deleted]),
        ]
    }

    const fn asks(self) -> bool {
        matches!(self, Self::New | Self::Automation | Self::Edited)
    }

    fn body(self, ticket: &str, form: &Form) -> Value {
        let mut body = ticket_created(ticket, "demo-employee", form);
        let changed = |field: &str| json!({"items": [{"field": field, "fieldId": field}]});
        match self {
            Self::New => {}
            Self::Automation => drop(body.as_object_mut().expect("an object").remove("webhookEvent")),
            Self::Edited | Self::Moved => {
                body["webhookEvent"] = json!("jira:issue_updated");
                body["user"] = json!({"accountId": account("demo-approver2"), "displayName": "Ben"});
                body["changelog"] = changed(if self == Self::Edited { "description" } else { "status" });
            }
            Self::Coffee => {
                body["issue"]["fields"]["summary"] = json!("Coffee");
                body["issue"]["fields"]["description"] = json!("The machine is broken again.");
            }
            Self::Comment => body["webhookEvent"] = json!("comment_created"),
            Self::Worklog => body["webhookEvent"] = json!("jira:worklog_updated"),
            Self::Deleted => body["webhookEvent"] = json!("jira:issue_deleted"),
        }
        body
    }
}

/// A delivery, and how often it comes.
#[derive(Debug, Clone)]
struct Delivered {
    about: About,
    form: Form,
    /// Whether the permission is none: the ticket is told so, and nothing is asked for.
    faulty: bool,
    times: usize,
    /// Whether all times come at the same moment.
    at_once: bool,
    /// Whether somebody sends it under another id, too.
    replayed: bool,
}

impl Delivered {
    /// Whether it becomes a request.
    fn is_born(&self) -> bool {
        self.about.asks() && !self.faulty && !self.turns()
    }

    /// Whether its reason may say something else than why, so that the ticket is asked about it.
    fn turns(&self) -> bool {
        self.form.reason.as_deref().is_some_and(|reason| turned_behind_label(reason).is_some())
    }
}

fn delivered() -> impl Strategy<Value = Delivered> {
    let how = (prop::bool::weighted(0.2), 1..4_usize, any::<bool>(), prop::bool::weighted(0.3));
    (About::any(), good_form(), how).prop_map(|(about, form, (faulty, times, at_once, replayed))| Delivered {
        about,
        form: Form {
            permission: form.permission.map(|own| if faulty { "owner".to_owned() } else { own }),
            ..form
        },
        faulty,
        times,
        at_once,
        replayed,
    })
}

/// Sends it as often as it comes; what was answered, sorted.
async fn send(stage: &Stage, id: Option<&str>, body: &Value, delivered: &Delivered) -> Vec<String> {
    let one = async || {
        let request = stage.delivery(body.to_string().into_bytes());
        let request =
            request.header("x-hub-signature", signature(WEBHOOK_SECRET, body.to_string().as_bytes()));
        let request =
            id.into_iter().fold(request, |request, id| request.header("x-atlassian-webhook-identifier", id));
        let answer = request.send().await.expect("the bot answers");
        assert_eq!(answer.status(), 202, "{body:#}");
        let said: Value = answer.json().await.expect("JSON");
        said["status"].as_str().expect("a word").to_owned()
    };
    let mut said = Vec::new();
    if delivered.at_once {
        said = futures::future::join_all((0..delivered.times).map(|_| one())).await;
    } else {
        for _ in 0..delivered.times {
            said.push(one().await);
        }
    }
    said.sort();
    said
}

/// The requests that the log has since then, by the record that each came of.
fn requests(log: &[Envelope]) -> Vec<(&Envelope, Asked)> {
    let asked = |event| match aggregate::decode(event).expect("an event") {
        AccessEvent::Requested { asked } => (event, *asked),
        other => panic!("{other:?}"),
    };
    log.iter().filter(|event| event.kind == "access_requested").map(asked).collect()
}

/// Every good webhook is answered and kept once, whatever it is about, in whatever order, however often and at whatever moment
/// it comes; and exactly those that ask become exactly one request each, for what they say, of who wrote it, in their own
/// conversation. What asks for nothing has nothing asked, and what cannot be read is told so, once.
#[test]
fn a24_valid_webhook_processing() {
    on_stage(prop::collection::vec(delivered(), 1..4), async |stage, all| {
        let before = stage.head().await;
        let mut expected: BTreeMap<String, &Delivered> = BTreeMap::new();
        let mut kept = 0;
        for delivered in &all {
            let ticket = format!("HOOK-{}", fresh());
            stage.add_ticket(&ticket, TicketStatus::ToDo, "demo-employee");
            stage.add_repository(delivered.form.repository.as_deref().expect("it names one"));
            let body = delivered.about.body(&ticket, &delivered.form);
            // What comes of a rule has no id.
            let id = (delivered.about != About::Automation).then(|| ticket.clone());
            let said = send(stage, id.as_deref(), &body, delivered).await;
            let new = if delivered.about.asks() { "accepted" } else { "ignored" };
            let mut all: Vec<&str> = vec!["repeated"; delivered.times - 1];
            all.push(new);
            all.sort_unstable();
            prop_assert_eq!(said, all, "{:?}", delivered);
            kept += 1;
            expected.insert(ticket, delivered);
        }
        stage.settle().await;
        for (ticket, delivered) in expected.iter().filter(|(_, delivered)| delivered.replayed) {
            // Whoever caught it sends it under an id of their own: kept, as everything is, and asked no second time.
            stage.later(jiff::SignedDuration::from_hours(1)).await;
            let body = delivered.about.body(ticket, &delivered.form);
            let caught = stage.signed_delivery(&format!("{ticket}-again"), &body).send().await.unwrap();
            prop_assert_eq!(caught.status(), 202);
            kept += 1;
        }
        stage.settle().await;
        let log = stage.log_after(before).await;
        prop_assert_eq!(received(&log), kept);
        let requests = requests(&log);
        let asking = expected.values().filter(|delivered| delivered.is_born()).count();
        prop_assert_eq!(requests.len(), asking, "{:?}", requests);
        for (ticket, delivered) in &expected {
            let own: Vec<_> =
                requests.iter().filter(|(_, asked)| asked.ticket.as_ref() == Some(ticket)).collect();
            prop_assert_eq!(own.len(), usize::from(delivered.is_born()), "{:?}", own);
            if delivered.about.asks() && delivered.faulty {
                let (status, comments) = stage.ticket(ticket);
                prop_assert_eq!((status.as_str(), comments.len()), ("To Do", 1), "{:?}", comments);
                prop_assert!(comments[0].contains("“owner” is not a permission"), "{:?}", comments);
            } else if delivered.about.asks() && delivered.turns() {
                let (status, comments) = stage.ticket(ticket);
                prop_assert_eq!((status.as_str(), comments.len()), ("To Do", 1), "{:?}", comments);
                prop_assert!(comments[0].contains("leave nothing out unsaid"), "{:?}", comments);
            }
            if let [(event, asked)] = own[..] {
                is_what_it_says(&log, event, asked, delivered)?;
            }
        }
        Ok(())
    });
}

fn is_what_it_says(log: &[Envelope], event: &Envelope, asked: &Asked, delivered: &Delivered) -> Outcome {
    let Delivered { about, form, .. } = delivered;
    // It came of the first record of it, and belongs to that conversation.
    let record = log
        .iter()
        .find(|record| record.kind == "webhook_received" && record.correlation == event.correlation);
    prop_assert!(record.is_some(), "{} is in nobody's conversation", event.correlation);
    let record = record.expect("it is there");
    prop_assert!(record.pos < event.pos);
    let Record::WebhookReceived { request, .. } = aggregate::decode(record).unwrap() else {
        return Err(TestCaseError::fail("another record"));
    };
    prop_assert!(request.is_some());
    let by = if *about == About::Edited { "demo-approver2" } else { "demo-employee" };
    let origin = if *about == About::Edited { Origin::EditedTicket } else { Origin::Ticket };
    prop_assert_eq!((asked.requester.id.as_str(), asked.origin), (by, origin));
    // Whoever writes into somebody's ticket asks for that person.
    prop_assert_eq!(asked.subject.account.as_str(), &account("demo-employee"));
    prop_assert_eq!((&asked.repository, &asked.reason), (&form.repository, &form.reason));
    prop_assert_eq!(asked.permission.map(|permission| permission.to_string()), form.permission.clone());
    Ok(())
}
