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

/// What an event of an effect means for alarms: an ending that is parked is one.
pub fn of_effect(event: &EffectEvent) -> Option<Reaction> {
    let EffectEvent::EffectParked { effect, why, .. } = event else { return None };
    let Effect::SetPermission { code, task, .. } = effect else { return None };
    let ends = matches!(task, PermissionTask::End | PermissionTask::EndAgain { .. });
    let raise = || Wish::RaiseAlarm { about: About::Ending { code: code.clone() }, why: why.clone() };
    ends.then(|| Reaction::new("alarm", raise()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::Permission;
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
}
