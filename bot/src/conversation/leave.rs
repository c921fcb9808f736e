//! Whoever leaves while they are being answered gets no answer: what goes on for them is stopped, and the model hears of it.

use countersign_domain::conversation::{Conversation, ConversationCommand};
use countersign_domain::envelope::{Cause, derived_id};
use countersign_domain::names::{PrincipalId, Tenant};
use countersign_projections::help_desk;

use crate::engine::Failure;
use crate::requests::Requests;

/// Stops it, wherever they asked. The read models have come as far as where they left.
pub(crate) async fn leave(
    requests: &Requests,
    (tenant, cause): (&Tenant, &Cause),
    who: &PrincipalId,
    name: &str,
) -> Result<(), Failure> {
    let open = help_desk::open_turns(&*requests.world.projections.rows(help_desk::NAME), tenant, who)?;
    for turn in open {
        let command = derived_id(cause.command, &format!("leave {}", turn.turn));
        let cause = Cause { command, ..cause.clone() };
        let (id, name) = (turn.conversation.to_string(), name.to_owned());
        let leave = || ConversationCommand::Leave { id: who.clone(), name: name.clone() };
        // Where it has ended meanwhile, there is nothing to stop.
        let _ = requests.engine.execute::<Conversation>(tenant, &id, &cause, "leave", leave).await?;
    }
    Ok(())
}
