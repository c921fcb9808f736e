//! Moving a ticket forward by the name of the status, never back, and never half the way.

use countersign_domain::ports::{
    CURE, CallError, CallErrorKind, MovePlan, MoveStep, Ticket, TicketMove, Tracker,
};
use countersign_outbound::Ask;
use serde_json::json;

use super::Jira;
use super::answers::{IssueAnswer, Transition, Transitions};
use super::workflow::Workflow;

impl Jira {
    /// The whole way to the wanted status, known to its end. Where it takes more than one step, the workflow itself is
    /// read: the ticket's own list of ways shows the next step only.
    pub(super) async fn plan(&self, key: &str, to: TicketMove) -> Result<MovePlan, CallError> {
        let wanted = self.statuses.name(to);
        let what = format!("move {key} to {wanted}");
        let issue = self.issue(key, "summary,status,project,issuetype").await?;
        let issue = issue.ok_or_else(|| self.vendor.rejected(&what, &format!("there is no ticket {key}")))?;
        let (stage, from) = (issue.fields.status.stage(), issue.fields.status.name.clone());
        let plan = |mut steps: Vec<MoveStep>| {
            let step = (!steps.is_empty()).then(|| steps.remove(0));
            MovePlan { key: issue.key.clone(), from: from.clone(), step, then: steps }
        };
        if stage >= to.stage() || same(&from, wanted) {
            return Ok(plan(Vec::new()));
        }
        let offered = self.offered(&issue.key, &what).await?;
        let open: Vec<&Transition> = offered
            .iter()
            .filter(|way| way.is_available && way.to.stage() >= stage && way.demands().is_empty())
            .collect();
        if let Some(direct) = leading_to(&open, wanted) {
            return Ok(plan(vec![MoveStep { transition: direct.id.clone(), to: direct.to.name.clone() }]));
        }
        // Without a step to begin with there is no way, whatever lies behind.
        let workflow = if open.is_empty() { None } else { self.workflow(&issue, &what).await? };
        let from = issue.fields.status.id.as_deref().unwrap_or_default();
        match workflow.as_ref().and_then(|workflow| workflow.way(from, &open, wanted)) {
            Some(steps) => Ok(plan(steps)),
            None => Err(self.vendor.rejected(&what, &no_way(&issue, wanted, &offered, workflow.as_ref()))),
        }
    }

    /// Takes the steps one after the other.
    pub(super) async fn take(&self, plan: &MovePlan) -> Result<(), CallError> {
        let mut from = plan.from.as_str();
        for step in plan.step.iter().chain(&plan.then) {
            let what = format!("move {} from {from} to {}", plan.key, step.to);
            let refused = match self.transition(&plan.key, &step.transition, &what).await {
                Err(error) if matches!(error.status, Some(400 | 409)) => Some(error),
                Err(error) => return Err(error),
                Ok(()) => None,
            };
            let status = self.present(&plan.key, &what).await?.status;
            let on_the_way = plan.step.iter().chain(&plan.then).any(|step| same(&status, &step.to));
            match refused {
                // A refusal is no failure where the ticket is there already: the answer of an earlier try was lost.
                Some(error) if !on_the_way => return Err(in_the_way(error)),
                _ if same(&status, &step.to) => from = &step.to,
                // Somebody else moved it meanwhile: it is planned anew from where it is.
                _ => return Ok(()),
            }
        }
        Ok(())
    }

    async fn transition(&self, key: &str, id: &str, what: &str) -> Result<(), CallError> {
        let path = ["rest", "api", "3", "issue", key, "transitions"];
        let ask = Ask::post(what, &path).json(&json!({"transition": {"id": id}}));
        self.vendor.send(ask).await.map(drop)
    }

    async fn offered(&self, key: &str, what: &str) -> Result<Vec<Transition>, CallError> {
        let path = ["rest", "api", "3", "issue", key, "transitions"];
        let ask = Ask::get(what, &path).query("expand", "transitions.fields");
        Ok(self.vendor.send(ask).await?.json::<Transitions>()?.transitions)
    }

    async fn present(&self, key: &str, what: &str) -> Result<Ticket, CallError> {
        let ticket = self.ticket(key).await?;
        ticket.ok_or_else(|| self.vendor.rejected(what, &format!("there is no ticket {key}")))
    }
}

/// Somebody else's change at the same moment (409) is over soon; everything else has to be mended first.
fn in_the_way(error: CallError) -> CallError {
    if error.status == Some(409) {
        return CallError { kind: CallErrorKind::NotDone { after: None }, ..error };
    }
    error
}

/// The transition that leads to the status of this name, or bears the name itself.
fn leading_to<'a>(open: &[&'a Transition], name: &str) -> Option<&'a Transition> {
    let mut to = open.iter().filter(|way| same(&way.to.name, name));
    to.next().or_else(|| open.iter().find(|way| same(&way.name, name))).copied()
}

pub(super) fn same(one: &str, other: &str) -> bool {
    one.trim().to_lowercase() == other.trim().to_lowercase()
}

/// Why the ticket stays where it is, and the cure.
fn no_way(issue: &IssueAnswer, wanted: &str, offered: &[Transition], workflow: Option<&Workflow>) -> String {
    let from = &issue.fields.status.name;
    let names: Vec<&str> = offered.iter().map(|way| way.to.name.as_str()).collect();
    let ways = if names.is_empty() { "nowhere".to_owned() } else { format!("to {}", names.join(", ")) };
    let ahead = |way: &&Transition| way.to.stage() >= issue.fields.status.stage();
    let demanding = offered.iter().filter(ahead).find(|way| !way.demands().is_empty());
    let (why, cure) = match (demanding, workflow, offered.is_empty()) {
        (Some(way), ..) => (
            format!(
                ". The step {} wants {} to be filled in, which I cannot do",
                way.name,
                way.demands().join(", ")
            ),
            "take these fields off the screen of that step, or let another one lead there",
        ),
        (None, None, false) => (
            ". Whether there is a way behind that I may not see".to_owned(),
            "give the bot's account the project permission “View (read-only) workflow”, or let one step lead there",
        ),
        _ => (
            String::new(),
            "let the workflow lead there, or name another status under `statuses` in the configuration",
        ),
    };
    format!(
        "from {from} the workflow leads {ways}, and not to {wanted}; it was not moved at all{why}{CURE}{cure}"
    )
}
