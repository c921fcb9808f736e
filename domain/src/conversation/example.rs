//! A conversation for tests: one question about the VPN, as it goes on.

use std::num::NonZeroU32;

use uuid::Uuid;

use super::*;
use crate::access::example::person;
use crate::audience::Audience;
use crate::code::Code;
use crate::envelope::Digest;
use crate::person::{Person, Role};
use crate::ports::{
    ByteRange, Crossing, Edition, Ended, Finding, FindingKind, Generation, Identity, ModelFaultKind,
    ModelName, Place, PolicyName, SurfaceKind, Usage,
};
use crate::testing::noon;

pub(crate) const VPN: &str = "The VPN is closed on Sundays. Tokens are valid for 30 days.";

pub(crate) fn turn(number: u128) -> Uuid {
    Uuid::from_u128(number)
}

pub(crate) fn place() -> Place {
    Place::direct(&Identity::new(SurfaceKind::Slack, "T1", "U1").expect("these are ids"))
}

pub(crate) fn agent() -> AgentName {
    AgentName { name: "help".to_owned(), version: 0 }
}

/// Somebody; zoe administers the tenant.
pub(crate) fn somebody(id: &str) -> Person {
    let roles = if id == "zoe" { [Role::Admin].into() } else { [].into() };
    Person { roles, ..person(id, &[]) }
}

pub(crate) fn asked(by: &str) -> Asked {
    let Person { id, name, .. } = somebody(by);
    let text = "when is the vpn closed?".to_owned();
    Asked {
        by: id.clone(),
        name,
        text,
        language: None,
        audience: Audience::Person { id },
        again: None,
        agent: None,
    }
}

pub(crate) fn begun() -> Vec<ConversationEvent> {
    vec![
        ConversationEvent::ConversationOpened {
            place: Some(place()),
            agent: agent(),
            by: somebody("erin").id,
        },
        ConversationEvent::TurnAsked { turn: turn(1), asked: Box::new(asked("erin")) },
    ]
}

pub(crate) fn generation() -> Generation {
    Generation {
        embedder: "words@1".to_owned(),
        chunker: "sections@1".to_owned(),
        fusion: "words@1".to_owned(),
    }
}

pub(crate) fn source() -> Source {
    let edition = Edition { document: Code::candidate(turn(3), 0), version: NonZeroU32::MIN };
    let at = ByteRange { from: 0, to: u32::try_from(VPN.len()).expect("it is short") };
    Source { edition, title: "The network".to_owned(), at, sha: Digest::of(VPN.as_bytes()), score: 700 }
}

pub(crate) fn held() -> Held {
    Held { source: source(), text: VPN.to_owned(), readable: true }
}

pub(crate) fn screening(at: Crossing, refused: bool) -> Screening {
    let policy = PolicyName { by: "built_in".to_owned(), version: "1".to_owned() };
    let found = vec![Finding { kind: FindingKind::Email, at: Some(ByteRange { from: 0, to: 4 }) }];
    Screening {
        at,
        policy,
        found,
        masked: (!refused).then(|| "when is [e-mail] closed?".to_owned()),
        refused,
    }
}

pub(crate) fn found_kept() -> Found {
    let (screened, generation) = (None, Some(generation()));
    Found { screened, generation, passages: vec![source()], elsewhere: false }
}

pub(crate) fn found() -> Box<Found> {
    Box::new(found_kept())
}

pub(crate) fn take_found(found: Box<Found>) -> ConversationCommand {
    ConversationCommand::TakeFound { turn: turn(1), found, asker: Some(Box::new(somebody("erin"))) }
}

pub(crate) fn retrieved(passages: Vec<Source>) -> ConversationEvent {
    ConversationEvent::PassagesRetrieved {
        turn: turn(1),
        generation: generation(),
        passages,
        elsewhere: false,
    }
}

pub(crate) fn thinking() -> Vec<ConversationEvent> {
    begun().into_iter().chain([retrieved(vec![source()])]).collect()
}

pub(crate) fn model() -> ModelName {
    ModelName {
        backend: "embedded".to_owned(),
        model: "verbatim@1".to_owned(),
        settings: Digest::of(b"none"),
    }
}

pub(crate) fn spoken(text: &str) -> Spoken {
    Spoken {
        model: model(),
        text: text.to_owned(),
        claims: vec![],
        calls: vec![],
        prompt: Digest::of(b"all of it"),
        why: Ended::Said,
        usage: Usage { read: 100, written: 10, said: true },
        micros: 0,
        response: Some("r-1".to_owned()),
        notes: vec![],
        screened: None,
    }
}

pub(crate) fn take_step(spoken: Spoken) -> ConversationCommand {
    take(Said::Done(Box::new(spoken)), 1)
}

pub(crate) fn take(said: Said, step: u32) -> ConversationCommand {
    ConversationCommand::TakeStep {
        turn: turn(1),
        step: NonZeroU32::new(step).expect("steps are counted from one"),
        said: Box::new(said),
        passages: vec![held()],
        known: vec![],
        asker: Some(Box::new(somebody("erin"))),
    }
}

pub(crate) fn finished(text: &str) -> ConversationEvent {
    let Spoken { model, text, prompt, why, usage, micros, response, .. } = spoken(text);
    ConversationEvent::ModelStepFinished {
        turn: turn(1),
        step: NonZeroU32::MIN,
        model,
        text,
        prompt,
        why,
        usage,
        micros,
        response,
    }
}

pub(crate) fn failed_step(step: u32) -> ConversationEvent {
    ConversationEvent::ModelStepFailed {
        turn: turn(1),
        step: NonZeroU32::new(step).expect("steps are counted from one"),
        fault: ModelFaultKind::Overloaded { after: Some(std::time::Duration::from_secs(3)) },
        detail: "it answered 429".to_owned(),
    }
}

pub(crate) fn answer() -> Answer {
    super::cite::held("The VPN is closed on Sundays [1].", &[], &[held()])
}

pub(crate) fn answered() -> Vec<ConversationEvent> {
    let answered = ConversationEvent::TurnAnswered { turn: turn(1), answer: Box::new(answer()) };
    thinking().into_iter().chain([finished("The VPN is closed on Sundays [1]."), answered]).collect()
}

/// One event of each type, with all that may be left out.
pub(crate) fn every_event() -> Vec<ConversationEvent> {
    use ConversationEvent as E;
    let (turn, by) = (turn(1), somebody("erin").id);
    let again = Some(Again { turn: super::example::turn(0), why: WhyAgain::Regenerated });
    let offer = Offer::example("access write on infra");
    let whole = Answer {
        unsupported: vec![ByteRange { from: 3, to: 9 }],
        false_citations: 1,
        gone: vec![source().edition],
        offers: vec![offer.clone()],
        notes: vec!["Another model answered.".to_owned()],
        ..answer()
    };
    vec![
        E::ConversationOpened { place: Some(place()), agent: agent(), by: by.clone() },
        E::TurnAsked {
            turn,
            asked: Box::new(Asked { language: Some("en".to_owned()), again, ..asked("erin") }),
        },
        E::TurnScreened {
            turn,
            at: Crossing::Asked,
            policy: screening(Crossing::Asked, false).policy,
            found: screening(Crossing::Asked, false).found,
            masked: screening(Crossing::Asked, false).masked,
        },
        E::PassagesRetrieved { turn, generation: generation(), passages: vec![source()], elsewhere: true },
        finished("The VPN is closed on Sundays [1]."),
        failed_step(1),
        E::ToolProposed {
            turn,
            call: "c1".to_owned(),
            tool: "access".to_owned(),
            arguments: Digest::of(b"{}"),
            verdict: Verdict::Offered { offer },
        },
        E::TurnAnswered { turn, answer: Box::new(whole) },
        E::TurnStopped { turn, why: WhyStopped::Asked { by: by.clone() }, kept: "The VPN".to_owned() },
        E::TurnRefused {
            turn,
            at: Crossing::Answered,
            found: vec![FindingKind::DeniedTopic("law".to_owned())],
        },
        E::TurnFailed { turn, class: "overloaded".to_owned() },
        E::TurnRated { turn, by: by.clone(), good: false, reason: Some("too short".to_owned()) },
        E::TurnShared {
            turn,
            by: by.clone(),
            place: Some(Place::channel(SurfaceKind::Slack, "T1", "C1")),
            into: super::example::turn(8),
            audience: Audience::Everybody {},
        },
        E::ConversationHandedOver { by, turn, marker: super::example::turn(9), alone: false },
        E::ConversationTicketed { turn, number: 7 },
    ]
}

/// What events hold that the first ones of their types had no place for, by the names of their golden files.
pub(crate) fn events_since() -> Vec<(&'static str, ConversationEvent)> {
    let (by, turn, marker) = (somebody("erin").id, turn(1), turn(9));
    let alone = ConversationEvent::ConversationHandedOver { by, turn, marker, alone: true };
    vec![("conversation_handed_over.v1.alone", alone)]
}

/// Everything that is not done in one.
/// What it says no for since the first of them were written.
pub(crate) fn faults_since() -> Vec<Fault> {
    let zone = "Europe/Berlin".to_owned();
    vec![Fault::DayLimitReached { whose: Whose::Person, what: Limited::Turns, most: 50, zone }]
}

pub(crate) fn faults() -> Vec<Fault> {
    vec![
        Fault::LimitReached { whose: Whose::Person, what: Limited::Turns, most: 3, until: noon() },
        Fault::StillAnswering { asked: "when is the vpn closed?".to_owned() },
        Fault::QuestionTooLong { length: 4_001, max: 4_000 },
        Fault::UnknownTurn,
        Fault::TurnOver,
        Fault::TurnNotOver,
        Fault::NotYourTurn,
    ]
}
