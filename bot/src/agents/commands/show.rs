//! `show agent <agent> [version <version>] [page <number>]`: what an agent is, whole, page by page: as it is in force, as it was, or as a
//! proposal of this code has it.

use countersign_domain::agents::{Agent, AgentBook, words as said};
use countersign_domain::capabilities::Listed as _;
use countersign_domain::card::{ButtonStyle, Card, Tone};
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
/// So much stands on a page, in characters: every chat has room for that, and cuts nothing of what somebody is to countersign.
const ROOM: usize = 2_400;
/// What is said where others read along.
const ALONE: (&str, &str) =
    ("I show that to you alone", "What an agent is told is for few: say it to me in private.");

pub(super) const SPEC: CommandSpec = CommandSpec {
    name: NAME,
    grammar: "show agent <agent> [version <version>] [page <number>]",
    phrases: &[],
    summary: "what an agent is told, whole, and its versions, for admins and auditors",
    examples: &["show agent travel", "show agent travel version 2", "show agent K7QM2X page 2"],
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
        let lines = said::lines(&draft.definition);
        return Ok(vec![page(&title, said, (&format!("{NAME} {code}"), &lines))]);
    }
    if !may_look(context) {
        return chat.refuse(context, NAME, not_theirs()).await;
    }
    let book = book(&requests.engine, &context.tenant).await?;
    match card(&book, agent, said) {
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
fn card(book: &AgentBook, agent: &str, said: &Said) -> Option<Card> {
    let kept = book.agents.get(agent)?;
    let shown = match said.get("version") {
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
    let lines: Vec<_> = others.into_iter().chain(said::lines(&shown.definition)).collect();
    // The version is named: whoever turns the page reads on in the same one.
    let again = format!("{NAME} {agent} version {}", shown.version);
    Some(page(&title, said, (&again, &lines)))
}

/// The page that is asked for, and how the next one is.
fn page(title: &str, said: &Said, (again, lines): (&str, &[String])) -> Card {
    let pages = pages(lines);
    let asked = said.get("number").and_then(|page| page.parse::<usize>().ok());
    let page = asked.unwrap_or(1).clamp(1, pages.len().max(1));
    let title =
        if pages.len() > 1 { format!("{title}, page {page} of {}", pages.len()) } else { title.to_owned() };
    let card = Draft::new(Tone::Neutral, &title).lines(pages.get(page - 1).into_iter().flatten());
    let next = format!("{again} page {}", page + 1);
    let card = if page < pages.len() { card.button("Next page", ButtonStyle::Plain, &next) } else { card };
    card.card()
}

/// Lines as pages that leave nothing out; a line that has no place on one goes on upon the next.
fn pages(lines: &[String]) -> Vec<Vec<String>> {
    let (mut all, mut page, mut room) = (Vec::new(), Vec::new(), ROOM);
    for line in lines {
        let signs: Vec<char> = line.chars().collect();
        for part in signs.chunks(ROOM) {
            if part.len() > room {
                all.push(std::mem::take(&mut page));
                room = ROOM;
            }
            room -= part.len();
            page.push(part.iter().collect());
        }
    }
    all.push(page);
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_of_an_agent_is_left_out_where_it_has_no_place_on_one_page() {
        let lines: Vec<_> = [10, ROOM, 3 * ROOM + 7, 1].map(|length| "ü".repeat(length)).into();
        let pages = pages(&lines);
        let long = |page: &Vec<String>| page.iter().map(|line| line.chars().count()).sum::<usize>();
        assert!(
            pages.len() == 6 && pages.iter().all(|page| (1..=ROOM).contains(&long(page))),
            "{}",
            pages.len()
        );
        assert_eq!(pages.concat().concat(), lines.concat());
        assert_eq!(super::pages(&["name: travel".to_owned()]), [["name: travel"]]);
    }
}
