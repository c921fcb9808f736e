//! Moving a ticket forward by the name of the status, never back.

use countersign_domain::ports::{CallError, MovePlan, MoveStep, Ticket, TicketMove, TicketStage, Tracker};
use countersign_outbound::Ask;
use serde_json::json;

use super::Jira;
use super::answers::{Transition, Transitions};

impl Jira {
    /// The step to the wanted status. Where no transition leads there directly, it goes by way of the status `started`.
    pub(super) async fn plan(&self, key: &str, to: TicketMove) -> Result<MovePlan, CallError> {
        let wanted = self.statuses.name(to);
        let what = format!("move {key} to {wanted}");
        let ticket = self.present(key, &what).await?;
        if ticket.stage >= to.stage() || same(&ticket.status, wanted) {
            return Ok(MovePlan { key: ticket.key, from: ticket.status, step: None });
        }
        let offered = self.offered(&ticket, &what).await?;
        let direct = leading_to(&offered, ticket.stage, wanted);
        let step = match direct {
            Some(direct) => MoveStep { transition: direct.id.clone(), to: direct.to.name.clone() },
            None => match leading_to(&offered, ticket.stage, &self.statuses.started) {
                Some(way) if ticket.stage == TicketStage::Todo => {
                    MoveStep { transition: way.id.clone(), to: wanted.to_owned() }
                }
                _ => return Err(self.vendor.rejected(what, &no_way(&ticket, wanted, &offered))),
            },
        };
        Ok(MovePlan { key: ticket.key, from: ticket.status, step: Some(step) })
    }

    /// Takes the step and reads back. A refusal is no failure where the ticket is there already: the answer of an
    /// earlier try was lost.
    pub(super) async fn take(&self, plan: &MovePlan) -> Result<(), CallError> {
        let Some(step) = &plan.step else { return Ok(()) };
        let what = format!("move {} from {} to {}", plan.key, plan.from, step.to);
        match self.transition(&plan.key, &step.transition, &what).await {
            Err(error) if matches!(error.status, Some(400 | 409)) => {
                let ticket = self.present(&plan.key, &what).await?;
                return if same(&ticket.status, &step.to) { Ok(()) } else { Err(error) };
            }
            result => result?,
        }
        let ticket = self.present(&plan.key, &what).await?;
        let on_the_way = same(&ticket.status, &self.statuses.started) && !same(&ticket.status, &step.to);
        if !on_the_way {
            return Ok(());
        }
        let offered = self.offered(&ticket, &what).await?;
        let Some(rest) = leading_to(&offered, ticket.stage, &step.to) else {
            return Err(self.vendor.rejected(what, &no_way(&ticket, &step.to, &offered)));
        };
        self.transition(&ticket.key, &rest.id, &what).await
    }

    async fn transition(&self, key: &str, id: &str, what: &str) -> Result<(), CallError> {
        let path = ["rest", "api", "3", "issue", key, "transitions"];
        let ask = Ask::post(what, &path).json(&json!({"transition": {"id": id}}));
        self.vendor.send(ask).await.map(drop)
    }

    async fn offered(&self, ticket: &Ticket, what: &str) -> Result<Vec<Transition>, CallError> {
        let path = ["rest", "api", "3", "issue", &ticket.key, "transitions"];
        Ok(self.vendor.send(Ask::get(what, &path)).await?.json::<Transitions>()?.transitions)
    }

    async fn present(&self, key: &str, what: &str) -> Result<Ticket, CallError> {
        let ticket = self.ticket(key).await?;
        ticket.ok_or_else(|| self.vendor.rejected(what, &format!("there is no ticket {key}")))
    }
}

/// The transition that leads forward to the status of this name, or bears the name itself.
fn leading_to<'a>(offered: &'a [Transition], stage: TicketStage, name: &str) -> Option<&'a Transition> {
    let forward = || offered.iter().filter(|way| way.is_available && way.to.stage() >= stage);
    forward().find(|way| same(&way.to.name, name)).or_else(|| forward().find(|way| same(&way.name, name)))
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
