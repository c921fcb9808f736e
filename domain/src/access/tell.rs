//! Who hears of an access request's events where people talk: whose cards are drawn anew, who is asked, who is told.

use serde::{Deserialize, Serialize};

use super::event::{AccessEvent, Proposal};
use super::{Access, Ending};
use crate::reaction::{Reaction, Wish};

/// What those whom a request concerns are told once, besides the card that always shows how it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum News {
    /// The permission was set, and read back.
    Granted,
    /// Somebody said no.
    Denied,
    /// Nobody answered in time.
    Lapsed,
    /// Somebody left on whom it stood.
    Closed,
    /// Something outside failed.
    Failed,
    /// It lasts longer.
    Extended,
    /// It ends soon.
    EndsSoon,
    /// It has ended.
    Ended,
    /// It was approved, and waits again because what it was decided on has changed.
    WaitsAgain,
}

/// What follows from `event`, which led to `state`, for those who talk to the bot.
pub fn tell(state: &Access, event: &AccessEvent) -> Vec<Reaction> {
    let Some(asked) = &state.asked else { return vec![] };
    let code = &asked.code;
    let mut reactions = Vec::new();
    if shows(event) {
        reactions.push(Reaction::new("mirror", Wish::Mirror { code: code.clone() }));
    }
    match event {
        AccessEvent::AccessWaiting { .. }
        | AccessEvent::AccessRechecked { .. }
        | AccessEvent::AccessEvidenceChanged { .. }
        | AccessEvent::AccessEscalated { .. }
        | AccessEvent::AccessAnnounced { .. } => {
            reactions.push(Reaction::new("announce", Wish::Announce { code: code.clone() }));
        }
        AccessEvent::AccessReminded { .. } => {
            reactions.push(Reaction::new("remind", Wish::Remind { code: code.clone() }));
        }
        _ => {}
    }
    if is_void(event) {
        // Whoever countersigned hears that it counts no more, and is asked again.
        reactions.push(Reaction::new("remind", Wish::Remind { code: code.clone() }));
    }
    if let Some(news) = news(state, event) {
        reactions.push(Reaction::new("notify", Wish::Notify { code: code.clone(), news }));
    }
    reactions
}

/// Whether a card looks different after it. What is followed by another event of the same decision is left out.
const fn shows(event: &AccessEvent) -> bool {
    !matches!(
        event,
        AccessEvent::AccessRequested { .. }
            | AccessEvent::AccessChecked { .. }
            | AccessEvent::AccessReminded { .. }
            | AccessEvent::AccessAnnounced { .. }
            | AccessEvent::AccessEndsSoon { .. }
    )
}

/// Whether somebody's countersignature counts no more.
const fn is_void(event: &AccessEvent) -> bool {
    matches!(event, AccessEvent::AccessEvidenceChanged { voided, .. } if !voided.is_empty())
}

fn news(state: &Access, event: &AccessEvent) -> Option<News> {
    Some(match event {
        AccessEvent::AccessWaiting { proposal: Proposal::Grant, .. } if !state.changed.is_empty() => {
            News::WaitsAgain
        }
        AccessEvent::AccessGranted { .. } => News::Granted,
        // What the checks say no to, the card says at once.
        AccessEvent::AccessDenied { by: Some(_), .. } => News::Denied,
        AccessEvent::AccessLapsed { proposal: Proposal::Grant | Proposal::Extension { .. } } => News::Lapsed,
        AccessEvent::AccessClosed { .. } => News::Closed,
        AccessEvent::AccessFailed { .. } => News::Failed,
        AccessEvent::AccessExtended { .. } => News::Extended,
        AccessEvent::AccessEndsSoon { .. } => News::EndsSoon,
        AccessEvent::AccessEnded { ending: Ending::GivenBack { .. }, .. } => return None,
        AccessEvent::AccessEnded { .. } => News::Ended,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::super::example::{active, ada, ending, erin, findings, granting, requested, terms, waiting};
    use super::super::{Difference, Permission};
    use super::*;
    use crate::testing::{given, noon};

    fn steps(history: &[AccessEvent]) -> Vec<&'static str> {
        let state = given::<Access>(history.to_vec());
        tell(state.state(), history.last().unwrap()).iter().map(|reaction| reaction.step).collect()
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
    fn who_gave_it_back_knows_and_who_lost_it_is_told() {
        let ended = |how: Ending| {
            let mut history = ending(how.clone());
            history.push(AccessEvent::AccessEnded { ending: how, left: Some(Permission::Read) });
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
        AccessEvent::AccessEvidenceChanged {
            findings: Box::new(findings()),
            differences: vec![what],
            voided: voided.iter().map(|person| person.id.clone()).collect(),
        }
    }

    #[test]
    fn those_who_were_asked_are_reminded_and_so_is_whose_countersignature_counts_no_more() {
        let then = |event| steps(&after(waiting(&terms()), event));
        assert_eq!(then(AccessEvent::AccessReminded { times: 1 }), ["remind"]);
        assert_eq!(then(AccessEvent::AccessAnnounced { by: erin().id }), ["announce"]);
        assert_eq!(then(AccessEvent::AccessEscalated { to: vec![] }), ["mirror", "announce"]);
        assert_eq!(then(changed(&[])), ["mirror", "announce"]);
        assert_eq!(then(changed(&[ada()])), ["mirror", "announce", "remind"]);
    }

    #[test]
    fn whom_it_concerns_is_told_what_happened() {
        let (proposal, until) = (Proposal::Grant, noon());
        let denied = |by| AccessEvent::AccessDenied { proposal, by, reason: None, violations: vec![] };
        let closed = AccessEvent::AccessClosed { proposal, who: erin().id, name: "Erin".to_owned() };
        let (phase, why) = (super::super::Phase::Granting, "403".to_owned());
        let open = || waiting(&terms());
        let again = open().pop().unwrap();
        for (history, told) in [
            (open(), None),
            (after(open(), denied(Some(ada().id))), Some(News::Denied)),
            (after(open(), denied(None)), None),
            (after(open(), AccessEvent::AccessLapsed { proposal }), Some(News::Lapsed)),
            (after(open(), closed), Some(News::Closed)),
            (
                after(granting(), AccessEvent::AccessFailed { phase, why, given_up: false }),
                Some(News::Failed),
            ),
            (after(after(granting(), changed(&[ada()])), again), Some(News::WaitsAgain)),
            (after(active(), AccessEvent::AccessExtended { by: vec![], until }), Some(News::Extended)),
            (after(active(), AccessEvent::AccessEndsSoon { until }), Some(News::EndsSoon)),
        ] {
            let state = given::<Access>(history.clone());
            let reactions = tell(state.state(), history.last().unwrap());
            let news = reactions.into_iter().find_map(|reaction| match reaction.wish {
                Wish::Notify { news, .. } => Some(news),
                _ => None,
            });
            assert_eq!(news, told, "{:?}", history.last());
        }
    }
}
