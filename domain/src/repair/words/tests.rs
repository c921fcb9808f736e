//! What is said of plans, sentence by sentence.

use super::super::example::{Event, admin, approved, deviation, found, item, plan, terms, waiting};
use super::super::{Phase, Proposal};
use super::*;
use crate::access::Deviation;
use crate::access::Permission::{Admin, Write};
use crate::access::example::{ada, bob};
use crate::denied::Violation;
use crate::envelope::Digest;
use crate::request::{Assurance, WAIT_MINUTES, later};
use crate::testing::noon;

fn name(id: &PrincipalId) -> String {
    id.to_string()
}

fn eve() -> Deviation {
    deviation("eve", Some(Write))
}

fn mallory() -> Deviation {
    deviation("mallory", Some(Admin))
}

#[test]
fn a_plan_is_summed_up_in_a_line() {
    let one = Plan { items: vec![item(eve(), Remedy::Adopt)], ..plan() };
    assert_eq!(summary(&one), "adopt 1 difference on infra");
    assert_eq!(nothing_differs(), "It is as the log wants it by now: nothing would be done.");
}

#[test]
fn what_is_otherwise_is_told_with_what_it_was() {
    let changed_to = |shown, found| {
        let place = eve().place();
        changed(&[Changed { place, title: eve().title(), shown, found }])
    };
    assert_eq!(changed_to(Some(eve()), Some(mallory())), "eve on infra is admin now (write before)");
    assert_eq!(changed_to(Some(eve()), None), "eve on infra is as the log wants it now (write before)");
    assert_eq!(changed_to(None, Some(eve())), "eve on infra is write now (nothing different before)");
}

#[test]
fn what_became_of_an_item_is_a_sentence() {
    let by = vec![ada().id];
    let at = instant(noon());
    for (event, said) in [
        (
            RepairEvent::Adopted { item: 1, drift: mallory(), seen: Some(noon()), by },
            format!("mallory on infra: the log takes over admin, seen since {at}. Countersigned by ada."),
        ),
        (
            RepairEvent::Adopted { item: 1, drift: mallory(), seen: None, by: vec![] },
            "mallory on infra: the log takes over admin.".to_owned(),
        ),
        (
            RepairEvent::Reverted { item: 0, drift: eve(), by_hand: false },
            "eve on infra: set back from write to nothing, and read back.".to_owned(),
        ),
        (
            RepairEvent::Reverted { item: 0, drift: eve(), by_hand: true },
            "eve on infra: set back from write to nothing, by hand, as an operator said.".to_owned(),
        ),
        (
            RepairEvent::Ignored { item: 2, drift: eve(), until: noon(), by: vec![] },
            format!("eve on infra: write is ignored until {at}."),
        ),
        (
            RepairEvent::Otherwise { item: 0, drift: eve(), found: None },
            "eve on infra: nothing was done, it is as the log wants it by now.".to_owned(),
        ),
        (
            RepairEvent::LeftUndone { item: 0, drift: eve(), why: "too late".to_owned() },
            "eve on infra: nothing was done; it was given up: too late.".to_owned(),
        ),
        (
            RepairEvent::LeftUndone { item: 0, drift: eve(), why: String::new() },
            "eve on infra: nothing was done; it was given up.".to_owned(),
        ),
        (
            RepairEvent::HolderLeft { item: 0, drift: eve(), name: "Eve".to_owned() },
            "eve on infra: nothing was done; Eve does not belong here any more.".to_owned(),
        ),
        (RepairEvent::Finished {}, "Every item of the plan is seen to.".to_owned()),
        (
            RepairEvent::CalledOff { who: ada().id, name: "Ada".to_owned() },
            "Nothing of it is done: Ada, who countersigned it, has left or may not do so any more."
                .to_owned(),
        ),
    ] {
        assert_eq!(happened(&event, &name), said);
        assert_eq!(told(&Event::Own(event), &name), said);
    }
}

/// Whatever can happen to a plan until it is carried out.
fn until_it_is_approved() -> Vec<(Event, String)> {
    let (by, proposal, bob_says) = (ada().id, Proposal::Repair, Some(bob().id));
    let difference = Changed { place: eve().place(), title: eve().title(), shown: Some(eve()), found: None };
    let (findings, voided) = (Box::new(found()), vec![by.clone()]);
    let [asked, checked, waits]: [Event; 3] = waiting().try_into().expect("three events");
    let due = instant(later(noon(), WAIT_MINUTES));
    let denied = |by, reason: Option<&str>, violations| Event::Denied {
        proposal,
        by,
        reason: reason.map(str::to_owned),
        violations,
        rules: None,
    };
    let failed = |given_up| Event::Failed { phase: Phase::Repairing, why: "it says no".to_owned(), given_up };
    let told = |event, said: &str| (event, said.to_owned());
    vec![
        told(asked, "grace proposed to set back 1, adopt 1 and ignore 1 differences on infra."),
        told(checked, "What is held was looked at, and the rules were asked."),
        told(
            Event::Rechecked { terms: Box::new(terms()) },
            "The rules changed to version 1: it has to be countersigned anew.",
        ),
        told(
            Event::EvidenceChanged { findings, differences: vec![difference], voided },
            "Since it was shown, eve on infra is as the log wants it now (write before): it has to be countersigned anew.",
        ),
        (waits, format!("The repair waits, until {due}.")),
        told(
            Event::Escalated { to: vec!["role:admin".to_owned()] },
            "Nobody answered for long: role:admin are asked too.",
        ),
        told(
            Event::Countersigned {
                by: by.clone(),
                receipt: Digest::of(b"shown"),
                assurance: Assurance::Said,
                stands_in_for: None,
            },
            "ada countersigned it.",
        ),
        told(Event::CountersignatureTakenBack { by: by.clone() }, "ada took the countersignature back."),
        told(Event::CountersignatureVoided { by: by.clone() }, "The countersignature of ada counts no more."),
        told(
            Event::Closed { proposal, who: by.clone(), name: "Ada".to_owned() },
            "Ada does not belong here any more, so the repair was closed.",
        ),
        told(
            Event::Superseded { proposal, ticket: "OPS-17".to_owned(), asks_nothing: false },
            "OPS-17 was edited, and asks for something else now.",
        ),
        told(Event::Reminded { times: 1 }, "Those who were asked are reminded."),
        told(Event::Announced { by: admin("grace").id }, "grace wants everybody to be asked."),
        told(approved().pop().expect("it is approved"), "Approved. Countersigned by ada."),
        told(
            Event::Approved { by: vec![], fixed: crate::request::Nothing {} },
            "The rules ask nobody: it is carried out.",
        ),
        told(denied(bob_says.clone(), None, vec![]), "bob denied the repair."),
        told(denied(bob_says, Some("not now"), vec![]), "bob denied the repair: “not now”."),
        told(
            denied(None, None, vec![Violation::from(Fault::NothingDiffers)]),
            "Denied by the checks: Nothing of this is different any more: it is as the log wants it. Say “compare access” to see what is.",
        ),
        told(Event::Withdrawn { proposal, by }, "ada withdrew the repair."),
        told(Event::Lapsed { proposal }, "Nobody answered in time, so the repair lapsed."),
        told(
            Event::Delayed { vendor: "bitbucket".to_owned() },
            "Bitbucket lets nobody in: it waits, and goes on by itself.",
        ),
        told(failed(true), "It was given up: “it says no”"),
        told(failed(false), "It failed: it says no"),
        told(
            Event::Vouched { phase: Phase::Repairing, note: String::new() },
            "An administrator says that putting it right was done by hand. I cannot look at it at the moment, and look again by myself until I have read that back.",
        ),
    ]
}

#[test]
fn what_has_happened_to_a_plan_is_a_sentence() {
    for (event, said) in until_it_is_approved() {
        assert_eq!(told(&event, &name), said);
    }
}
