//! `resolve <effect> as <outcome> [because <reason>]`: say how a parked effect ends, for admins.

use countersign_domain::capabilities::{EffectCommand, Effects};
use countersign_domain::denied::Violation;
use countersign_domain::effect::Resolution;
use countersign_domain::tenant::Role;

use super::{Audience, CommandSpec};
use crate::chat::Chat;
use crate::context::Context;
use crate::engine::Failure;
use crate::grammar::Said;
use countersign_domain::card::Card;

use crate::cards;

const NAME: &str = "resolve";

pub(super) const SPEC: CommandSpec = CommandSpec {
    name: NAME,
    grammar: "resolve <effect> as <outcome> [because <reason>]",
    phrases: &[],
    summary: "say how a parked effect ends: as done or as abandoned, for admins",
    examples: &["resolve 23221892-8abf-562f-b19b-0c13e3237033 as done because I set it by hand"],
    audience: Audience::Roles(&[Role::Admin]),
    decides: true,
    by_any_name: false,
    takes_partial: false,
    run: |chat, context, said| Box::pin(run(chat, context, said)),
};

async fn run(chat: &Chat, context: &Context, said: &Said) -> Result<Vec<Card>, Failure> {
    let outcome = said.get("outcome").unwrap_or_default();
    let resolution = match outcome.to_lowercase().as_str() {
        "done" => Resolution::Done,
        "abandoned" => Resolution::Abandoned,
        _ => {
            let nearest =
                vec!["resolve <effect> as done".to_owned(), "resolve <effect> as abandoned".to_owned()];
            return chat
                .refuse(
                    context,
                    NAME,
                    Violation::NotUnderstood { said: countersign_domain::words::flat(outcome), nearest },
                )
                .await;
        }
    };
    let note = said.get("reason").map(str::to_owned);
    let look = match resolution {
        Resolution::Done => chat.look_at_effect(context, said).await?,
        Resolution::Abandoned => None,
    };
    let by = &context.person;
    let command =
        || EffectCommand::Resolve { by: by.clone(), resolution, note: note.clone(), look: look.clone() };
    let done = |id: &str, effect: &Effects| {
        if effect.is_vouched_for() { cards::is_looked_at(id) } else { cards::resolved(id, outcome) }
    };
    chat.operate(context, NAME, said, command, done).await
}
