//! `effects [<state>]`: the newest effects, for admins and auditors.

use countersign_domain::denied::Violation;
use countersign_domain::effect::EffectState;
use countersign_domain::tenant::Role;

use super::{Audience, CommandSpec};
use crate::chat::Chat;
use crate::context::Context;
use crate::engine::Failure;
use crate::grammar::Said;
use countersign_domain::card::Card;

const NAME: &str = "effects";

pub(super) const SPEC: CommandSpec = CommandSpec {
    name: NAME,
    grammar: "effects [<state>]",
    phrases: &["show|list [me] effects [<state>]"],
    summary: "the newest effects, for admins and auditors",
    examples: &["effects parked", "effects"],
    audience: Audience::Roles(&[Role::Admin, Role::Auditor]),
    decides: false,
    by_any_name: false,
    takes_partial: false,
    run: |chat, context, said| Box::pin(run(chat, context, said)),
};

async fn run(chat: &Chat, context: &Context, said: &Said) -> Result<Vec<Card>, Failure> {
    if !context.person.is(Role::Admin) && !context.person.is(Role::Auditor) {
        let role = Violation::RoleRequired {
            action: "see effects".to_owned(),
            role: "an admin or an auditor".to_owned(),
        };
        return chat.refuse(context, NAME, role).await;
    }
    let state = match said.get("state").map(|state| (state, state.to_lowercase().parse())) {
        None => None,
        Some((_, Ok(state))) => Some(state),
        Some((given, Err(()))) => {
            let nearest =
                EffectState::ALL.iter().map(|state| format!("effects {}", state.as_str())).collect();
            let violation =
                Violation::NotUnderstood { said: countersign_domain::words::flat(given), nearest };
            return chat.refuse(context, NAME, violation).await;
        }
    };
    chat.effects(context, state)
}
