//! `show agent <agent> [version <version>]`: what an agent is, whole: as it is in force, as it was, or as a proposal of this code has it.

use countersign_domain::agents::{Agent, AgentBook, words as said};
use countersign_domain::capabilities::Listed as _;
use countersign_domain::card::{Card, Tone};
use countersign_domain::request::Code;
use countersign_domain::words::{flat, instant};

use super::list::{may_look, not_theirs};
use super::{FOR, nothing};
use crate::agents::propose::unknown;
use crate::agents::standing::book;
use crate::cards::{self, Draft};
use crate::chat::Chat;
use crate::commands::CommandSpec;
use crate::context::Context;
use crate::engine::Failure;
use crate::grammar::Said;
use crate::requests::Opened;

const NAME: &str = "show agent";
/// What is said where others read along.
const ALONE: (&str, &str) =
    ("I show that to you alone", "What an agent is told is for few: say it to me in private.");

pub(super) const SPEC: CommandSpec = CommandSpec {
    name: NAME,
    grammar: "show agent <agent> [version <version>]",
    phrases: &[],
    summary: "what an agent is told, whole, and its versions, for admins and auditors",
    examples: &["show agent travel", "show agent travel version 2"],
    audience: FOR,
    decides: false,
    by_any_name: false,
    takes_partial: false,
    run: |chat, context, said| Box::pin(run(chat, context, said)),
};

async fn run(chat: &Chat, context: &Context, said: &Said) -> Result<Vec<Card>, Failure> {
    let requests = chat.requests();
    if requests.world.help(&context.tenant).is_none() {
        return Ok(nothing());
    }
    if context.is_overheard() {
        return Ok(vec![cards::nothing(ALONE)]);
    }
    let agent = said.get("agent").unwrap_or_default();
    // Whoever may see a proposal may read all of it: they are asked to countersign it.
    if let Ok(code) = agent.parse::<Code>()
        && let Some(opened) = requests.read(&context.tenant, &code).await?
        && let Some(draft) = Agent::of(Some(&opened.request)).and_then(|request| request.asked.as_ref())
        && is_seen(chat, context, &opened)
    {
        let title = format!("As {code} has it: {}", said::title(draft));
        return Ok(vec![Draft::new(Tone::Neutral, &title).lines(said::lines(&draft.definition)).card()]);
    }
    if !may_look(context) {
        return chat.refuse(context, NAME, not_theirs()).await;
    }
    let book = book(&requests.engine, &context.tenant).await?;
    match card(&book, agent, said.get("version")) {
        Some(card) => Ok(vec![card]),
        None => chat.refuse(context, NAME, unknown(agent, said.get("version").map(short))).await,
    }
}

fn is_seen(chat: &Chat, context: &Context, opened: &Opened) -> bool {
    let now = chat.requests().world.clock.now();
    opened.is_seen_by(&context.person, &opened.present.state.absent_for(&context.person, now))
}

fn short(given: &str) -> String {
    given.chars().take(20).collect()
}

/// One version, and which others there are; nothing where there is none.
fn card(book: &AgentBook, agent: &str, version: Option<&str>) -> Option<Card> {
    let kept = book.agents.get(agent)?;
    let shown = match version {
        Some(given) => book.version(agent, given.parse().ok()?)?,
        None => kept.versions.last()?,
    };
    let state = match kept.now() {
        Some(now) if now.version == shown.version => "in force",
        _ if shown.version == kept.latest() => "retired",
        _ => "replaced",
    };
    let title = format!("{} version {}, {state}", flat(agent), shown.version);
    let others = kept.versions.iter().rev().filter(|other| other.version != shown.version);
    let others: Vec<_> =
        others.map(|other| format!("{} of {}", other.version, instant(other.at))).take(10).collect();
    let others = (!others.is_empty()).then(|| format!("Other versions: {}", others.join(", ")));
    Some(Draft::new(Tone::Neutral, &title).lines(others).lines(said::lines(&shown.definition)).card())
}
