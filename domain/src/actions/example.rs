//! An action for tests: a job is restarted.

use serde_json::json;
use uuid::Uuid;

use super::*;
use crate::access::example::{ada, person};
use crate::denied::Violation;
use crate::person::Person;
use crate::request::law::{self, Tried};
use crate::request::{Code, Nothing, RequestEvent};
use crate::rules::Ruling;
use crate::testing::noon;

pub(crate) fn entry() -> Entry {
    let http = |method, url: &str, body| Call::Http { method, url: url.to_owned(), body };
    let body = json!({ "job": "{job}", "times": "{times}", "note": "restart {job}" });
    Entry {
        name: "restart_job".to_owned(),
        title: "restart a job".to_owned(),
        arguments: json!({
            "type": "object",
            "additionalProperties": false,
            "required": ["job", "times"],
            "properties": {
                "job": { "type": "string", "maxLength": 40 },
                "times": { "type": "integer", "minimum": 1, "maximum": 3 },
            },
        }),
        call: http(Method::Post, "https://jobs.example/{job}/restart", Some(body)),
        dry_run: Some(http(Method::Get, "https://jobs.example/{job}/restart?dry", None)),
        read_back: Some(ReadBack {
            url: "https://jobs.example/{job}".to_owned(),
            pointer: "/state".to_owned(),
            expected: json!("running"),
        }),
    }
}

pub(crate) fn run() -> Run {
    Action::asked(&person("erin", &[]), &person("erin", &[]))
}

pub(crate) fn rehearsed() -> Rehearsed {
    Rehearsed { dry_run: Some(answered()), before: Some(json!("running")) }
}

pub(crate) fn answered() -> Answered {
    Answered { status: Some(200), said: "one worker".to_owned() }
}

pub(crate) fn waiting(run: Run) -> Vec<ActionRequestEvent> {
    let (by, terms) = (run.requester.id.clone(), crate::access::example::terms());
    let ruling = Some(Ruling::Allowed(terms.clone()));
    vec![
        RequestEvent::Requested { asked: Box::new(run) },
        RequestEvent::Checked { findings: Box::new(rehearsed()), ruling },
        crate::request::waiting(Proposal::Do, &by, terms, noon()),
    ]
}

pub(crate) fn approved(run: Run) -> Vec<ActionRequestEvent> {
    let approved = RequestEvent::Approved { by: vec![ada().id], fixed: Nothing {} };
    waiting(run).into_iter().chain([approved]).collect()
}

impl Tried for Action {
    /// An action is nobody's own but who asks for it.
    const IS_ABOUT_SOMEBODY: bool = false;

    fn asked(by: &Person, _: &Person) -> Run {
        let arguments = json!({ "job": "web-shop", "times": 2 });
        let planned = entry().plan(&arguments).expect("they are as they must be");
        Run {
            code: Code::candidate(Uuid::from_u128(8), 0),
            requester: law::requester(by),
            catalogue: 3,
            entry: Box::new(entry()),
            arguments,
            planned: Box::new(planned),
            tainted: false,
            why: Some("it hangs".to_owned()),
        }
    }

    fn found(_: &Person, way: u8) -> Rehearsed {
        let before = ["running", "stopped", "gone"][usize::from(way) % 3];
        Rehearsed { before: Some(json!(before)), ..rehearsed() }
    }

    fn own_events() -> Vec<ActionEvent> {
        vec![ActionEvent::Done { answered: answered(), seen: Some(json!("running")) }]
    }

    fn every_event() -> Vec<ActionRequestEvent> {
        let mut all = law::of_its_own::<Self>();
        for event in &mut all {
            // All that may be left out.
            if let RequestEvent::Requested { asked } = event {
                asked.tainted = true;
            }
        }
        all
    }

    fn carry_out() -> ActionCommand {
        ActionCommand::Confirm { answered: answered(), seen: Some(json!("running")) }
    }

    fn faults() -> Vec<Violation> {
        let faults = vec![ArgumentFault { field: "times".to_owned(), why: "must be 1 to 3".to_owned() }];
        let all = [
            Fault::UnknownAction { given: "restart".to_owned() },
            Fault::BadArguments { faults },
            Fault::NotAsPlanned,
            Fault::MayNotAct { action: "restart_job".to_owned() },
            Fault::SomebodyMustLook,
        ];
        all.into_iter().map(Violation::from).collect()
    }
}
