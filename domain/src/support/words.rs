//! What is said of tickets.

use jiff::SignedDuration;

use super::{Attached, Exchange, KeptFrom, Opened, Priority, Saying, Side, TicketEvent};
use crate::names::PrincipalId;
use crate::text::{flat, instant, list, prose, quoted};

/// `7 “the printer is out of toner”`.
pub fn title(opened: &Opened) -> String {
    format!("{} {}", opened.number, quoted(&opened.subject))
}

/// How much it hurries, as people say it.
pub const fn priority(priority: Priority) -> &'static str {
    match priority {
        Priority::Low => "it can wait",
        Priority::Normal => "it is like most",
        Priority::High => "somebody cannot work",
        Priority::Urgent => "many cannot work",
    }
}

/// What has happened to a ticket, in a sentence.
pub fn told(event: &TicketEvent, name: &dyn Fn(&PrincipalId) -> String) -> String {
    use TicketEvent as E;
    match event {
        E::TicketOpened(opened) => format!("{} opened ticket {}.", name(&opened.by), title(opened)),
        E::TicketTriaged { by: None, priority: how, .. } => {
            format!("Its priority is {}: {}.", how.as_str(), priority(*how))
        }
        E::TicketTriaged { by: Some(by), priority: how, .. } => {
            format!("{} says that its priority is {}: {}.", name(by), how.as_str(), priority(*how))
        }
        E::TicketAssigned { by, to: Some(to), .. } if by == to => format!("{} looks after it.", name(by)),
        E::TicketAssigned { by, to: Some(to), .. } => format!("{} gave it to {}.", name(by), name(to)),
        E::TicketAssigned { by, to: None, .. } => {
            format!("{} gave it back: nobody looks after it.", name(by))
        }
        E::TicketReplied { by, side: Side::Asker, text, .. } => format!("{} says: {}", name(by), prose(text)),
        E::TicketReplied { by, side: Side::Staff, text, .. } => {
            format!("{} answered: {}", name(by), prose(text))
        }
        E::TicketWaiting { .. } => {
            "It waits for an answer of whoever asked, and its clock stands.".to_owned()
        }
        E::TicketResumed { .. } => "There was an answer: its clock runs again.".to_owned(),
        E::TicketResolved { by, how, until, .. } => format!(
            "{} says that it is resolved: {}. Until {} an answer opens it again.",
            name(by),
            prose(how),
            instant(*until)
        ),
        E::TicketReopened { .. } => "It is not resolved after all, and open again.".to_owned(),
        E::TicketClosed { by: Some(by) } => format!("{} closed it.", name(by)),
        E::TicketClosed { by: None } => "Nobody said that it is not resolved: it is closed.".to_owned(),
        E::TicketLinked { key, by: None } => format!("It is {} in the tracker.", flat(key)),
        E::TicketLinked { key, by: Some(by) } => {
            format!("{} linked it: it is {} in the tracker.", name(by), flat(key))
        }
        E::TicketMirrored { .. }
        | E::TrackerSeen { .. }
        | E::TrackerCommented { .. }
        | E::TicketResolvedThere { .. }
        | E::TicketPaged { .. }
        | E::TicketAcknowledged { .. } => told_outside(event, name),
        E::TicketEscalated { to, promise } => {
            format!("There was not {} in time: {} are told.", promise.in_words(), list(to))
        }
        E::SlaWarned { promise, due } => {
            format!("Most of the time for {} is over; the rest is at {}.", promise.in_words(), instant(*due))
        }
        E::SlaBreached { promise, due } => {
            format!("There was not {} by {}, as was promised.", promise.in_words(), instant(*due))
        }
        E::SlaMet { promise, spent } => {
            let spent = SignedDuration::from_secs(i64::try_from(*spent).unwrap_or(i64::MAX));
            format!("There was {} in time, after {} of working time.", promise.in_words(), lasting(spent))
        }
    }
}

/// What was said in a conversation before a ticket was opened of it, by whom it is called so.
pub fn attached(Attached { turns, earlier, others }: &Attached, name: &str) -> Vec<String> {
    let left_out = |count: u32, one: &str, more: &str| match count {
        0 => None,
        1 => Some(format!("One {one} left out.")),
        count => Some(format!("{count} {more} left out.")),
    };
    let turns = turns.iter().flat_map(|turn| {
        std::iter::once(format!("{} asked: {}", flat(name), prose(&turn.asked))).chain(answered(turn))
    });
    left_out(*earlier, "question before these is", "questions before these are")
        .into_iter()
        .chain(turns)
        .chain(left_out(*others, "question of somebody else is", "questions of others are"))
        .collect()
}

/// What was answered, and who does not read it; or why it is left out.
fn answered(turn: &Exchange) -> Option<String> {
    let left_out = match turn.kept_from {
        // Before it was kept why.
        None if turn.withheld => "not everybody who reads tickets may read what it was taken from",
        None => return turn.answered.as_ref().map(|answered| format!("I answered: {}", prose(answered))),
        Some(KeptFrom::Desk) => "not everybody who looks after tickets may read what it was taken from",
        Some(KeptFrom::Everybody) => "what it was taken from is no document any more that I answer from",
        Some(KeptFrom::Others) => match &turn.answered {
            Some(answered) => return Some(format!("I answered, for the desk alone: {}", prose(answered))),
            None => {
                "it is for who looks after tickets, and not everybody else who reads them may read what it was taken from"
            }
        },
    };
    Some(format!("My answer is left out: {left_out}."))
}

/// The same of what happened in the tracker, and of who is woken.
fn told_outside(event: &TicketEvent, name: &dyn Fn(&PrincipalId) -> String) -> String {
    use TicketEvent as E;
    match event {
        E::TicketMirrored { project } => {
            format!("It is to stand in the tracker as well, in the project {}.", flat(project))
        }
        E::TrackerSeen { status, .. } => format!("In the tracker it is in {}.", quoted(status)),
        E::TrackerCommented { by, name: called, text, .. } => {
            let who = by.as_ref().map_or_else(|| flat(called), name);
            format!("{who} says in the tracker: {}", prose(text))
        }
        E::TicketResolvedThere { status, until, .. } => format!(
            "In the tracker it was moved to {}, so it is resolved. Until {} an answer opens it again.",
            quoted(status),
            instant(*until)
        ),
        E::TicketPaged { promise, times, next, .. } => {
            let again = next.map_or_else(String::new, |next| {
                format!(
                    " Unless somebody takes it up or acknowledges it, they are woken again at {}.",
                    instant(next)
                )
            });
            let often = if *times == 1 { String::new() } else { format!(", for the {} time", nth(*times)) };
            format!("There was not {} in time: somebody is woken{often}.{again}", promise.in_words())
        }
        E::TicketAcknowledged { by } => format!("{} has heard of it, and nobody else is woken.", name(by)),
        _ => String::new(),
    }
}

/// `2nd`.
fn nth(number: u32) -> String {
    let ending = match (number % 10, number % 100) {
        (1, tens) if tens != 11 => "st",
        (2, tens) if tens != 12 => "nd",
        (3, tens) if tens != 13 => "rd",
        _ => "th",
    };
    format!("{number}{ending}")
}

/// What an issue says that was made of a ticket. Whatever came before it in a conversation stays with the help desk: others read here.
pub(super) fn made_there(name: &str, opened: &Opened) -> Vec<String> {
    let asked = (!opened.text.trim().is_empty()).then(|| prose(&opened.text));
    let about = format!(
        "{} asked the help desk, where this is ticket {}. What is said here is told there, and what is said there here.",
        flat(name),
        opened.number
    );
    asked.into_iter().chain([about]).collect()
}

/// What is said on an issue that somebody linked a ticket to.
pub(super) fn linked_there(by: &str, name: &str, opened: &Opened) -> Vec<String> {
    let about = format!(
        "{} linked this to ticket {} of the help desk, which {} opened. What is said here from now on is told there, and what is \
         said there here.",
        flat(by),
        title(opened),
        flat(name)
    );
    let asked = (!opened.text.trim().is_empty()).then(|| prose(&opened.text));
    std::iter::once(about).chain(asked).collect()
}

/// What was said here, as it is told there.
pub(super) fn said_there(name: &str, saying: &Saying) -> Vec<String> {
    let how =
        if saying.resolves { "says at the help desk that it is resolved:" } else { "says at the help desk:" };
    vec![format!("{} {how}", flat(name)), prose(&saying.text)]
}

/// So much time, in the largest parts that say it to the minute: `1 hour 5 minutes`.
fn lasting(time: SignedDuration) -> String {
    let (hours, minutes) = (time.as_hours(), time.as_mins() % 60);
    let part = |count: i64, one: &str| match count {
        0 => None,
        1 => Some(format!("1 {one}")),
        more => Some(format!("{more} {one}s")),
    };
    let parts: Vec<_> = part(hours, "hour").into_iter().chain(part(minutes, "minute")).collect();
    if parts.is_empty() { "less than a minute".to_owned() } else { parts.join(" ") }
}

#[cfg(test)]
mod tests {
    use super::super::example::every_event;
    use super::*;

    #[test]
    fn what_is_left_out_of_a_conversation_is_said_so() {
        let exchange = |asked: &str, answered: Option<&str>, withheld| super::super::Exchange {
            asked: asked.to_owned(),
            answered: answered.map(str::to_owned),
            withheld,
            kept_from: None,
        };
        let kept = |kept_from, answered| Exchange {
            kept_from: Some(kept_from),
            ..exchange("the pay?", answered, true)
        };
        let turns = vec![
            exchange("when?", Some("On Sundays."), false),
            exchange("how much?", None, true),
            exchange("so?", None, false),
            kept(KeptFrom::Desk, None),
            kept(KeptFrom::Everybody, None),
            kept(KeptFrom::Others, None),
            Exchange { withheld: false, ..kept(KeptFrom::Others, Some("Ten.")) },
        ];
        insta::assert_snapshot!(attached(&Attached { turns, earlier: 2, others: 1 }, "Erin").join("\n"), @r"
        2 questions before these are left out.
        Erin asked: “when?”
        I answered: “On Sundays.”
        Erin asked: “how much?”
        My answer is left out: not everybody who reads tickets may read what it was taken from.
        Erin asked: “so?”
        Erin asked: “the pay?”
        My answer is left out: not everybody who looks after tickets may read what it was taken from.
        Erin asked: “the pay?”
        My answer is left out: what it was taken from is no document any more that I answer from.
        Erin asked: “the pay?”
        My answer is left out: it is for who looks after tickets, and not everybody else who reads them may read what it was taken from.
        Erin asked: “the pay?”
        I answered, for the desk alone: “Ten.”
        One question of somebody else is left out.
        ");
    }

    #[test]
    fn every_event_is_told_in_a_sentence_of_its_own() {
        let told: Vec<_> = every_event().iter().map(|event| told(event, &ToString::to_string)).collect();
        insta::assert_snapshot!(told.join("\n"));
    }
}
