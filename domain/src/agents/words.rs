//! What is said of agents.

use super::{AgentBookEvent, AgentEvent, AgentRequestEvent, Definition, Draft, Fault, Found, Limits, Topic};
use crate::names::PrincipalId;
use crate::request::RequestEvent;
use crate::rules::{Line, line_by_line};
use crate::text::{flat, quoted};
use crate::words::happened;

/// `the agent travel, version 2`.
pub fn title(draft: &Draft) -> String {
    let back = draft.back_to.map(|version| format!(", as it was in version {version}")).unwrap_or_default();
    format!("{}, version {}{back}", flat(&draft.definition.name), draft.version())
}

/// An agent, a line for each thing that it is, and for each line of its instruction: what is read, compared and countersigned.
pub fn lines(definition: &Definition) -> Vec<String> {
    let Definition { name, instruction, backend, tools, collections, guardrail, limits } = definition;
    let named = |all: &Option<std::collections::BTreeSet<String>>, nothing: &str| match all {
        None => nothing.to_owned(),
        Some(all) if all.is_empty() => "nothing".to_owned(),
        Some(all) => all.iter().map(|name| flat(name)).collect::<Vec<_>>().join(", "),
    };
    let mut lines = vec![
        format!("name: {}", flat(name)),
        format!("model: {}", backend.as_deref().map_or_else(|| "the tenant's own".to_owned(), flat)),
        format!("may offer: {}", named(tools, "whatever who asks may do")),
        format!("answers from: {}", named(collections, "all that may be read where it is asked")),
    ];
    lines.extend(guardrail.iter().map(topic));
    lines.extend(limited(*limits));
    lines.push("instruction:".to_owned());
    lines.extend(instruction.lines().map(|line| format!("  {}", flat(line))));
    lines
}

fn topic(Topic { name, phrases }: &Topic) -> String {
    let phrases: Vec<_> = phrases.iter().map(|phrase| quoted(phrase)).collect();
    format!("does not talk about {}: {}", flat(name), phrases.join(", "))
}

fn limited(Limits { a_day, most_tokens, passages }: Limits) -> Vec<String> {
    let each = |of: Option<u64>, what: &str| of.map(|most| format!("at most {most} {what} a day"));
    let all = a_day.unwrap_or_default();
    let of_an_answer =
        |of: Option<u32>, what: &str| of.map(|most| format!("at most {most} {what} an answer"));
    let lines = [
        each(all.turns, "questions"),
        each(all.tokens, "tokens"),
        each(all.micros, "millionths of money"),
        of_an_answer(most_tokens, "tokens"),
        of_an_answer(passages, "passages"),
    ];
    lines.into_iter().flatten().collect()
}

/// What changes, line by line; all of it where there was nothing before.
pub fn changes(draft: &Draft) -> Vec<Line> {
    let before = draft.before.as_ref().map(|before| lines(&before.definition)).unwrap_or_default();
    line_by_line(&before, &lines(&draft.definition))
}

/// What it could do more than what is in its place, a sentence each: whoever countersigns it need not find that among the lines.
pub fn widened(draft: &Draft) -> Vec<String> {
    let (Some(before), now) = (draft.before.as_ref().map(|before| &before.definition), &*draft.definition)
    else {
        return vec![];
    };
    let reads = match (&before.collections, &now.collections) {
        (Some(_), None) => Some("It would answer from all that may be read where it is asked, and not from some collections only.".to_owned()),
        (Some(old), Some(new)) => more("It would answer from more collections than now:", new.difference(old)),
        (None, _) => None,
    };
    let offers = match (&before.tools, &now.tools) {
        (Some(_), None) => {
            Some("It could offer whatever who asks may do, and not some of it only.".to_owned())
        }
        (Some(old), Some(new)) => more("It could offer more than now:", new.difference(old)),
        (None, _) => None,
    };
    let is_kept = |name: &str, phrase: &String| {
        now.guardrail.iter().any(|topic| topic.name == name && topic.phrases.contains(phrase))
    };
    let all =
        before.guardrail.iter().flat_map(|topic| topic.phrases.iter().map(move |phrase| (topic, phrase)));
    let gone: Vec<_> =
        all.filter(|&(topic, phrase)| !is_kept(&topic.name, phrase)).map(|(_, phrase)| phrase).collect();
    let talks = more("It would talk about what it does not talk about now:", gone.into_iter());
    [reads, offers, talks].into_iter().flatten().collect()
}

/// The first of them by name, and how many there are beside; nothing where there are none.
fn more<'a>(says: &str, names: impl Iterator<Item = &'a String>) -> Option<String> {
    const NAMED: usize = 5;
    let all: Vec<_> = names.map(|name| flat(name)).collect();
    let beside = all.len().saturating_sub(NAMED);
    let beside = if beside > 0 { format!(" and {beside} more") } else { String::new() };
    let first: Vec<_> = all.into_iter().take(NAMED).collect();
    (!first.is_empty()).then(|| format!("{says} {}{beside}.", first.join(", ")))
}

/// What was found of it, a line each.
pub fn found(found: &Found) -> Vec<String> {
    let with =
        (!found.answers_with.is_empty()).then(|| format!("Would answer with: {}", flat(&found.answers_with)));
    let missing = (!found.missing.is_empty()).then(|| {
        let names: Vec<_> = found.missing.iter().map(|missing| quoted(&missing.name)).collect();
        format!("Is not here: {}", names.join(", "))
    });
    with.into_iter().chain(missing).collect()
}

/// What has happened to an agent that was asked for, in a sentence.
pub fn told(event: &AgentRequestEvent, name: &dyn Fn(&PrincipalId) -> String) -> String {
    match event {
        RequestEvent::Requested { asked } => {
            format!("{} asked for the agent {}.", name(&asked.requester.id), title(asked))
        }
        like_others => happened::<_, Fault>(like_others, "the agent", name, |event| own(event, name)),
    }
}

fn own(event: &AgentEvent, name: &dyn Fn(&PrincipalId) -> String) -> String {
    match event {
        AgentEvent::Published { version } => {
            format!("It is in force as version {version}, and was read back as it was countersigned.")
        }
        AgentEvent::Overtaken { now } => format!("It was not put in force, for version {now} was first."),
        AgentEvent::Replaced { by } => format!("The version of {by} is in its place."),
        AgentEvent::Drifted { found } => {
            format!("Where it is run, it is otherwise than it was countersigned: {}.", flat(found))
        }
        AgentEvent::Restored {} => "It is as it was countersigned once more where it is run.".to_owned(),
        AgentEvent::Retired { by, reason } => {
            let why = reason.as_deref().map(|reason| format!(": {}", flat(reason))).unwrap_or_default();
            format!("{} retired it{why}.", name(by))
        }
    }
}

/// What an event of the book says.
pub fn of_the_book(event: &AgentBookEvent) -> String {
    match event {
        AgentBookEvent::AgentPutInForce { version, definition, change, provisioned } => {
            let by = change.as_ref().map(|change| format!(", by {}", change.request));
            let by = by.unwrap_or_else(|| ", as the configuration begins with it".to_owned());
            let run = provisioned
                .as_ref()
                .map(|there| format!(", run as {}@{}", flat(&there.agent), flat(&there.alias)));
            let run = run.unwrap_or_default();
            format!("Version {version} of the agent {} is in force{by}{run}.", flat(&definition.name))
        }
        AgentBookEvent::AgentTakenOut { agent, version } => {
            format!("Version {version} of the agent {} answers nobody any more.", flat(agent))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::Agent;
    use super::super::example::{book_events, definition, draft};
    use super::*;
    use crate::request::law::Tried as _;

    #[test]
    fn every_event_is_told_in_a_sentence() {
        let all: Vec<_> =
            Agent::every_event().iter().map(|event| told(event, &ToString::to_string)).collect();
        assert!(all.iter().all(|said| !said.is_empty()), "{all:#?}");
        let own = Agent::own_events().into_iter().map(|event| super::own(&event, &ToString::to_string));
        let all: Vec<_> = own.chain(book_events().iter().map(of_the_book)).collect();
        assert!(all.iter().all(|said| said.ends_with('.')), "{all:#?}");
    }

    #[test]
    fn what_an_agent_could_do_more_than_before_is_said_and_what_it_could_do_less_is_not() {
        let widened_to = |change: fn(&mut Definition)| {
            let mut wanted = draft();
            change(&mut wanted.definition);
            widened(&wanted)
        };
        assert_eq!(widened(&draft()), [""; 0]);
        let more = widened_to(|now| now.collections = Some(["handbook".to_owned(), "hr".to_owned()].into()));
        assert_eq!(more, ["It would answer from more collections than now: hr."]);
        let all = widened_to(|now| (now.collections, now.tools, now.guardrail) = (None, None, vec![]));
        assert_eq!(all.len(), 3, "{all:#?}");
        assert!(all[0].contains("all that may be read") && all[2].ends_with("salary."), "{all:#?}");
        let less = widened_to(|now| (now.collections, now.tools) = (Some([].into()), Some([].into())));
        assert_eq!(less, [""; 0]);
        assert_eq!(widened(&Draft { before: None, ..draft() }), [""; 0], "all of a new one is shown as new");
    }

    #[test]
    fn only_what_changes_is_shown_as_changed_and_all_of_a_new_one() {
        let changed: Vec<_> =
            changes(&draft()).into_iter().filter(|line| !matches!(line, Line::Same(_))).collect();
        let (less, more) = ("  Answer.".to_owned(), format!("  {}", definition().instruction));
        assert_eq!(changed, [Line::Less(less), Line::More(more)]);
        let new = changes(&Draft { before: None, base: 0, ..draft() });
        assert!(new.iter().all(|line| matches!(line, Line::More(_))) && new.len() > 8, "{new:#?}");
    }
}
