//! What raises an alarm, what ends it, and who is told.

use super::{About, AlarmEvent};
use crate::access::{AccessEvent, AccessRequest, GrantEvent};
use crate::effect::{Effect, EffectEvent, PermissionTask};
use crate::reaction::{Reaction, Wish};

/// What follows from an alarm: the administrators are told.
pub fn react(event: &AlarmEvent) -> Vec<Reaction> {
    vec![Reaction::new("warn", Wish::Warn(Box::new(event.clone())))]
}

/// What an event of a request means for alarms: that its access has ended, and was read back, ends the one about that.
pub fn of_access(state: &AccessRequest, event: &AccessEvent) -> Option<Reaction> {
    let AccessEvent::Own(GrantEvent::Ended { .. }) = event else { return None };
    let about = About::Ending { code: state.asked.as_ref()?.code.clone() };
    Some(Reaction::new("alarm_over", Wish::EndAlarm { about }))
}

/// What an event of an effect means for alarms: an ending that is parked is one, and so is a ticket that the tracker does not let
/// go where it belongs, until it went there or an operator has said what shall be.
pub fn of_effect(event: &EffectEvent) -> Option<Reaction> {
    match event {
        EffectEvent::EffectParked { effect, why, rejected, .. } => {
            let about = ending(effect).or_else(|| moving(effect).filter(|_| *rejected))?;
            Some(Reaction::new("alarm", Wish::RaiseAlarm { about, why: why.clone() }))
        }
        EffectEvent::EffectSucceeded { effect, .. } | EffectEvent::EffectResolved { effect, .. } => {
            Some(Reaction::new("alarm_over", Wish::EndAlarm { about: moving(effect)? }))
        }
        _ => None,
    }
}

/// What it is about that an access could not be taken back.
fn ending(effect: &Effect) -> Option<About> {
    let Effect::SetPermission { code, task, .. } = effect else { return None };
    let ends = matches!(task, PermissionTask::End | PermissionTask::EndAgain { .. });
    ends.then(|| About::Ending { code: code.clone() })
}

/// What it is about that a ticket could not be moved: its project has one workflow, or few, and it is mended there.
pub fn moving(effect: &Effect) -> Option<About> {
    let Effect::MoveTicket { ticket, to, .. } = effect else { return None };
    let project = ticket.rsplit_once('-').map_or(ticket.as_str(), |(project, _)| project);
    Some(About::Move { project: project.to_owned(), to: *to })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::Permission;
    use crate::effect::{Outcome, Resolution};
    use crate::ports::TicketMove;
    use crate::request::Code;
    use uuid::Uuid;

    fn parked(task: PermissionTask) -> EffectEvent {
        let code = Code::candidate(Uuid::from_u128(1), 0);
        let (account, repository) = ("acc".to_owned(), "infra".to_owned());
        let effect = Effect::SetPermission { code, account, repository, repository_id: None, task };
        EffectEvent::EffectParked { effect, why: "400".to_owned(), rejected: true, told: None }
    }

    #[test]
    fn trust_a7_an_ending_that_is_parked_is_an_alarm_and_a_grant_that_is_parked_is_none() {
        let left = Some(Permission::Read);
        for ending in [PermissionTask::End, PermissionTask::EndAgain { left }] {
            let raised = of_effect(&parked(ending)).map(|reaction| reaction.wish);
            assert!(matches!(raised, Some(Wish::RaiseAlarm { about: About::Ending { .. }, .. })));
        }
        assert_eq!(of_effect(&parked(PermissionTask::Grant { permission: Permission::Write })), None);
    }

    #[test]
    fn trust_d3_a_move_that_the_tracker_refuses_is_one_alarm_a_project_until_it_is_done_or_resolved() {
        let code = || Code::candidate(Uuid::from_u128(1), 0);
        let effect = |ticket: &str| {
            let ticket = ticket.to_owned();
            Effect::MoveTicket { code: code(), ticket, to: TicketMove::Granted }
        };
        let about = About::Move { project: "OPS".to_owned(), to: TicketMove::Granted };
        let why = || "no way".to_owned();
        let parked = |ticket, rejected| {
            let event =
                EffectEvent::EffectParked { effect: effect(ticket), why: why(), rejected, told: None };
            of_effect(&event).map(|reaction| reaction.wish)
        };
        let raised = Wish::RaiseAlarm { about: about.clone(), why: why() };
        assert_eq!((parked("OPS-1", true), parked("OPS-2", true)), (Some(raised.clone()), Some(raised)));
        assert_eq!(
            parked("OPS-1", false),
            None,
            "that the tracker was away is none of the workflow's faults"
        );
        let outcome = Outcome::Moved { from: "To Do".to_owned(), to: Some("Done".to_owned()) };
        let (by, resolution) = ("ada".parse().unwrap(), Resolution::Abandoned);
        for over in [
            EffectEvent::EffectSucceeded { effect: effect("OPS-1"), outcome },
            EffectEvent::EffectResolved { effect: effect("OPS-1"), by, resolution, note: None, before: None },
        ] {
            let wish = of_effect(&over).map(|reaction| reaction.wish);
            assert_eq!(wish, Some(Wish::EndAlarm { about: about.clone() }));
        }
    }
}
