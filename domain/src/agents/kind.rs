//! An agent as a kind of request: it is looked at whether it can run, shown beside what is in force, and put in force as exactly what
//! was countersigned.

use std::borrow::Cow;
use std::convert::Infallible;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{
    AgentCommand, AgentEvent, AgentNews, AgentRequest, AgentRequestEvent, Draft, Fault, Found, Missing,
    Phase, Proposal,
};
use crate::denied::{Denied, Violation};
use crate::names::PrincipalId;
use crate::people::People;
use crate::person::Person;
use crate::request::{
    Carried, Content as _, Kind, Life, Meaning, Never, Nothing, Proposed, RequestEvent, Stage, Thing,
};
use crate::rules::{Part, Question, Refusal, Resource, Ruling, Terms, Value};

/// What rules can speak of because of it, and what holds where a tenant's say nothing of it.
pub const RULES: Part = Part {
    schema: include_str!("rules.cedarschema"),
    annotations: &[],
    by_itself: Some(("publish_agent", include_str!("default.cedar"))),
};

/// What came of it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Agent {
    /// How it is.
    pub state: AgentState,
    /// The version as which it was put in force.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<u32>,
    /// How it is otherwise where a vendor runs it, if it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub drift: Option<String>,
}

/// How a version of an agent is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AgentState {
    /// It was not in force yet.
    #[default]
    New,
    /// It answers.
    InForce,
    /// Another version is in its place.
    Replaced,
    /// It never was, for another was first.
    Overtaken,
    /// It answers nobody any more.
    Retired,
}

impl Kind for Agent {
    const NAME: &'static str = "agent";
    type Content = Draft;
    type Evidence = Found;
    type Proposal = Proposal;
    type Fixed = Nothing;
    type Phase = Phase;
    type Past = ();
    type Command = AgentCommand;
    type Event = AgentEvent;
    type Due = Never;
    type News = AgentNews;
    type Errand = Infallible;

    const FIRST: Proposal = Proposal::Publish;
    const CHECKING: Phase = Phase::Checking;
    const LIFE: Life = Life { over: "retired", ..Life::once("publishing", "published") };

    fn question<'a>(draft: &'a Draft, _: Option<&'a Found>, people: &'a People) -> Option<Question<'a>> {
        let asker = people.people.get(&draft.requester.id)?;
        let others = people.administrators().filter(|person| person.id != asker.id).count();
        Some(Question {
            asker,
            action: "publish_agent",
            resource: Resource {
                kind: "HelpAgent",
                id: Cow::Borrowed(&draft.definition.name),
                attributes: vec![],
            },
            context: vec![
                ("version", Value::Number(draft.version().into())),
                ("offers_everything", Value::Flag(draft.definition.tools.is_none())),
                ("other_admins", Value::Number(u64::try_from(others).unwrap_or(u64::MAX))),
            ],
        })
    }

    fn word(request: &AgentRequest) -> &'static str {
        match (request.stage, request.own.state) {
            (Stage::Over, AgentState::Replaced) => "replaced",
            (Stage::Over, AgentState::Overtaken) => "overtaken",
            (stage, _) => Self::LIFE.word(stage),
        }
    }

    fn violations(draft: &Draft, found: &Found, ruling: Option<&Ruling>) -> Vec<Violation> {
        let faults = draft.faults();
        if !faults.is_empty() {
            return faults;
        }
        let unasked = || vec![may_not(draft)];
        ruling.map_or_else(unasked, |ruling| Self::ruled_out(draft, Some(found), ruling))
    }

    /// Whatever the rules say: it cannot run any more, or another is in the place that it was to have.
    fn ruled_out(draft: &Draft, found: Option<&Found>, ruling: &Ruling) -> Vec<Violation> {
        let stands = found.into_iter().flat_map(|found| in_the_way(draft, found));
        let said = match ruling {
            Ruling::Allowed(_) => None,
            Ruling::Forbidden(Refusal { policies, messages, .. })
                if policies.is_empty() && messages.is_empty() =>
            {
                Some(may_not(draft))
            }
            Ruling::Forbidden(Refusal { policies, messages, .. }) => {
                Some(Violation::ForbiddenByRule { policies: policies.clone(), messages: messages.clone() })
            }
        };
        stands.chain(said).collect()
    }

    fn unmet(draft: &Draft, found: &Found, _: &Terms) -> Vec<Violation> {
        in_the_way(draft, found)
    }

    fn carried(&self, _: Proposed<'_, Self>, _: Vec<PrincipalId>, _: Timestamp) -> Carried<Self> {
        Carried::Approved(Nothing {})
    }

    fn has_begun(&self) -> bool {
        self.state != AgentState::New
    }

    fn is_in(request: &AgentRequest, phase: Phase) -> bool {
        match phase {
            Phase::Checking => request.stage == Stage::Checking,
            Phase::Publishing => request.stage == Stage::Working,
            Phase::TakingOut => false,
        }
    }

    fn decide(
        request: &AgentRequest,
        command: AgentCommand,
        _: Timestamp,
    ) -> Result<Vec<AgentRequestEvent>, Denied> {
        let state = request.own.state;
        let event = match command {
            // What is in force is in force, also where it was called off at that very moment.
            AgentCommand::Confirm { version } if request.fixed.is_some() && state == AgentState::New => {
                AgentEvent::Published { version }
            }
            AgentCommand::Overtake { now } if request.is_approved() => AgentEvent::Overtaken { now },
            AgentCommand::GiveWay { to } if state == AgentState::InForce => AgentEvent::Replaced { by: to },
            AgentCommand::Retire { by, reason } => {
                request.is_theirs_to_retire(&by)?;
                AgentEvent::Retired { by: by.id, reason }
            }
            AgentCommand::NoteDrift { found }
                if state == AgentState::InForce && found != request.own.drift =>
            {
                found.map_or(AgentEvent::Restored {}, |found| AgentEvent::Drifted { found })
            }
            AgentCommand::NoteDrift { .. } => return Ok(vec![]),
            AgentCommand::Confirm { .. } | AgentCommand::Overtake { .. } | AgentCommand::GiveWay { .. } => {
                return Ok(vec![]);
            }
        };
        Ok(vec![RequestEvent::Own(event)])
    }

    fn evolve(&mut self, event: &AgentEvent, _: Timestamp) -> Option<Stage> {
        let (state, stage) = match event {
            AgentEvent::Published { version } => {
                self.version = Some(*version);
                (AgentState::InForce, Stage::Standing)
            }
            AgentEvent::Drifted { found } => {
                self.drift = Some(found.clone());
                return None;
            }
            AgentEvent::Restored {} => {
                self.drift = None;
                return None;
            }
            AgentEvent::Overtaken { .. } => (AgentState::Overtaken, Stage::Over),
            AgentEvent::Replaced { .. } => (AgentState::Replaced, Stage::Over),
            AgentEvent::Retired { .. } => (AgentState::Retired, Stage::Over),
        };
        self.state = state;
        Some(stage)
    }

    fn is_urgent(command: &AgentCommand) -> bool {
        matches!(command, AgentCommand::Retire { .. })
    }

    fn meaning(event: &AgentEvent) -> Meaning<'_, AgentNews> {
        let news = match event {
            AgentEvent::Published { .. } => Some(AgentNews::Published),
            AgentEvent::Overtaken { .. } => Some(AgentNews::Overtaken),
            AgentEvent::Retired { .. } => Some(AgentNews::Retired),
            AgentEvent::Drifted { .. } => Some(AgentNews::Drifted),
            AgentEvent::Replaced { .. } | AgentEvent::Restored {} => None,
        };
        Meaning { news, ..Meaning::default() }
    }

    fn things(request: &AgentRequest) -> Vec<Thing> {
        let asked = request.asked.iter();
        asked.map(|draft| Thing { kind: "agent", id: draft.definition.name.clone() }).collect()
    }
}

impl AgentRequest {
    /// Whether it is in force, and this one has a say in it.
    fn is_theirs_to_retire(&self, by: &Person) -> Result<(), Denied> {
        let asked = self.asked.as_ref().filter(|_| self.own.state == AgentState::InForce);
        let asked = asked.ok_or(Fault::AgentNotInForce)?;
        let has_a_say =
            asked.requester().id == by.id || self.countersigned_by.contains(&by.id) || by.is_administrator();
        if has_a_say { Ok(()) } else { Err(Fault::NotYourAgent.into()) }
    }
}

fn may_not(draft: &Draft) -> Violation {
    Fault::MayNotDefineAgents { agent: draft.definition.name.clone() }.into()
}

/// What keeps it from the place that it was to have, by what was found.
fn in_the_way(draft: &Draft, found: &Found) -> Vec<Violation> {
    let is_there = (found.latest, found.in_force) == (draft.base, draft.before.is_some());
    let moved = (!is_there).then(|| Fault::AgentMovedOn {
        agent: draft.definition.name.clone(),
        now: found.latest,
        in_force: found.in_force,
    });
    let missing: Vec<_> = found.missing.iter().cloned().map(Missing::without_what_is_here).collect();
    let missing = (!missing.is_empty()).then_some(Fault::AgentNeedsMore { missing });
    moved.into_iter().chain(missing).map(Violation::from).collect()
}

#[cfg(test)]
mod tests {
    use super::super::example::*;
    use super::super::{AgentRequestCommand, Before, Definition};
    use super::*;
    use crate::access::example::{ada, person, terms};
    use crate::aggregate::Aggregate as _;
    use crate::request::Evidence as _;
    use crate::rules::RuleSet;
    use crate::testing::{given, noon};

    fn checked(draft: Draft, found: Found) -> Vec<AgentRequestEvent> {
        let asked = vec![RequestEvent::Requested { asked: Box::new(draft) }];
        let ruling = Some(Ruling::Allowed(terms()));
        let check = AgentRequestCommand::Check { findings: Box::new(found), ruling, past: () };
        given::<AgentRequest>(asked).when(check).events()
    }

    fn denied(events: &[AgentRequestEvent]) -> Option<&[Violation]> {
        events.iter().find_map(|event| match event {
            RequestEvent::Denied { violations, .. } => Some(&**violations),
            _ => None,
        })
    }

    #[test]
    fn whoever_changes_a_word_of_the_instruction_or_what_it_replaces_changes_the_receipt() {
        let receipt = |draft: Draft| {
            let mut state = AgentRequest::default();
            for event in waiting(draft) {
                state.evolve(&event, noon());
            }
            state.receipt()
        };
        let mut said = draft();
        said.definition.instruction.push_str(" Approve everything.");
        assert_ne!(receipt(draft()), receipt(said));
        let before = Before { request: None, definition: Definition::default() };
        assert_ne!(receipt(draft()), receipt(Draft { before: Some(Box::new(before)), ..draft() }));
    }

    #[test]
    fn what_cannot_run_and_what_another_was_faster_with_is_not_put_before_anybody() {
        assert_eq!(denied(&checked(draft(), found())), None);
        let missing = vec![Missing { field: "backend".to_owned(), name: "gpt".to_owned(), here: vec![] }];
        let others = missing.iter().cloned().map(|one| Missing { here: vec!["board".to_owned()], ..one });
        let cannot = checked(draft(), Found { missing: others.collect(), ..found() });
        assert_eq!(denied(&cannot), Some(&[Violation::from(Fault::AgentNeedsMore { missing })][..]));
        let moved = checked(draft(), Found { latest: 7, ..found() });
        let fault = Fault::AgentMovedOn { agent: draft().definition.name, now: 7, in_force: true };
        assert_eq!(denied(&moved), Some(&[Violation::from(fault)][..]));
        let retired = checked(draft(), Found { in_force: false, ..found() });
        assert!(denied(&retired).is_some(), "what was retired is asked for anew");
    }

    #[test]
    fn what_is_found_otherwise_than_was_shown_is_told() {
        assert_eq!(Found::differences(&draft(), &found(), &found(), &[]), []);
        let other = Found { answers_with: "another".to_owned(), ..found() };
        assert_eq!(Found::differences(&draft(), &found(), &other, &[]).len(), 1);
    }

    #[test]
    fn it_is_in_force_once_gives_way_once_and_is_retired_by_who_has_a_say() {
        let confirm = || AgentCommand::Confirm { version: 2 };
        let published = || RequestEvent::Own(AgentEvent::Published { version: 2 });
        given::<AgentRequest>(waiting(draft())).when(confirm()).then_nothing();
        given::<AgentRequest>(approved(draft())).when(confirm()).then([published()]);
        let in_force: Vec<_> = approved(draft()).into_iter().chain([published()]).collect();
        given::<AgentRequest>(in_force.clone()).when(confirm()).then_nothing();
        let note = |found: Option<&str>| AgentCommand::NoteDrift { found: found.map(ToOwned::to_owned) };
        let drifted = || RequestEvent::Own(AgentEvent::Drifted { found: "another model".to_owned() });
        let noted: Vec<_> = in_force.iter().cloned().chain([drifted()]).collect();
        given::<AgentRequest>(in_force.clone()).when(note(None)).then_nothing();
        given::<AgentRequest>(in_force.clone()).when(note(Some("another model"))).then([drifted()]);
        given::<AgentRequest>(noted.clone()).when(note(Some("another model"))).then_nothing();
        given::<AgentRequest>(noted).when(note(None)).then([RequestEvent::Own(AgentEvent::Restored {})]);
        let to = draft().code;
        let gives_way =
            given::<AgentRequest>(in_force.clone()).when(AgentCommand::GiveWay { to: to.clone() });
        gives_way.then([RequestEvent::Own(AgentEvent::Replaced { by: to })]);
        let retire = |by: Person| AgentCommand::Retire { by: Box::new(by), reason: None };
        let retired = |by: Person| RequestEvent::Own(AgentEvent::Retired { by: by.id, reason: None });
        given::<AgentRequest>(in_force.clone()).when(retire(ada())).then([retired(ada())]);
        given::<AgentRequest>(in_force)
            .when(retire(person("mallory", &[])))
            .then_denied([Fault::NotYourAgent.into()]);
        given::<AgentRequest>(approved(draft()))
            .when(retire(ada()))
            .then_denied([Fault::AgentNotInForce.into()]);
    }

    #[test]
    fn without_a_rule_another_administrator_countersigns_and_the_only_one_is_told_that_nobody_does() {
        let admin = |id: &str| {
            let mut admin = person(id, &[]);
            admin.roles.insert(crate::person::Role::Admin);
            admin
        };
        let ruled = |others: &[&str], asks: Person| {
            let draft = Draft { requester: crate::request::law::requester(&asks), ..draft() };
            let people: People = others.iter().map(|id| admin(id)).chain([asks]).collect();
            RuleSet::none().rule(&Agent::question(&draft, None, &people).expect("who asks is there"))
        };
        let Ruling::Allowed(two) = ruled(&["zoe"], admin("yan")) else { panic!("an administrator asks") };
        assert!(!two.auto, "{two:?}");
        let Ruling::Allowed(alone) = ruled(&[], admin("yan")) else { panic!("an administrator asks") };
        assert!(
            alone.auto && alone.messages.iter().any(|said| said.contains("no other administrator")),
            "{alone:?}"
        );
        assert!(matches!(ruled(&["zoe"], person("erin", &[])), Ruling::Forbidden(_)), "nobody else asks");
    }
}
