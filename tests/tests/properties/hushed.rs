//! What is secret stays so: what vendors repeat of our credentials, and what people paste (22).

use countersign::demo::WEBHOOK_SECRET;
use countersign_domain::access::Form;
use countersign_sandbox::Fault;
use countersign_sandbox::jira::Status as TicketStatus;
use countersign_tests::acting::form;
use countersign_tests::stage::Stage;
use countersign_tests::vendors::{Vendor as _, trouble};
use countersign_tests::webhook::ticket_created;
use proptest::prelude::*;
use serde_json::json;

use crate::observed::{Observed, observed};
use crate::support::{Outcome, fresh};

/// What the bot signs in with at the vendors, in the forms in which it does.
const OWN: [&str; 5] = [
    "sandbox-bitbucket-token",
    "sandbox-jira-token",
    WEBHOOK_SECRET,
    "Ym90QGFjbWUuZXhhbXBsZTpzYW5kYm94LWppcmEtdG9rZW4=",
    "Ym90QGFjbWUuZXhhbXBsZTpzYW5kYm94LWJpdGJ1Y2tldC10b2tlbg==",
];

/// A vendor's error that repeats one of them: the forge's or the tracker's, and how.
fn echo() -> impl Strategy<Value = (bool, &'static str)> {
    prop::sample::select(vec![
        (true, "Authorization: Bearer sandbox-bitbucket-token"),
        (true, "Authorization: Basic Ym90QGFjbWUuZXhhbXBsZTpzYW5kYm94LWJpdGJ1Y2tldC10b2tlbg=="),
        (true, "sandbox-bitbucket-token"),
        (true, "{\"token\":\"sandbox-bitbucket-token\"}"),
        (true, "https://x-token-auth:sandbox-bitbucket-token@bitbucket.example/acme"),
        (false, "Basic Ym90QGFjbWUuZXhhbXBsZTpzYW5kYm94LWppcmEtdG9rZW4="),
        (false, "password=sandbox-jira-token&x=1"),
        (false, "sandbox-jira-token"),
    ])
}

/// Something that somebody pastes, and the part of it that nobody else may read.
#[derive(Debug, Clone)]
struct Pasted {
    text: String,
    secret: String,
}

fn pasted() -> impl Strategy<Value = Pasted> {
    let around = |before: &'static str, secret: &'static str, after: &'static str| {
        secret.prop_map(move |secret| Pasted { text: format!("{before}{secret}{after}"), secret }).boxed()
    };
    // What stands behind a word that says what it is, and what says so by itself.
    let named = vec![
        around("Authorization: Bearer ", "[A-Za-z0-9]{16,40}", ""),
        around("password=", "[A-Za-z0-9!]{8,20}", ""),
        around("my token: ", "[A-Za-z0-9._-]{12,40}z", ""),
        around("{\"api_key\":\"", "[A-Za-z0-9]{12,40}", "\"}"),
        around("curl -u ada:", "[A-Za-z0-9]{10,20}", " https://bitbucket.example"),
        around("https://ada:", "[A-Za-z0-9]{10,20}", "@bitbucket.example/acme"),
        around("GET /x?access_token=", "[A-Za-z0-9]{12,40}", "&page=2"),
        around("sha256=", "[0-9a-f]{64}", ""),
    ];
    let by_itself = vec![
        around("", "ATATT3xFfGF0[A-Za-z0-9_-]{40,60}", ""),
        around("", "ATCTT3xFfGN0[A-Za-z0-9_-]{40,60}", ""),
        around("", "ATBB[A-Za-z0-9]{24,32}", ""),
        around("", "eyJ[A-Za-z0-9]{20,30}\\.eyJ[A-Za-z0-9]{20,40}\\.[A-Za-z0-9_-]{43}", ""),
        around("", "xoxb-[0-9]{12}-[0-9]{12}-[A-Za-z0-9]{24}", ""),
        around("", "xoxp-[0-9]{12}-[0-9]{12}-[A-Za-z0-9]{24}", ""),
        around("", "xapp-1-A[0-9A-Z]{10}-[0-9]{13}-[0-9a-f]{64}", ""),
        around("", "ghp_[A-Za-z0-9]{36}", ""),
        around("", "github_pat_[A-Za-z0-9_]{82}", ""),
        around("", "glpat-[A-Za-z0-9_-]{20}", ""),
        around("", "AKIA[A-Z2-7]{16}", ""),
        around("", "[MNO][A-Za-z0-9]{23}\\.G[A-Za-z0-9_-]{5}\\.[A-Za-z0-9_-]{27}", ""),
    ];
    prop_oneof![1 => proptest::strategy::Union::new(named), 1 => proptest::strategy::Union::new(by_itself)]
}

/// Where it is pasted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Reason,
    TicketsReason,
    TicketsTitle,
    Repository,
    Permission,
    User,
    Denial,
    Sentence,
    SignIn,
    Address,
    Body,
}

fn place() -> impl Strategy<Value = Place> {
    use Place::{
        Address, Body, Denial, Permission, Reason, Repository, Sentence, SignIn, TicketsReason, TicketsTitle,
        User,
    };
    prop::sample::select(vec![
        Reason,
        Reason,
        TicketsReason,
        TicketsTitle,
        Repository,
        Permission,
        User,
        Denial,
        Sentence,
        SignIn,
        Address,
        Body,
    ])
}

async fn paste(stage: &Stage, place: Place, pasted: &Pasted) {
    let number = fresh();
    let (ticket, repository) = (format!("PASTE-{number}"), format!("pastes-{number}"));
    let text = pasted.text.as_str();
    stage.add_repository(&repository);
    stage.add_ticket(&ticket, TicketStatus::ToDo, "demo-employee");
    let good = Form { ticket: None, ..form("write", &repository, "1 day", "") };
    let given = || Some(text.to_owned());
    let says = async |who: &str, sentence: String| drop(stage.says_without_waiting(who, &sentence).await);
    let asks = async |form: Form, title: &str| {
        let mut body = ticket_created(&ticket, "demo-employee", &form);
        body["issue"]["fields"]["summary"] = title.into();
        stage.signed_delivery(&ticket, &body).send().await.expect("the bot answers");
    };
    match place {
        Place::Reason => {
            // On a line of its own, as it is pasted.
            says(
                "demo-employee",
                format!("access write on {repository} ticket {ticket} because of this:\n{text}"),
            )
            .await;
        }
        Place::TicketsReason => asks(Form { reason: given(), ..good }, "Access").await,
        Place::TicketsTitle => asks(good, text).await,
        Place::Repository => asks(Form { repository: given(), ..good }, "Access").await,
        Place::Permission => asks(Form { permission: given(), ..good }, "Access").await,
        Place::User => asks(Form { user: given(), ..good }, "Access").await,
        Place::Denial => {
            let code = stage.ask("demo-employee", &form("write", &repository, "1 day", &ticket)).await;
            says("demo-approver", format!("deny {code} because {text}")).await;
        }
        Place::Sentence => says("demo-employee", format!("wibble {text}")).await,
        Place::SignIn => drop(stage.get(&pasted.secret, "/api/v1/me").await),
        Place::Address => {
            drop(stage.get("demo-employee", &format!("/api/v1/me?token={}", pasted.secret)).await);
        }
        Place::Body => {
            let body = json!({"webhookEvent": text, "issue": {"key": text, "fields": text}});
            stage.signed_delivery(&ticket, &body).send().await.expect("the bot answers");
        }
    }
    stage.calm().await;
}

/// A vendor's error in the middle of a request: everything that is said and kept of it.
async fn echoed(stage: &Stage, observed: &Observed, (forge, message): (bool, &str), status: u16) -> Outcome {
    let number = fresh();
    let (ticket, repository) = (format!("HUSH-{number}"), format!("hush-{number}"));
    stage.add_repository(&repository);
    stage.add_ticket(&ticket, TicketStatus::ToDo, "demo-employee");
    let body = json!({"error": {"message": message}, "errorMessages": [message]}).to_string();
    let fault = Fault { times: 1, status: Some(status), body: Some(body), ..Fault::default() };
    if forge {
        let matching = format!("PUT {}", stage.forge_path(&repository));
        stage.demo.bitbucket.order(trouble([Fault { matching, ..fault }]));
    } else {
        let matching = format!("POST /rest/api/3/issue/{ticket}/comment");
        stage.demo.jira.order(trouble([Fault { matching, ..fault }]));
    }
    let begin = stage.head().await;
    let asked = Form { ticket: None, ..form("write", &repository, "1 day", "") };
    let code = stage.ask_by_ticket(&ticket, "demo-employee", &asked).await;
    stage.calm().await;
    let _ = stage.countersign("demo-approver", &code).await;
    stage.calm().await;
    let lines = observed.lines.take();
    // Whom a vendor does not let in waits: that is the vendor's fault, and is logged as one.
    let failed = if status == 401 { "the vendor lets nobody in" } else { "the effect did not work" };
    prop_assert!(lines.contains(failed), "{}", lines);
    let log = stage.log_after(begin).await;
    let events: String = log.iter().map(|envelope| envelope.data.get()).collect();
    let effects = stage.get("demo-admin", "/api/v1/effects?limit=20").await.to_string();
    let request = stage.get("demo-admin", &format!("/api/v1/access-requests/{code}")).await.to_string();
    let comments = stage.ticket(&ticket).1.concat();
    let places = [
        ("log", &lines),
        ("events", &events),
        ("effects", &effects),
        ("request", &request),
        ("ticket", &comments),
    ];
    for (secret, (place, text)) in OWN.iter().flat_map(|secret| places.map(|place| (secret, place))) {
        is_hushed(secret, place, text)?;
    }
    Ok(())
}

fn is_hushed(secret: &str, place: &str, text: &str) -> Outcome {
    let around = |at: usize| text.get(at.saturating_sub(200)..at + secret.len()).unwrap_or(text).to_owned();
    let shown = text.find(secret).map(around);
    prop_assert!(shown.is_none(), "{} in the {}: {:?}", secret, place, shown);
    Ok(())
}

/// However a vendor repeats our credentials in its errors, no log line, no event, no ticket and no answer of the API shows them.
/// And whatever people paste, wherever it can be pasted, no log line shows what looks like somebody's credential.
#[test]
fn a22_log_sanitization() {
    let around = ("[ -~]{0,20}", "[ -~]{0,20}", prop::sample::select(vec![400_u16, 401, 403, 409, 503]));
    let pastes = prop::collection::vec((place(), pasted()), 1..3);
    observed(
        "trace,hyper=off,reqwest=off",
        (echo(), around, pastes),
        async |stage, observed, (echo, around, pastes)| {
            let (before, after, status) = around;
            let message = format!("{before} {} {after}", echo.1);
            echoed(stage, observed, (echo.0, &message), status).await?;
            for (place, pasted) in &pastes {
                paste(stage, *place, pasted).await;
                let lines = observed.lines.take();
                prop_assert!(!lines.is_empty(), "nothing was logged");
                prop_assert!(!lines.contains(&pasted.secret), "{:?} at {:?}: {}", pasted, place, lines);
            }
            Ok(())
        },
    );
}
