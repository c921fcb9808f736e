//! Who hears of what, by the example of access.

use crate::access::example::{
    active, ada, ending, erin, findings, granting, requested, signed, terms, two, waiting,
};
use crate::access::{
    AccessEvent, AccessRequest, Asked, Difference, Ending, GrantEvent, GrantNews, News, Permission, Phase,
    Proposal,
};
use crate::request::{Origin, Telling, tell};
use crate::rules::Terms;
use crate::testing::{given, noon};

fn steps(history: &[AccessEvent]) -> Vec<&'static str> {
    let state = given::<AccessRequest>(history.to_vec());
    let word = |telling| match telling {
        Telling::Mirror => "mirror",
        Telling::Announce => "announce",
        Telling::Remind => "remind",
        Telling::Notify(_) => "notify",
        Telling::NotifyOthers(_) => "notify others",
    };
    tell(state.state(), history.last().unwrap()).into_iter().map(word).collect()
}

#[test]
fn nobody_hears_of_a_request_before_the_checks_have_spoken() {
    assert_eq!(steps(&requested()), [""; 0]);
}

#[test]
fn those_who_may_countersign_are_asked_when_it_waits() {
    assert_eq!(steps(&waiting(&terms())), ["mirror", "announce"]);
}

#[test]
fn every_card_changes_with_the_decision_and_who_asked_is_told_of_the_grant_only_when_it_was_read_back() {
    assert_eq!(steps(&granting()), ["mirror"]);
    assert_eq!(steps(&active()), ["mirror", "notify"]);
}

#[test]
fn trust_c8_what_is_granted_at_once_is_told_in_the_answer_and_to_others_only() {
    let alone = |seconds: i64, origin: Origin| {
        let history: Vec<_> = active()
            .into_iter()
            .filter(|event| !matches!(event, AccessEvent::Waiting { .. } | AccessEvent::Countersigned { .. }))
            .map(|event| match event {
                AccessEvent::Requested { asked } => {
                    let at = noon() - jiff::SignedDuration::from_secs(seconds);
                    AccessEvent::Requested { asked: Box::new(Asked { at, origin, ..*asked }) }
                }
                other => other,
            })
            .collect();
        steps(&history)
    };
    assert_eq!(alone(2, Origin::Chat), ["mirror", "notify others"]);
    assert_eq!(alone(60, Origin::Chat), ["mirror", "notify"], "nobody looks at the answer so long");
    assert_eq!(alone(2, Origin::Ticket), ["mirror", "notify"]);
}

#[test]
fn who_gave_it_back_knows_and_who_lost_it_is_told() {
    let ended = |how: Ending| {
        let mut history = ending(how.clone());
        history.push(AccessEvent::Own(GrantEvent::Ended {
            ending: how,
            left: Some(Permission::Read),
            by_hand: false,
        }));
        steps(&history)
    };
    assert_eq!(ended(Ending::GivenBack { by: ada().id }), ["mirror"]);
    assert_eq!(ended(Ending::Expired), ["mirror", "notify"]);
}

fn after(mut history: Vec<AccessEvent>, event: AccessEvent) -> Vec<AccessEvent> {
    history.push(event);
    history
}

fn changed(voided: &[crate::tenant::Person]) -> AccessEvent {
    let what = Difference::TicketGone { ticket: "OPS-17".to_owned() };
    AccessEvent::EvidenceChanged {
        findings: Box::new(findings()),
        differences: vec![what],
        voided: voided.iter().map(|person| person.id.clone()).collect(),
    }
}

#[test]
fn those_who_were_asked_are_reminded_and_so_is_whose_countersignature_counts_no_more() {
    let then = |event| steps(&after(waiting(&terms()), event));
    assert_eq!(then(AccessEvent::Reminded { times: 1 }), ["remind"]);
    assert_eq!(then(AccessEvent::Announced { by: erin().id }), ["announce"]);
    assert_eq!(then(AccessEvent::Escalated { to: vec![] }), ["mirror", "announce"]);
    assert_eq!(then(changed(&[])), ["mirror", "announce"]);
    assert_eq!(then(changed(&[ada()])), ["mirror", "announce", "remind"]);
    let soon = AccessEvent::Own(GrantEvent::EndsSoon { until: noon() });
    assert_eq!(steps(&after(active(), soon)), ["notify"], "the card told the end all along");
}

#[test]
fn who_lost_a_countersignature_is_reminded_once_and_not_with_every_change_after_it() {
    let receipt = given::<AccessRequest>(waiting(&two())).state().receipt().unwrap();
    let rechecked = |version| AccessEvent::Rechecked { terms: Box::new(Terms { version, ..terms() }) };
    let history = after(waiting(&two()), signed(&ada(), receipt));
    let lost = after(history.clone(), rechecked(2));
    assert_eq!(steps(&lost), ["mirror", "announce", "remind"]);
    assert_eq!(steps(&after(lost, rechecked(3))), ["mirror", "announce"], "it was lost before");
    // What is otherwise, and what the rules say of that, are one thing to hear of.
    let lost = after(history, changed(&[ada()]));
    assert_eq!(steps(&lost), ["mirror", "announce", "remind"]);
    assert_eq!(steps(&after(lost, rechecked(2))), ["mirror", "announce"]);
}

#[test]
fn whom_it_concerns_is_told_what_happened() {
    let (proposal, until) = (Proposal::Grant, noon());
    let denied = |by| AccessEvent::Denied { proposal, by, reason: None, violations: vec![], rules: None };
    let closed = AccessEvent::Closed { proposal, who: erin().id, name: "Erin".to_owned() };
    let (phase, why) = (Phase::Granting, "403".to_owned());
    let open = || waiting(&terms());
    let again = open().pop().unwrap();
    for (history, told) in [
        (open(), None),
        (after(open(), denied(Some(ada().id))), Some(News::Denied)),
        (after(open(), denied(None)), None),
        (after(open(), AccessEvent::Lapsed { proposal }), Some(News::Lapsed)),
        (after(open(), closed), Some(News::Closed)),
        (after(granting(), AccessEvent::Failed { phase, why, given_up: false }), Some(News::Failed)),
        (after(after(granting(), changed(&[ada()])), again), Some(News::WaitsAgain)),
        (
            after(active(), AccessEvent::Own(GrantEvent::Extended { by: vec![], until, why: None })),
            Some(News::Own(GrantNews::Extended)),
        ),
        (
            after(granting(), AccessEvent::Own(GrantEvent::Invited { permission: Permission::Write, until })),
            Some(News::Own(GrantNews::Invited)),
        ),
        (
            after(active(), AccessEvent::Own(GrantEvent::EndsSoon { until })),
            Some(News::Own(GrantNews::EndsSoon)),
        ),
    ] {
        let state = given::<AccessRequest>(history.clone());
        let telling = tell(state.state(), history.last().unwrap());
        let news = telling.into_iter().find_map(|telling| match telling {
            Telling::Notify(news) => Some(news),
            _ => None,
        });
        assert_eq!(news, told, "{:?}", history.last());
    }
}
