//! What is said of tickets.

use jiff::SignedDuration;

use super::{Opened, Priority, Side, TicketEvent};
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
        E::TicketLinked { key } => format!("It is {} in the tracker.", flat(key)),
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
    fn every_event_is_told_in_a_sentence_of_its_own() {
        let told: Vec<_> = every_event().iter().map(|event| told(event, &ToString::to_string)).collect();
        insta::assert_snapshot!(told.join("\n"));
    }
}
