//! What administrators see: a vendor that lets nobody in, an access that would not end, tickets that cannot be moved, what the forge
//! holds beside what the log wants.

use countersign_domain::access::words::{
    content, deviation, how_it_is_known, lowered as lowered_in_words, restored,
};
use countersign_domain::access::{AccessRequest, Comparison, ComparisonEvent, Deviation, WhyCompared};
use countersign_domain::alarm::{About, AlarmEvent};
use countersign_domain::capabilities::Drift;
use countersign_domain::card::{ButtonStyle, Card, Tone};
use countersign_domain::ports::TicketMove;
use countersign_domain::repair::{Item, mark};
use jiff::Timestamp;
use uuid::Uuid;

use super::draft::Draft;
use crate::oversight::Report;
use crate::repair::{a_week, wording};
use crate::words;

/// So many differences are told one by one; the rest are counted.
const TOLD: usize = 20;

/// A vendor lets nobody in, still, or again does; with how many accesses that have ended wait for it.
pub fn vendor_alarm(alarm: &AlarmEvent, endings: usize) -> Card {
    let name = |about: &About| match about {
        About::Vendor { vendor } => vendor.clone(),
        About::Ending { code } => code.to_string(),
        About::Move { project, .. } => project.clone(),
    };
    match alarm {
        AlarmEvent::AlarmRaised { about, why } => Draft::new(Tone::Bad, &words::vendor_is_shut(&name(about)))
            .lines(words::what_waits(why, endings))
            .card(),
        AlarmEvent::AlarmRepeated { about, why, since } => {
            Draft::new(Tone::Bad, &words::vendor_is_still_shut(&name(about), *since))
                .lines(words::what_waits(why, endings))
                .card()
        }
        AlarmEvent::AlarmOver { about } => {
            Draft::new(Tone::Good, &words::vendor_is_open(&name(about))).line(words::goes_on()).card()
        }
    }
}

/// An access has ended and could not be taken back, still, or it was at last.
pub fn ending_alarm(alarm: &AlarmEvent, access: &AccessRequest, parked: Option<Uuid>) -> Card {
    let what = access.asked.as_ref().map(content).unwrap_or_default();
    let (title, why) = match alarm {
        AlarmEvent::AlarmRaised { about: About::Ending { code }, why } => (words::not_ended(code), why),
        AlarmEvent::AlarmRepeated { about: About::Ending { code }, why, since } => {
            (words::still_not_ended(code, *since), why)
        }
        AlarmEvent::AlarmOver { about: About::Ending { code } } => {
            let known = how_it_is_known(access.own.ended_by_hand);
            return Draft::new(Tone::Good, &words::ended_at_last(code, known)).line(&what).card();
        }
        AlarmEvent::AlarmRaised { .. } | AlarmEvent::AlarmRepeated { .. } | AlarmEvent::AlarmOver { .. } => {
            return vendor_alarm(alarm, 0);
        }
    };
    let draft = Draft::new(Tone::Bad, &title).line(&what).lines(words::why_not_ended(why));
    match parked {
        Some(id) => draft
            .button(words::REQUEUE, ButtonStyle::Primary, &format!("requeue {id}"))
            .line(&words::by_hand(&id.to_string())),
        None if is_looked_at(access) => draft.line(words::looks_itself()),
        None => draft.line(words::nothing_tries()),
    }
    .button(words::SEE_PARKED, ButtonStyle::Plain, "effects parked")
    .card()
}

/// Whether an operator says that it was taken away, and that is still to be read back.
fn is_looked_at(access: &AccessRequest) -> bool {
    access.failure.as_ref().is_some_and(|failure| failure.vouched.is_some())
}

/// The tickets of a project cannot be moved where they belong, or can be again.
pub fn move_alarm(alarm: &AlarmEvent, project: &str, to: TicketMove, parked: Option<Uuid>) -> Card {
    let (AlarmEvent::AlarmRaised { why, .. } | AlarmEvent::AlarmRepeated { why, .. }) = alarm else {
        return Draft::new(Tone::Good, &words::moved_again(project, to)).card();
    };
    let draft = Draft::new(Tone::Bad, &words::cannot_be_moved(project, to)).lines(words::why_not_moved(why));
    match parked {
        Some(id) => draft
            .button(words::REQUEUE, ButtonStyle::Primary, &format!("requeue {id}"))
            .line(&words::moved_by_hand(&id.to_string())),
        None => draft,
    }
    .button(words::SEE_PARKED, ButtonStyle::Plain, "effects parked")
    .card()
}

/// What comparing the forge with the log found new.
pub fn compared(event: &ComparisonEvent) -> Card {
    let ComparisonEvent::AccessCompared { why, found, unread, lowered, .. } = event;
    let title = words::differences_found(found.len());
    let tone = if found.is_empty() { Tone::Neutral } else { Tone::Bad };
    Draft::new(tone, &title)
        .lines(log_was_restored(why))
        .lines(found.iter().take(TOLD).map(deviation))
        .lines(words::more_differences(found.len().saturating_sub(TOLD)))
        .lines(lowered.iter().take(TOLD).map(lowered_in_words))
        .lines(words::not_looked_at(unread))
        .card()
}

/// That the log was put back, where it was.
fn log_was_restored(why: &WhyCompared) -> Option<String> {
    match why {
        WhyCompared::Restored(how) => Some(restored(how)),
        _ => None,
    }
}

/// What is different as far as is known, for administrators who have no chat in which they could have been told.
pub fn known_differences(known: &Comparison) -> Option<Card> {
    let found = &known.differences;
    let draft = Draft::new(Tone::Bad, &words::differences_there_are(found.len()))
        .lines(found.iter().take(TOLD).map(deviation))
        .lines(words::more_differences(found.len().saturating_sub(TOLD)))
        .button(words::COMPARE, ButtonStyle::Plain, "compare access");
    (!found.is_empty()).then(|| draft.card())
}

/// What comparing came to, for who wanted it.
pub fn comparison(report: &Report, items: &[Item<Drift>], now: Timestamp) -> Card {
    let Report { repositories, accounts, unread, differences, lowered, .. } = report;
    let tone = if differences.is_empty() && unread.is_empty() { Tone::Good } else { Tone::Bad };
    let named = differences
        .iter()
        .take(TOLD)
        .map(|found| format!("{}: {}", mark(&Drift::from(found.clone())), deviation(found)));
    let draft = Draft::new(tone, &words::differences_there_are(differences.len()))
        .line(&words::looked_at(*repositories, *accounts))
        .lines(named)
        .lines(words::more_differences(differences.len().saturating_sub(TOLD)))
        .lines(lowered.iter().take(TOLD).map(lowered_in_words))
        .lines(words::not_looked_at(unread));
    let would_give = differences.iter().any(Deviation::may_have_ended);
    offered(draft, items, now, would_give).card()
}

/// What can be proposed about them: everything at once by a button, each by its name in a sentence.
/// Where the log was put back, what it says was given may have been revoked since: that is for somebody to tell apart.
fn offered(draft: Draft, items: &[Item<Drift>], now: Timestamp, would_give: bool) -> Draft {
    let Some(first) = items.first() else { return draft };
    let name = mark(&first.drift);
    let draft = if would_give {
        draft.line(&wording::repairs_after_a_restore(&name))
    } else {
        let all = "repair access revert all";
        draft.line(&wording::repairs_are_proposed(&name)).button(
            wording::REVERT_ALL,
            ButtonStyle::Primary,
            all,
        )
    };
    draft.button(wording::ADOPT_ALL, ButtonStyle::Plain, "repair access adopt all").button(
        wording::IGNORE_ALL,
        ButtonStyle::Plain,
        &format!("repair access ignore all until {}", a_week(now)),
    )
}

/// It is being compared, and takes a while.
pub fn comparing() -> Card {
    Draft::new(Tone::Waiting, words::COMPARING).line(words::comparing()).card()
}
