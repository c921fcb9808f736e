//! The workflow of a ticket, read whole: whether there is a way on behind the next step.

use std::collections::{BTreeMap, VecDeque};

use countersign_domain::ports::{CallError, CallErrorKind, MoveStep, TicketStage};
use countersign_outbound::Ask;
use serde::Deserialize;
use serde_json::{Value, json};

use super::Jira;
use super::answers::{IssueAnswer, Transition};
use super::moves::same;

/// No ticket is led through more statuses than these.
const LONGEST: usize = 4;

impl Jira {
    /// The workflow of a ticket; `None` where the bot may not read it.
    pub(super) async fn workflow(
        &self,
        issue: &IssueAnswer,
        what: &str,
    ) -> Result<Option<Workflow>, CallError> {
        let id = |named: &Option<super::answers::Named>| named.as_ref().and_then(|named| named.id.clone());
        let (Some(project), Some(kind)) = (id(&issue.fields.project), id(&issue.fields.issuetype)) else {
            return Ok(None);
        };
        let body = json!({"projectAndIssueTypes": [{"projectId": project, "issueTypeId": kind}]});
        let ask = Ask::post(what, &["rest", "api", "3", "workflows"]).reads().json(&body);
        match self.vendor.send(ask).await {
            Ok(answer) => answer.json().map(Some),
            // Here a 401 says that the bot may not see workflows, and not that it may not come in.
            Err(error) if matches!(error.kind, CallErrorKind::Rejected | CallErrorKind::Barred) => Ok(None),
            Err(error) => Err(error),
        }
    }
}

/// A workflow as Jira shows it to those who may read it.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Workflow {
    #[serde(default)]
    statuses: Vec<Status>,
    #[serde(default)]
    workflows: Vec<Transitions>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Status {
    #[serde(default)]
    id: String,
    #[serde(default)]
    name: String,
    #[serde(default, rename = "statusCategory")]
    category: String,
    #[serde(default, rename = "statusReference")]
    reference: String,
}

#[derive(Debug, Deserialize)]
struct Transitions {
    #[serde(default)]
    transitions: Vec<Way>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Way {
    id: String,
    #[serde(default, rename = "type")]
    kind: String,
    to_status_reference: Option<String>,
    #[serde(default)]
    links: Vec<Link>,
    transition_screen: Option<Value>,
    #[serde(default)]
    validators: Vec<Value>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Link {
    from_status_reference: Option<String>,
}

impl Way {
    fn begins_at(&self, reference: &str) -> bool {
        match self.kind.as_str() {
            "GLOBAL" => true,
            "DIRECTED" => {
                self.links.iter().any(|link| link.from_status_reference.as_deref() == Some(reference))
            }
            _ => false,
        }
    }

    /// Whether anything can be in the way that only shows when it is taken.
    const fn is_free(&self) -> bool {
        self.transition_screen.is_none() && self.validators.is_empty()
    }
}

impl Status {
    fn stage(&self) -> TicketStage {
        match self.category.as_str() {
            "TODO" => TicketStage::Todo,
            "DONE" => TicketStage::Done,
            _ => TicketStage::InProgress,
        }
    }
}

impl Workflow {
    /// The shortest way from a status to the one of this name: it begins with one of the steps that are `open` now, never
    /// leads back, and comes to its end by itself from there.
    pub(super) fn way(&self, from: &str, open: &[&Transition], wanted: &str) -> Option<Vec<MoveStep>> {
        let statuses: BTreeMap<&str, &Status> =
            self.statuses.iter().map(|status| (status.reference.as_str(), status)).collect();
        let begin = self.statuses.iter().find(|status| status.id == from)?.reference.as_str();
        let mut paths = VecDeque::from([(begin, Vec::new())]);
        let mut seen = vec![begin];
        while let Some((place, steps)) = paths.pop_front() {
            if steps.len() == LONGEST {
                continue;
            }
            for way in self.out_of(place, steps.is_empty(), open) {
                let Some((to, status)) =
                    way.to_status_reference.as_deref().and_then(|to| Some((to, *statuses.get(to)?)))
                else {
                    continue;
                };
                let ahead = status.stage() >= statuses.get(place)?.stage();
                if !ahead || seen.contains(&to) {
                    continue;
                }
                let step = MoveStep { transition: way.id.clone(), to: status.name.clone() };
                let path = [steps.clone(), vec![step]].concat();
                if same(&status.name, wanted) {
                    return Some(path);
                }
                // What is over is no place to pass through.
                if status.stage() < TicketStage::Done {
                    seen.push(to);
                    paths.push_back((to, path));
                }
            }
        }
        None
    }

    /// The ways out of a status: of the first one those that are open, of all others those that are free.
    fn out_of<'a>(
        &'a self,
        place: &'a str,
        is_first: bool,
        open: &'a [&Transition],
    ) -> impl Iterator<Item = &'a Way> {
        let all = self.workflows.iter().flat_map(|workflow| &workflow.transitions);
        all.filter(move |way| way.begins_at(place)).filter(move |way| {
            if is_first { open.iter().any(|offered| offered.id == way.id) } else { way.is_free() }
        })
    }
}
