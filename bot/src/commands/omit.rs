//! `omit me until <time> [from <from>] [ask <group>]`: be left out for a time, and let a group stand in.

use countersign_domain::card::Card;
use countersign_domain::denied::Violation;
use countersign_domain::ports::beginning;
use countersign_domain::question::{About, Offer};
use countersign_domain::tenant::Away;

use super::{Audience, CommandSpec};
use crate::chat::{Chat, Doubt, end_of};
use crate::context::Context;
use crate::engine::Failure;
use crate::grammar::Said;
use crate::moment::{self, Edge, Here};
use crate::normalise::{self, Says};
use crate::words;

const NAME: &str = "omit";

pub(super) const SPEC: CommandSpec = CommandSpec {
    name: NAME,
    grammar: "omit me until <time> [from <from>] [ask <group>]",
    phrases: &[
        "leave me out until <time> [from <from>] [ask <group>]",
        "omit me from <from> until|till|til|to|through <time> [ask <group>]",
        "leave me out from <from> until|till|til|to|through <time> [ask <group>]",
        "omit me <from>",
        "leave me out <from>",
        "i am|will [be] away|off|out|absent|ooo until|till|til|through <time> [from <from>] [ask <group>]",
        "i'm|i'll be away|off|out|absent|ooo until|till|til|through <time> [from <from>] [ask <group>]",
        "i am|will [be] on vacation|holiday|leave until|till|til|through <time> [from <from>] [ask <group>]",
        "i'm|i'll [be] on vacation|holiday|leave until|till|til|through <time> [from <from>] [ask <group>]",
        "i am|will [be] on vacation|holiday|leave from <from> to|until|till|through <time> [ask <group>]",
        "i'm|i'll [be] on vacation|holiday|leave from <from> to|until|till|through <time> [ask <group>]",
        "i am|will [be] away|off|out|ooo from <from> to|until|till|through <time> [ask <group>]",
        "i'm|i'll [be] away|off|out|ooo from <from> to|until|till|through <time> [ask <group>]",
        "on vacation from <from> to|until|till|through <time> [ask <group>]",
        "ich bin im urlaub vom|von <from> bis <time> [ask <group>]",
        "ich bin weg|abwesend bis <time> [ask <group>]",
        "ich bin im urlaub bis <time> [ask <group>]",
        "je suis en vacances du <from> au <time> [ask <group>]",
        "estoy de vacaciones del <from> al <time> [ask <group>]",
    ],
    summary: "be left out for a time, with a group that stands in for you",
    examples: &["omit me until Monday", "omit me until Monday ask approvers"],
    audience: Audience::Everybody,
    decides: false,
    by_any_name: false,
    takes_partial: false,
    run: |chat, context, said| Box::pin(run(chat, context, said)),
};

async fn run(chat: &Chat, context: &Context, said: &Said) -> Result<Vec<Card>, Failure> {
    let here = chat.here(context).await?;
    // "Omit me tomorrow": on that day, from its beginning to its end.
    let given = said.get("time").or_else(|| said.get("from")).unwrap_or_default();
    // A group stands in: whose it is may be said, but which one is asked.
    if let Some((time, name)) = stand_in(given, &here) {
        return ask_for_group(chat, context, said, time, name).await;
    }
    let written = |until: &str| {
        let part = |lead: &str, slot| said.get(slot).map(|own| format!(" {lead} {own}")).unwrap_or_default();
        format!("omit me until {until}{}{}", part("from", "from"), part("ask", "group"))
    };
    // The last day that is named is one of them.
    let until = match end_of(given, &here, words::AWAY_UNTIL_WHEN, written) {
        Ok(until) => until,
        Err(doubt) => return chat.ask_back(context, None, *doubt).await,
    };
    let from = match said.get("from").map(|from| begins(from, &here)) {
        Some(None) => {
            return chat.refuse(context, NAME, bad_moment(said.get("from").unwrap_or_default())).await;
        }
        Some(Some(from)) => Some(from).filter(|from| *from > here.now),
        None => None,
    };
    if from.is_some_and(|from| from >= until) {
        return chat.refuse(context, NAME, bad_moment(given)).await;
    }
    let deputies = said.get("group").map(group).filter(|group| !group.is_empty());
    chat.prefer(context, NAME, |preferences| preferences.away = Some(Away { from, until, deputies })).await
}

/// The time and the name in "Jan 3 Ada stands in".
fn stand_in<'g>(given: &'g str, here: &Here) -> Option<(&'g str, &'g str)> {
    let words = normalise::words(given);
    let behind = Says::StandsIn.ends(&words)?;
    let before = given[..words[words.len() - behind].start].trim_end();
    // As much of it as can be is the time.
    let spaces = before.match_indices(' ').map(|(at, _)| at).rev();
    let split = |at: usize| (before[..at].trim(), before[at..].trim());
    let is_time =
        |(time, _): &(&str, &str)| !matches!(moment::read(time, here, Edge::End), moment::Meant::Nothing);
    spaces.map(split).find(is_time).map(|(time, name)| (time, name.trim_start_matches("and ")))
}

async fn ask_for_group(
    chat: &Chat,
    context: &Context,
    said: &Said,
    time: &str,
    name: &str,
) -> Result<Vec<Card>, Failure> {
    let (who, groups) = chat.groups_of(context, name).await?;
    let from = said.get("from").map(|from| format!(" from {from}")).unwrap_or_default();
    let offer = |group: &String| Offer {
        label: group.clone(),
        say: format!("omit me until {time}{from} ask {group}"),
    };
    let offers: Vec<_> = groups.iter().map(offer).collect();
    let question = if offers.is_empty() { words::in_no_group(&who) } else { words::a_group_stands_in(&who) };
    chat.ask_back(context, None, Doubt { about: About::Which, question, lines: vec![], offers }).await
}

/// When an absence begins; one that began today has begun.
fn begins(text: &str, here: &Here) -> Option<jiff::Timestamp> {
    match moment::read(text, here, Edge::Beginning) {
        moment::Meant::At(at) => Some(at),
        moment::Meant::Passed | moment::Meant::PassedToday(_) => Some(here.now),
        _ => None,
    }
}

fn bad_moment(given: &str) -> Violation {
    Violation::BadMoment { given: beginning(given, 40) }
}

fn group(text: &str) -> String {
    let words = text.split_whitespace().filter(|word| !["the", "group", "deputy"].contains(word));
    words.collect::<Vec<_>>().join(" ")
}
