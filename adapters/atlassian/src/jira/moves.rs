//! Moving a ticket forward by the name of the status, never back.

use countersign_domain::ports::{CallError, MovePlan, MoveStep, Ticket, TicketMove, TicketStage, Tracker};
use countersign_outbound::Ask;
use serde_json::json;

use super::Jira;
use super::answers::{Transition, Transitions};

impl Jira {
    /// The next step towards the wanted status. Where no transition leads there directly, the step goes to the status
    /// `started` first, and planning again gives the rest.
    pub(super) async fn plan(&self, key: &str, to: TicketMove) -> Result<MovePlan, CallError> {
        let wanted = self.statuses.name(to);
        let what = format!("move {key} to {wanted}");
        let ticket = self.present(key, &what).await?;
        if ticket.stage >= to.stage() || same(&ticket.status, wanted) {
            return Ok(MovePlan { key: ticket.key, from: ticket.status, step: None });
        }
        let path = ["rest", "api", "3", "issue", &ticket.key, "transitions"];
        let offered: Transitions = self.vendor.send(Ask::get(what.clone(), &path)).await?.json()?;
        let forward: Vec<&Transition> = offered
            .transitions
            .iter()
            .filter(|transition| transition.is_available && transition.to.stage() >= ticket.stage)
            .collect();
        let by_name = |name: &str| forward.iter().find(|transition| same(&transition.to.name, name)).copied();
        let by_label = || forward.iter().find(|transition| same(&transition.name, wanted)).copied();
        let on_the_way =
            || (ticket.stage == TicketStage::Todo).then(|| by_name(&self.statuses.started)).flatten();
        let Some(step) = by_name(wanted).or_else(by_label).or_else(on_the_way) else {
            return Err(self.vendor.rejected(what, &no_way(&ticket, wanted, &offered.transitions)));
        };
        let step = MoveStep { transition: step.id.clone(), to: step.to.name.clone() };
        Ok(MovePlan { key: ticket.key, from: ticket.status, step: Some(step) })
    }

    /// Takes the step. A refusal is no failure where the ticket is there already: the answer of an earlier try was lost.
    pub(super) async fn take(&self, plan: &MovePlan) -> Result<(), CallError> {
        let Some(step) = &plan.step else { return Ok(()) };
        let what = format!("move {} from {} to {}", plan.key, plan.from, step.to);
        let path = ["rest", "api", "3", "issue", &plan.key, "transitions"];
        let ask = Ask::post(what.clone(), &path).json(&json!({"transition": {"id": step.transition}}));
        match self.vendor.send(ask).await {
            Ok(_) => Ok(()),
            Err(error) if matches!(error.status, Some(400 | 409)) => {
                let ticket = self.present(&plan.key, &what).await?;
                if same(&ticket.status, &step.to) { Ok(()) } else { Err(error) }
            }
            Err(error) => Err(error),
        }
    }

    async fn present(&self, key: &str, what: &str) -> Result<Ticket, CallError> {
        let ticket = self.ticket(key).await?;
        ticket.ok_or_else(|| self.vendor.rejected(what, &format!("there is no ticket {key}")))
    }
}

fn same(one: &str, other: &str) -> bool {
    one.trim().to_lowercase() == other.trim().to_lowercase()
}

fn no_way(ticket: &Ticket, wanted: &str, offered: &[Transition]) -> String {
    let names: Vec<&str> = offered.iter().map(|transition| transition.to.name.as_str()).collect();
    let ways = if names.is_empty() { "nowhere".to_owned() } else { format!("to {}", names.join(", ")) };
    format!(
        "from {} the workflow leads {ways}, and not to {wanted}: change the workflow or the configured status names",
        ticket.status
    )
}
