//! Samples that hold everything which the first ones of their types leave out.

use super::{ada, check_also, drift};
use crate::access::{
    AccessEvent, Asked, ComparisonEvent, Deviation, GrantEvent, How, Lowered, Permission, Phase, Proposal,
    Spot, Unended, WhyCompared,
};
use crate::capabilities::Drift;
use crate::denied::Violation;
use crate::duration::End;
use crate::request::{Assurance, Code, Origin};
use crate::testing::noon;
use jiff::ToSpan;
use uuid::Uuid;

/// Each under a name of its own.
pub(super) fn check() {
    check_also("access_compared.v1.whole", compared());
    for (name, event) in access() {
        check_also(name, event);
    }
}

fn access() -> Vec<(&'static str, AccessEvent)> {
    use AccessEvent as E;
    let proposal = Proposal::Grant;
    let violations = vec![Violation::ForbiddenByRule { policies: vec!["never".to_owned()], messages: vec![] }];
    let until: End = (noon() + 48.hours()).to_string().parse().unwrap();
    let asked = Asked {
        until: Some(until),
        origin: Origin::EditedTicket,
        written: Some(noon()),
        ..crate::access::example::asked()
    };
    vec![
        ("access_requested.v1.whole", E::Requested { asked: Box::new(asked) }),
        ("access_denied.v1.by_rules", E::Denied { proposal, by: None, reason: None, violations, rules: Some(2) }),
        (
            "access_failed.v1.given_up",
            E::Failed { phase: Phase::Ending, why: "never mind".to_owned(), given_up: true },
        ),
        (
            "access_superseded.v1.asks_nothing",
            E::Superseded { proposal, ticket: "OPS-17".to_owned(), asks_nothing: true },
        ),
        (
            "access_countersigned.v1.in_a_place",
            E::Countersigned {
                by: ada(),
                receipt: crate::envelope::Digest::of(b"what was shown"),
                assurance: Assurance::Confirmed,
                stands_in_for: Some("bob".parse().unwrap()),
            },
        ),
        (
            "access_extended.v1.because",
            E::Own(GrantEvent::Extended {
                by: vec![],
                until: noon(),
                why: Some("the rollout slipped".to_owned()),
            }),
        ),
        (
            "access_granted.v1.by_hand",
            E::Own(GrantEvent::Granted {
                permission: Permission::Write,
                holds: None,
                before: None,
                until: noon(),
                by_hand: true,
            }),
        ),
        (
            "access_ended.v1.by_hand",
            E::Own(GrantEvent::Ended {
                ending: crate::access::Ending::Expired,
                left: Some(Permission::Read),
                by_hand: true,
            }),
        ),
    ]
}

fn compared() -> ComparisonEvent {
    let Drift::Access(found) = drift();
    let code = Code::candidate(Uuid::from_u128(1), 0);
    let how = How::NotEnded {
        code,
        ended: noon(),
        left: Some(Permission::Read),
        again: true,
        unended: Some(Unended::Gone),
        read_back: true,
    };
    let holder = Some("erin".parse().unwrap());
    let lowered = Lowered {
        account: "acc-erin".to_owned(),
        name: "Erin".to_owned(),
        holder: holder.clone(),
        repository: "infra".to_owned(),
        repository_id: Some("{1}".to_owned()),
        adopted: Permission::Write,
        present: Some(Permission::Read),
        as_of: Some(41),
    };
    ComparisonEvent::AccessCompared {
        why: WhyCompared::Asked { by: ada() },
        repositories: 2,
        accounts: 3,
        unread: [("web".to_owned(), "it answered 500".to_owned())].into(),
        unseen: ["{2}".to_owned()].into(),
        found: vec![Deviation { holder, wanted: Some(Permission::Read), how, put_back: Some(noon()), ..found }],
        gone: vec![Spot { repository: "{1}".to_owned(), account: "acc-eve".to_owned() }],
        lowered: vec![lowered],
        goes_on: true,
    }
}
