//! `agents`: who answers questions here, each in the version that is in force.

use std::sync::Arc;

use countersign_domain::agents::Version;
use countersign_domain::card::{Card, Tone};
use countersign_domain::denied::Violation;
use countersign_domain::tenant::Role;
use countersign_domain::words::{flat, instant};

use super::{FOR, nothing};
use crate::agents::standing::book;
use crate::cards::Draft;
use crate::chat::Chat;
use crate::commands::CommandSpec;
use crate::context::Context;
use crate::engine::Failure;
use crate::grammar::Said;

/// Its name.
const NAME: &str = "agents";
/// So many stand on a card; the rest are counted.
const LISTED: usize = 20;

pub(super) const SPEC: CommandSpec = CommandSpec {
    name: NAME,
    grammar: "agents",
    phrases: &["list agents", "which agents are there"],
    summary: "who answers questions here, for admins and auditors",
    examples: &["agents"],
    audience: FOR,
    decides: false,
    by_any_name: false,
    takes_partial: false,
    run: |chat, context, said| Box::pin(run(chat, context, said)),
};

async fn run(chat: &Chat, context: &Context, _: &Said) -> Result<Vec<Card>, Failure> {
    let requests = chat.requests();
    let Some(help) = requests.world.help(&context.tenant) else { return Ok(nothing()) };
    if !may_look(context) {
        return chat.refuse(context, NAME, not_theirs()).await;
    }
    let book = book(&requests.engine, &context.tenant).await?;
    let in_force: Vec<_> = book.agents.iter().filter_map(|(name, kept)| Some((name, kept.now()?))).collect();
    let title = match in_force.len() {
        0 => "No agent was defined yet".to_owned(),
        1 => "One agent".to_owned(),
        many => format!("{many} agents"),
    };
    let line = |(name, now): &(&String, &Arc<Version>)| {
        format!("{} version {}, since {}", flat(name), now.version, instant(now.at))
    };
    let more = in_force.len().checked_sub(LISTED).filter(|more| *more > 0);
    let own = &help.settings.agent.name;
    let standard = match book.in_force(own) {
        Some(_) => format!("Who asks without naming one is answered by {}.", flat(own)),
        None => format!(
            "Who asks without naming one is answered by {}, as the configuration sets it up.",
            flat(own)
        ),
    };
    let card = Draft::new(Tone::Neutral, &title)
        .lines(in_force.iter().take(LISTED).map(line))
        .lines(more.map(|more| format!("and {more} more")))
        .line(&standard);
    Ok(vec![card.card()])
}

/// What an agent is told is for those who may change it, and who look at what was done.
pub(super) fn may_look(context: &Context) -> bool {
    context.person.is(Role::Admin) || context.person.is(Role::Auditor)
}

pub(super) fn not_theirs() -> Violation {
    let (action, role) = ("see what agents are told".to_owned(), "an admin or an auditor".to_owned());
    Violation::RoleRequired { action, role }
}
