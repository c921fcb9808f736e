//! What the bot says of what the forge holds beside what the log wants.

use jiff::Timestamp;

use super::super::{Comparison, Deviation, How, Lowered, Permission, Restored, Unended, WhyCompared};
use crate::code::Code;
use crate::words::{called, instant, plain};

/// Why the forge was compared with the log.
pub fn why_compared(why: &WhyCompared) -> String {
    match why {
        WhyCompared::Schedule => "it was time".to_owned(),
        WhyCompared::Asked { by } => format!("{by} wanted it"),
        WhyCompared::Restored(_) => "the log is an older copy".to_owned(),
        WhyCompared::Settled => "what was different was put right".to_owned(),
    }
}

/// What it means that the log is an older copy.
pub fn restored(restored: &Restored) -> String {
    let Restored { acknowledged, head, until } = restored;
    let until = instant(*until);
    match acknowledged {
        Some(acknowledged) if acknowledged > head => format!(
            "The log was put back to an older copy: it ends at position {head}, of {until}, and {acknowledged} was acknowledged before. What happened in between is not in it any more."
        ),
        Some(acknowledged) => format!(
            "The log was put back to an older copy and went on from there: what stood at position {acknowledged} before is not in it any more."
        ),
        None => format!(
            "The log is perhaps an older copy. It went on until {until}; what happened after that may be missing."
        ),
    }
}

impl Comparison {
    /// Each difference there is now, with its explanation.
    pub fn explained(&self) -> Vec<String> {
        self.differences.iter().map(deviation).collect()
    }
}

/// Where a difference is: whose permission, and on what.
pub fn spot(found: &Deviation) -> String {
    let Deviation { name, account, holder, repository, .. } = found;
    format!("{} on {}", called(holder.is_some(), name, account), plain(repository))
}

/// One difference, with its explanation.
pub fn deviation(found: &Deviation) -> String {
    let Deviation { wanted, present, how, put_back, .. } = found;
    let who = spot(found);
    let (wanted, present) = (held(*wanted), held(*present));
    match how {
        How::Lacking { code, since, until } => format!(
            "{who}: the forge shows {present}, the log says {wanted} by {code}, from {} until {}. {} Nothing was changed.",
            instant(*since),
            instant(*until),
            match put_back {
                Some(at) => format!(
                    "No event says that it ended, but one may be missing: {}. It may have ended or been revoked after that, and setting it back would give it again.",
                    was_put_back(*at)
                ),
                None => "No event says that it ended: it was taken away past me.".to_owned(),
            }
        ),
        How::Exceeding { code } => format!(
            "{who}: the forge shows {present}, the log says {wanted} by {code}. {} Nothing was changed.",
            match put_back {
                Some(at) => format!(
                    "No event gives more: somebody gave it by hand, or the event is missing: {}.",
                    was_put_back(*at)
                ),
                None => "No event gives more: somebody gave it by hand.".to_owned(),
            }
        ),
        How::NotEnded { code, ended, unended: Some(unended), again, .. } => {
            format!("{who}: the forge shows {present}. {}", not_ended(code, *unended, *ended, *again))
        }
        How::NotEnded { code, ended, again, read_back, .. } => {
            let since = match (again, read_back) {
                (true, _) => "No event gives it since: I end it again.",
                (false, true) => {
                    "I ended it again once and read that back, so somebody gives it by hand. Nothing was changed."
                }
                (false, false) => {
                    "I have set out to end it again, and nobody has read back that it is gone: “effects parked” shows what waits."
                }
            };
            let ended = instant(*ended);
            format!(
                "{who}: the forge shows {present}, and {code} ended on {ended}, with {wanted} left. {since}"
            )
        }
        How::Unknown => format!(
            "{who}: the forge shows {present}, and no event in the log gives it: it was given by hand, or its events are missing{}. Nothing was changed.",
            put_back.map(|at| format!(": {}", was_put_back(at))).unwrap_or_default()
        ),
    }
}

/// What was adopted, and is not there any more.
pub fn lowered(lowered: &Lowered) -> String {
    let Lowered { account, name, holder, repository, adopted, present, .. } = lowered;
    format!(
        "{} on {}: {adopted} was adopted by a repair, and the forge shows {}: somebody has taken it away since. It is adopted no more.",
        called(holder.is_some(), name, account),
        plain(repository),
        held(*present)
    )
}

/// That the log was put back, as a part of a sentence.
pub fn was_put_back(at: Timestamp) -> String {
    format!("the log was put back to an older copy, which ends on {}", instant(at))
}

/// What becomes of an access that is over and could not be taken back.
fn not_ended(code: &Code, unended: Unended, at: Timestamp, again: bool) -> String {
    let at = instant(at);
    match unended {
        Unended::Waits => {
            let now = if again { "I try it once more now, and it" } else { "It" };
            format!(
                "{code} is over, and taking it back did not work on {at}; it counts as in force until that is read back. {now} waits for an operator: “effects parked” shows why."
            )
        }
        Unended::GivenUp => format!(
            "{code} is over, and could not be taken back; an operator gave that up on {at}. It counts as in force until somebody takes it away, and nothing tries to: a repair can set it back."
        ),
        Unended::Gone => format!(
            "{code}, which could not be taken back on {at}, is gone by now: I read that back, and it has ended then."
        ),
    }
}

fn held(permission: Option<Permission>) -> String {
    permission.map_or_else(|| "nothing".to_owned(), |permission| permission.to_string())
}
