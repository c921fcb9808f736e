//! The model that answers, as it is set at this moment: where its settings can change while the bot runs, what serves from now on stands
//! in the log, and so does what was to serve and cannot.

use std::sync::Arc;

use countersign_domain::envelope::{Cause, derived_id};
use countersign_domain::names::Tenant;
use countersign_domain::ports::{Model, Serving};
use countersign_domain::tenant::{Settings, SettingsCommand};
use uuid::Uuid;

use crate::context::system;
use crate::engine::Failure;
use crate::help::Help;
use crate::perform::Hands;

/// The command's name in the log.
const NAME: &str = "set the model";

/// The model that a step of this turn is asked of.
pub(super) async fn serving(
    hands: Hands<'_>,
    tenant: &Tenant,
    help: &Help,
    turn: Uuid,
) -> Result<Arc<dyn Model>, Failure> {
    let Some(Serving { model, refused }) = help.model.serving().await else {
        return Ok(Arc::clone(&help.model));
    };
    if !refused.is_empty() {
        tracing::warn!(%tenant, "the model's settings stay as they were: {}", refused.join("; "));
    }
    let (name, told) = (model.name(), refused.join("\n"));
    let cause = Cause {
        actor: system("outbox"),
        command: derived_id(turn, &format!("{NAME} {} {told}", name.settings)),
        correlation: turn,
        causation: turn,
        at: hands.world.clock.now(),
    };
    let command = || match &*refused {
        [] => SettingsCommand::Serve { model: name.clone() },
        faults => SettingsCommand::Refuse { faults: faults.to_vec() },
    };
    // Whatever becomes of telling it is no reason not to answer, unless the log itself fails.
    let told = hands.engine.execute::<Settings>(tenant, tenant.as_str(), &cause, NAME, command).await?;
    if let Err(denied) = told {
        tracing::debug!(%tenant, "not told: {denied}");
    }
    Ok(model)
}
