//! What follows from an access request's events: look-ups, permissions, and the ticket's comments and moves.

use jiff::Timestamp;

use super::event::{AccessEvent, GrantEvent, Proposal};
use super::fault::is_unread;
use super::state::AccessRequest;
use super::{Asked, Effect, Errand, FollowUp, PermissionTask, Phase, Status, words};
use crate::alarm::About;
use crate::names::PrincipalId;
use crate::ports::TicketMove;
use crate::reaction::{Reaction, Then};
use crate::request::Origin;
use crate::ticket;

/// What follows from `event`, which led to `state` at `at`. On tickets people are called by the `name` they have here.
pub fn react<E: From<Effect> + From<ticket::Effect>, F: From<FollowUp>>(
    state: &AccessRequest,
    event: &AccessEvent,
    at: Timestamp,
    name: &dyn Fn(&PrincipalId) -> String,
) -> Vec<Reaction<E, F>> {
    let Some(asked) = &state.asked else { return vec![] };
    let performed = |(step, effect): (_, Effect)| Reaction::new(step, Then::Perform(effect.into()));
    let mut reactions: Vec<_> = outside(state, asked, event).map(performed).into_iter().collect();
    // What the checks refuse of a sentence is told to who said it; the ticket that was named may be anybody's. What has waited
    // was told there already.
    let is_refused = matches!((event, asked.origin), (AccessEvent::Denied { by: None, .. }, Origin::Chat));
    let is_news = !is_refused || state.has_waited;
    if let Some(ticket) = ticket(state).filter(|_| is_news) {
        let (code, ticket) = (|| asked.code.clone(), || ticket.to_owned());
        let moved = moved(event).filter(|_| state.ticket_is_the_request());
        let moved = moved.map(|to| ticket::Effect::MoveTicket { code: code(), ticket: ticket(), to });
        let told = words::ticket_news(state, event, at, name).map(|paragraphs| ticket::Effect::Comment {
            code: Some(code()),
            ticket: ticket(),
            paragraphs,
        });
        let on_it = [("move_ticket", moved), ("comment", told)];
        let perform = |(step, effect): (_, Option<ticket::Effect>)| {
            Some(Reaction::new(step, Then::Perform(effect?.into())))
        };
        reactions.extend(on_it.into_iter().filter_map(perform));
    }
    reactions.extend(alarm_over(asked, event));
    if concerns_others(event) && state.has_waited_or_was_granted() {
        let beside = FollowUp::Own(Errand::Beside(asked.code.clone()));
        reactions.push(Reaction::new(BESIDE, Then::FollowUp(beside.into())));
    }
    reactions
}

/// The reaction that what else waits beside it is looked at again.
const BESIDE: &str = "beside";

/// Whether what else waits for the same person on the same repository stands otherwise after it: there is one more beside it, or
/// one less, or something else is held.
const fn concerns_others(event: &AccessEvent) -> bool {
    matches!(
        event,
        AccessEvent::Waiting { proposal: Proposal::Grant, .. }
            | AccessEvent::Denied { proposal: Proposal::Grant, .. }
            | AccessEvent::Withdrawn { proposal: Proposal::Grant, .. }
            | AccessEvent::Superseded { proposal: Proposal::Grant, .. }
            | AccessEvent::Closed { proposal: Proposal::Grant, .. }
            | AccessEvent::Lapsed { proposal: Proposal::Grant }
            | AccessEvent::Approved { .. }
            | AccessEvent::Failed { phase: Phase::Granting, .. }
            | AccessEvent::Own(GrantEvent::Granted { .. } | GrantEvent::Ended { .. })
    )
}

/// That an access has ended, and was read back, ends the alarm about its end.
fn alarm_over<E, F>(asked: &Asked, event: &AccessEvent) -> Option<Reaction<E, F>> {
    let AccessEvent::Own(GrantEvent::Ended { .. }) = event else { return None };
    let about = About::Ending { code: asked.code.clone() };
    Some(Reaction::new("alarm_over", Then::EndAlarm { about }))
}

/// What must be done at the forge, or looked up.
fn outside(state: &AccessRequest, asked: &Asked, event: &AccessEvent) -> Option<(&'static str, Effect)> {
    let code = asked.code.clone();
    let account = state.account()?.to_owned();
    Some(match event {
        AccessEvent::Requested { asked } => (
            "look_up",
            Effect::LookUp {
                code,
                account,
                repository: asked.repository.clone(),
                ticket: asked.ticket.clone(),
            },
        ),
        AccessEvent::Approved { .. } => {
            let permission = asked.permission?;
            ("grant", set_permission(state, asked, account, PermissionTask::Grant { permission })?)
        }
        AccessEvent::Own(GrantEvent::Ending { .. }) => {
            ("end", set_permission(state, asked, account, PermissionTask::End)?)
        }
        _ => return None,
    })
}

fn set_permission(
    state: &AccessRequest,
    asked: &Asked,
    account: String,
    task: PermissionTask,
) -> Option<Effect> {
    let (code, repository) = (asked.code.clone(), asked.repository.clone()?);
    let repository_id = state.repository_id().map(str::to_owned);
    Some(Effect::SetPermission { code, account, repository, repository_id, task })
}

/// The ticket to keep informed: the one that the tracker has said exists, and whoever asked can see. Where looking failed
/// for good, or it was over before that, nobody knows, and whoever wrote the ticket that asks must hear of it. A ticket that
/// somebody only named may be anybody's, or none.
fn ticket(state: &AccessRequest) -> Option<&str> {
    let asked = state.asked.as_ref()?;
    match &state.findings {
        Some(findings) => findings.ticket.as_ref().map(|ticket| ticket.key.as_str()),
        None if state.status() != Status::Checking && asked.origin != Origin::Chat => asked.ticket.as_deref(),
        None => None,
    }
}

impl AccessRequest {
    /// Whether others could hear of it, so that something may wait beside it.
    const fn has_waited_or_was_granted(&self) -> bool {
        self.has_waited || self.own.grant.is_some()
    }

    /// Whether the ticket is the request, and moves with it. Any other ticket is somebody's work, which goes its own way.
    pub fn ticket_is_the_request(&self) -> bool {
        let named = self.findings.as_ref().and_then(|findings| findings.ticket.as_ref());
        let asked_there = self.asked.as_ref().is_some_and(|asked| asked.origin == Origin::Ticket);
        asked_there || named.is_some_and(|ticket| ticket.is_request)
    }
}

/// Where the ticket moves. Never backwards: started, then done one way or the other. What could only not be read or found is not
/// declined: it is mended, and then the ticket is the request.
fn moved(event: &AccessEvent) -> Option<TicketMove> {
    match event {
        AccessEvent::Denied { by: None, violations, .. } if violations.iter().any(is_unread) => None,
        AccessEvent::Waiting { proposal: Proposal::Grant, .. } => Some(TicketMove::Started),
        AccessEvent::Own(GrantEvent::Granted { .. }) => Some(TicketMove::Granted),
        AccessEvent::Denied { proposal: Proposal::Grant, .. }
        | AccessEvent::Withdrawn { proposal: Proposal::Grant, .. }
        | AccessEvent::Closed { proposal: Proposal::Grant, .. }
        | AccessEvent::Lapsed { proposal: Proposal::Grant } => Some(TicketMove::Declined),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::example::{active, ending, granting, requested, terms, waiting};
    use super::super::{Ending, Fault, Permission};
    use super::*;
    use crate::capabilities;
    use crate::denied::Violation;
    use crate::ports::Ticket;
    use crate::testing::{given, noon};

    /// What follows from the last event of a history, but for what else waits beside it.
    fn after(history: &[AccessEvent]) -> Vec<(&'static str, capabilities::Then)> {
        let state = given::<AccessRequest>(history.to_vec());
        let name = |id: &PrincipalId| if id.as_str() == "ada" { "Ada".to_owned() } else { id.to_string() };
        let reactions = react(state.state(), history.last().unwrap(), noon(), &name);
        let own = reactions.into_iter().filter(|reaction| reaction.step != BESIDE);
        own.map(|reaction| (reaction.step, reaction.then)).collect()
    }

    #[test]
    fn trust_a5_what_waits_beside_it_is_looked_at_again_when_it_begins_and_when_it_is_over() {
        let is_looked_at = |history: &[AccessEvent]| {
            let state = given::<AccessRequest>(history.to_vec());
            let reactions: Vec<capabilities::Reaction> =
                react(state.state(), history.last().unwrap(), noon(), &ToString::to_string);
            let beside = FollowUp::Own(Errand::Beside(super::super::example::asked().code));
            reactions.contains(&Reaction::new(BESIDE, Then::FollowUp(beside.into())))
        };
        let erin = super::super::example::erin().id;
        let withdrawn = AccessEvent::Withdrawn { proposal: Proposal::Grant, by: erin };
        let ended = GrantEvent::Ended { ending: Ending::Expired, left: None, by_hand: false };
        let ended = [ending(Ending::Expired), vec![ended.into()]].concat();
        let failed = |phase| AccessEvent::Failed { phase, why: "it says no".to_owned(), given_up: false };
        let of_granting = [granting(), vec![failed(Phase::Granting)]].concat();
        let over = [waiting(&terms()), vec![withdrawn.clone()]].concat();
        for changes in [waiting(&terms()), granting(), of_granting, active(), ended, over] {
            assert!(is_looked_at(&changes), "{changes:#?}");
        }
        let of_checking = [requested(), vec![failed(Phase::Checking)]].concat();
        for not in [requested(), of_checking, [requested(), vec![withdrawn]].concat()] {
            assert!(!is_looked_at(&not), "{not:#?}");
        }
    }

    fn steps(history: &[AccessEvent]) -> Vec<&'static str> {
        after(history).into_iter().map(|(step, _)| step).collect()
    }

    fn comment(history: &[AccessEvent]) -> String {
        let comment = |then| match then {
            Then::Perform(capabilities::Effect::Ticket(ticket::Effect::Comment { paragraphs, .. })) => {
                Some(paragraphs.join("\n"))
            }
            _ => None,
        };
        after(history).into_iter().find_map(|(_, then)| comment(then)).unwrap()
    }

    #[test]
    fn a_request_is_looked_up_before_anything_else() {
        assert_eq!(steps(&requested()), ["look_up"]);
    }

    #[test]
    fn the_ticket_hears_who_is_asked() {
        assert_eq!(steps(&waiting(&terms())), ["comment"]);
        insta::assert_snapshot!(comment(&waiting(&terms())), @r"
        write on payments-api for Erin: waiting for one countersignature, until 2026-03-04 12:00 UTC.
        Who may countersign: the group approvers. Request T9X6GW.
        ");
    }

    /// The history as it is where the ticket is what `change` makes of it.
    fn with(mut history: Vec<AccessEvent>, change: impl Fn(&mut Asked, &mut Ticket)) -> Vec<AccessEvent> {
        let mut changed = super::super::example::asked();
        if let AccessEvent::Checked { findings, .. } = &mut history[1] {
            change(&mut changed, findings.ticket.as_mut().unwrap());
        }
        history[0] = AccessEvent::Requested { asked: Box::new(changed) };
        history
    }

    #[test]
    fn trust_a9_only_a_ticket_that_is_the_request_moves() {
        let denied = AccessEvent::Withdrawn { proposal: Proposal::Grant, by: "erin".parse().unwrap() };
        let withdrawn = [waiting(&terms()), vec![denied]].concat();
        for history in [waiting(&terms()), active(), withdrawn] {
            let of = |origin, is_request| {
                steps(&with(history.clone(), |asked, ticket| {
                    (asked.origin, ticket.is_request) = (origin, is_request);
                }))
            };
            assert_eq!(of(Origin::Chat, false), ["comment"]);
            assert_eq!(of(Origin::EditedTicket, false), ["comment"], "it may be somebody's work");
            for (origin, is_request) in
                [(Origin::Ticket, false), (Origin::Chat, true), (Origin::EditedTicket, true)]
            {
                assert_eq!(of(origin, is_request), ["move_ticket", "comment"], "{origin:?}");
            }
        }
    }

    #[test]
    fn trust_a9_a_ticket_that_could_not_be_looked_up_hears_of_it_only_where_it_asks_itself() {
        let failed = AccessEvent::Failed {
            phase: super::super::Phase::Checking,
            why: "no".to_owned(),
            given_up: false,
        };
        let of = |origin| {
            let asked = Box::new(Asked { origin, ..super::super::example::asked() });
            steps(&[AccessEvent::Requested { asked }, failed.clone()])
        };
        assert_eq!(of(Origin::Chat), [""; 0]);
        assert_eq!(of(Origin::Ticket), ["comment"]);
        assert_eq!(of(Origin::EditedTicket), ["comment"]);
    }

    #[test]
    fn trust_a9_a_ticket_whose_request_is_over_before_it_was_looked_up_is_moved_and_told() {
        let erin = super::super::example::erin();
        let withdrawn = AccessEvent::Withdrawn { proposal: Proposal::Grant, by: erin.id.clone() };
        let left = AccessEvent::Closed { proposal: Proposal::Grant, who: erin.id, name: erin.name };
        for over in [withdrawn, left] {
            let of = |origin| {
                let asked = Box::new(Asked { origin, ..super::super::example::asked() });
                steps(&[AccessEvent::Requested { asked }, over.clone()])
            };
            assert_eq!(of(Origin::Ticket), ["move_ticket", "comment"]);
            assert_eq!(of(Origin::EditedTicket), ["comment"], "it may be somebody's work");
            assert_eq!(of(Origin::Chat), [""; 0], "it may be anybody's");
        }
    }

    #[test]
    fn trust_c7_a_ticket_is_declined_by_people_and_rules_and_not_for_what_its_reporter_can_mend() {
        let of = |violations: Vec<Violation>| {
            let mut history = with(waiting(&terms()), |asked, _| asked.origin = Origin::Ticket);
            history.truncate(2);
            let proposal = Proposal::Grant;
            history.push(AccessEvent::Denied { proposal, by: None, reason: None, violations, rules: None });
            steps(&history)
        };
        let unknown = Violation::from(Fault::UnknownRepository { repository: "paymnts".to_owned() });
        let forbidden = Violation::ForbiddenByRule { policies: vec!["never".to_owned()], messages: vec![] };
        assert_eq!(of(vec![forbidden.clone()]), ["move_ticket", "comment"]);
        assert_eq!(of(vec![unknown.clone()]), ["comment"]);
        assert_eq!(
            of(vec![forbidden, unknown]),
            ["comment"],
            "what the rules were asked about was not what is meant"
        );
    }

    #[test]
    fn trust_c3_a_ticket_that_heard_that_a_request_waits_hears_that_new_rules_deny_it() {
        let violations =
            vec![Violation::ForbiddenByRule { policies: vec!["never".to_owned()], messages: vec![] }];
        let denied = || AccessEvent::Denied {
            proposal: Proposal::Grant,
            by: None,
            reason: None,
            violations: violations.clone(),
            rules: None,
        };
        assert_eq!(steps(&[waiting(&terms()), vec![denied()]].concat()), ["comment"]);
        assert_eq!(
            steps(&[requested(), vec![denied()]].concat()),
            [""; 0],
            "of what was never told it hears nothing"
        );
    }

    #[test]
    fn exactly_what_was_approved_is_set() {
        let [(_, Then::Perform(capabilities::Effect::Access(effect)))] = &after(&granting())[..] else {
            panic!("one effect was expected")
        };
        let Effect::SetPermission { account, repository, task, .. } = effect else {
            panic!("a permission was expected")
        };
        assert_eq!((account.as_str(), repository.as_str()), ("acc-erin", "payments-api"));
        assert_eq!(*task, PermissionTask::Grant { permission: Permission::Write });
    }

    #[test]
    fn the_ticket_hears_of_the_grant_with_permission_and_time() {
        assert_eq!(steps(&active()), ["comment"]);
        insta::assert_snapshot!(comment(&active()), @r"
        Granted on 2026-03-01 12:00 UTC: write on payments-api for Erin, until 2026-03-03 12:00 UTC.
        Countersigned by Ada. It was read back from Bitbucket. Request T9X6GW.
        ");
    }

    #[test]
    fn the_end_is_carried_out_and_told_when_it_is_done() {
        assert_eq!(steps(&ending(Ending::Expired)), ["end"]);
        let mut history = ending(Ending::Expired);
        history.push(AccessEvent::Own(GrantEvent::Ended {
            ending: Ending::Expired,
            left: None,
            by_hand: false,
        }));
        assert_eq!(steps(&history), ["comment", "alarm_over"]);
    }
}
