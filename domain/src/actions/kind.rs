//! An action as a kind of request: what will be done is rehearsed and shown, somebody countersigns exactly that, and exactly that is
//! done.

use std::borrow::Cow;
use std::convert::Infallible;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{
    ActionCommand, ActionEvent, ActionNews, ActionRequest, ActionRequestEvent, Answered, Fault, Phase,
    Proposal, Rehearsed, Run,
};
use crate::denied::{Denied, Violation};
use crate::names::PrincipalId;
use crate::people::People;
use crate::request::{Carried, Kind, Life, Meaning, Never, Nothing, Proposed, RequestEvent, Stage, Thing};
use crate::rules::{Part, Question, Refusal, Resource, Ruling, Terms, Value};

/// What rules can speak of because of it, and what holds where a tenant's say nothing of it.
pub const RULES: Part = Part {
    schema: include_str!("rules.cedarschema"),
    annotations: &[],
    by_itself: Some(("run_action", include_str!("default.cedar"))),
};

/// What came of it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Action {
    /// What was answered, once it is done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub done: Option<Answered>,
    /// What was seen after it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seen: Option<serde_json::Value>,
}

impl Kind for Action {
    const NAME: &'static str = "action";
    type Content = Run;
    type Evidence = Rehearsed;
    type Proposal = Proposal;
    type Fixed = Nothing;
    type Phase = Phase;
    type Past = ();
    type Command = ActionCommand;
    type Event = ActionEvent;
    type Due = Never;
    type News = ActionNews;
    type Errand = Infallible;

    const FIRST: Proposal = Proposal::Do;
    const CHECKING: Phase = Phase::Rehearsing;
    const LIFE: Life = Life::once("running", "done");
    const OPEN_WORDS: &'static [&'static str] = &["rehearsing", "waiting", "running", "failed"];

    fn question<'a>(run: &'a Run, _: Option<&'a Rehearsed>, people: &'a People) -> Option<Question<'a>> {
        Some(Question {
            asker: people.people.get(&run.requester.id)?,
            action: "run_action",
            resource: Resource { kind: "SafeAction", id: Cow::Borrowed(&run.entry.name), attributes: vec![] },
            context: vec![("tainted", Value::Flag(run.tainted))],
        })
    }

    fn word(action: &ActionRequest) -> &'static str {
        match action.stage {
            Stage::Checking => "rehearsing",
            stage => Self::LIFE.word(stage),
        }
    }

    fn violations(run: &Run, found: &Rehearsed, ruling: Option<&Ruling>) -> Vec<Violation> {
        match run.entry.plan(&run.arguments) {
            Err(faults) => return vec![Fault::BadArguments { faults }.into()],
            // What was asked for says what it does, and nobody else does.
            Ok(planned) if planned != *run.planned => return vec![Fault::NotAsPlanned.into()],
            Ok(_) => {}
        }
        let unasked = || vec![Fault::MayNotAct { action: run.entry.name.clone() }.into()];
        ruling.map_or_else(unasked, |ruling| Self::ruled_out(run, Some(found), ruling))
    }

    fn ruled_out(run: &Run, _: Option<&Rehearsed>, ruling: &Ruling) -> Vec<Violation> {
        match ruling {
            Ruling::Allowed(terms) => alone_after_words_of_others(run, terms).into_iter().collect(),
            Ruling::Forbidden(Refusal { policies, messages, .. })
                if policies.is_empty() && messages.is_empty() =>
            {
                vec![Fault::MayNotAct { action: run.entry.name.clone() }.into()]
            }
            Ruling::Forbidden(Refusal { policies, messages, .. }) => {
                vec![Violation::ForbiddenByRule { policies: policies.clone(), messages: messages.clone() }]
            }
        }
    }

    fn unmet(run: &Run, _: &Rehearsed, terms: &Terms) -> Vec<Violation> {
        alone_after_words_of_others(run, terms).into_iter().collect()
    }

    fn carried(&self, _: Proposed<'_, Self>, _: Vec<PrincipalId>, _: Timestamp) -> Carried<Self> {
        Carried::Approved(Nothing {})
    }

    fn decide(
        action: &ActionRequest,
        ActionCommand::Confirm { answered, seen }: ActionCommand,
        _: Timestamp,
    ) -> Result<Vec<ActionRequestEvent>, Denied> {
        // What is done is done, also where it was called off at that very moment.
        let is_news = action.fixed.is_some() && action.own.done.is_none();
        Ok(if is_news { vec![RequestEvent::Own(ActionEvent::Done { answered, seen })] } else { vec![] })
    }

    fn evolve(&mut self, event: &ActionEvent, _: Timestamp) -> Option<Stage> {
        let ActionEvent::Done { answered, seen } = event;
        (self.done, self.seen) = (Some(answered.clone()), seen.clone());
        Some(Stage::Standing)
    }

    fn meaning(_: &ActionEvent) -> Meaning<'_, ActionNews> {
        Meaning { news: Some(ActionNews::Done), ..Meaning::default() }
    }

    fn things(action: &ActionRequest) -> Vec<Thing> {
        let asked = action.asked.iter();
        asked.map(|run| Thing { kind: "action", id: run.entry.name.clone() }).collect()
    }
}

/// After words of others nothing is done that only who pressed a button wanted.
fn alone_after_words_of_others(run: &Run, terms: &Terms) -> Option<Violation> {
    (run.tainted && terms.auto).then(|| Fault::SomebodyMustLook.into())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::example::*;
    use super::super::{ActionRequestCommand, Call, Method, Otherwise};
    use super::*;
    use crate::access::example::auto;
    use crate::aggregate::Aggregate as _;
    use crate::request::Evidence as _;
    use crate::rules::RuleSet;
    use crate::testing::{given, noon};

    fn checked(run: Run, ruling: Ruling) -> Vec<ActionRequestEvent> {
        let asked = vec![RequestEvent::Requested { asked: Box::new(run) }];
        let findings = Box::new(rehearsed());
        let check = ActionRequestCommand::Check { findings, ruling: Some(ruling), past: () };
        given::<ActionRequest>(asked).when(check).events()
    }

    fn denied(events: &[ActionRequestEvent]) -> Option<&[Violation]> {
        events.iter().find_map(|event| match event {
            RequestEvent::Denied { violations, .. } => Some(&**violations),
            _ => None,
        })
    }

    #[test]
    fn whoever_changes_an_argument_or_the_plan_changes_the_receipt_or_is_refused() {
        let receipt = |run: Run| {
            let mut state = ActionRequest::default();
            for event in waiting(run) {
                state.evolve(&event, noon());
            }
            state.receipt()
        };
        let other = Run { arguments: json!({ "job": "web-shop", "times": 3 }), ..run() };
        let other = Run { planned: Box::new(other.entry.plan(&other.arguments).unwrap()), ..other };
        assert_ne!(receipt(run()), receipt(other.clone()), "a receipt is of the arguments");
        // The plan of other arguments, and one that nothing leads to.
        let smuggled = Run { planned: other.planned.clone(), ..run() };
        let allowed = || Ruling::Allowed(crate::access::example::terms());
        assert_eq!(denied(&checked(smuggled, allowed())), Some(&[Violation::from(Fault::NotAsPlanned)][..]));
        let mut evil = run();
        evil.planned.call = Call::Http { method: Method::Post, url: "https://evil/".to_owned(), body: None };
        assert_eq!(denied(&checked(evil, allowed())), Some(&[Violation::from(Fault::NotAsPlanned)][..]));
        assert_eq!(denied(&checked(run(), allowed())), None);
    }

    #[test]
    fn after_words_of_others_somebody_must_look() {
        let tainted = Run { tainted: true, ..run() };
        let alone = checked(tainted.clone(), Ruling::Allowed(auto()));
        assert_eq!(denied(&alone), Some(&[Violation::from(Fault::SomebodyMustLook)][..]));
        assert_eq!(denied(&checked(tainted, Ruling::Allowed(crate::access::example::terms()))), None);
        assert_eq!(denied(&checked(run(), Ruling::Allowed(auto()))), None, "their own words are their own");
    }

    #[test]
    fn rules_can_ask_for_more_countersignatures_after_words_of_others() {
        let rules = r#"@id("own") @auto permit (principal, action == Action::"run_action", resource);
            @id("offered") @approvers("role:admin") @quorum("2")
            permit (principal, action == Action::"run_action", resource) when { context.tainted };
            @id("never") forbid (principal, action == Action::"run_action", resource == SafeAction::"drop_all")
            when { context.tainted };"#;
        let rules = RuleSet::compile(1, rules).unwrap_or_else(|faults| panic!("{faults}"));
        let mut people = People::default();
        let erin = crate::access::example::person("erin", &[]);
        people.people.insert_mut(erin.id.clone(), erin);
        let ruled = |run: &Run| rules.rule(&Action::question(run, None, &people).expect("she is there"));
        let Ruling::Allowed(own) = ruled(&run()) else { panic!("her own words are hers") };
        assert!(own.auto, "{own:?}");
        let tainted = Run { tainted: true, ..run() };
        let Ruling::Allowed(offered) = ruled(&tainted) else { panic!("it may be asked for") };
        assert_eq!((offered.auto, offered.quorum), (false, 2), "{offered:?}");
        let mut dropped = tainted;
        dropped.entry.name = "drop_all".to_owned();
        assert!(matches!(ruled(&dropped), Ruling::Forbidden(_)));
    }

    #[test]
    fn it_is_done_once_and_only_what_was_countersigned() {
        let confirm = || ActionCommand::Confirm { answered: answered(), seen: Some(json!("running")) };
        let done =
            || RequestEvent::Own(ActionEvent::Done { answered: answered(), seen: Some(json!("running")) });
        given::<ActionRequest>(waiting(run())).when(confirm()).then_nothing();
        given::<ActionRequest>(approved(run())).when(confirm()).then([done()]);
        given::<ActionRequest>(approved(run()).into_iter().chain([done()])).when(confirm()).then_nothing();
    }

    #[test]
    fn what_stands_otherwise_by_now_is_asked_anew() {
        let now = Rehearsed { before: Some(json!("stopped")), ..rehearsed() };
        let differences = Rehearsed::differences(&run(), &rehearsed(), &now, &[]);
        assert_eq!(differences, [Otherwise { shown: Some(json!("running")), now: Some(json!("stopped")) }]);
        let said = Rehearsed { dry_run: None, ..rehearsed() };
        assert_eq!(Rehearsed::differences(&run(), &rehearsed(), &said, &[]), []);
        let findings = Box::new(now);
        let overtake = ActionRequestCommand::Overtake { findings, differences, ruling: None, past: () };
        let events = given::<ActionRequest>(approved(run())).when(overtake).events();
        assert!(
            matches!(&events[..], [RequestEvent::EvidenceChanged { .. }, RequestEvent::Waiting { .. }]),
            "{events:?}"
        );
    }
}
