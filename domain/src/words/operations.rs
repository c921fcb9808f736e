//! What is said of vendors that do not do what they are asked, and of what the forge holds beside what the log wants.

use super::{instant, plain, quoted};
use jiff::Timestamp;

use crate::access::{Deviation, How, Lowered, Permission, Restored, Unended, WhyCompared};
use crate::ports::{CURE, CallError, CallErrorKind, OURSELVES, Refusal, TicketMove, vendor};
use crate::request::Code;

/// Why something could not be done, where that is for those who run the bot only.
pub const WHY_THEY_KNOW: &str = "It could not be done; the administrators see why.";

/// Why something could not be done, for those whom it concerns: in plain words, with nothing of how the bot is set up. What
/// an adapter found out by itself is meant for people and told as it is; what a vendor answered is for those who run the bot.
pub fn could_not(error: &CallError) -> String {
    let name = vendor(error.vendor);
    match (error.kind, error.status) {
        // How the bot is set up, and what no vendor was asked for, is for those who run it.
        (CallErrorKind::Rejected, None) if error.vendor == OURSELVES => WHY_THEY_KNOW.to_owned(),
        (CallErrorKind::Rejected, None) => format!("{name}: {}", without_cure(&error.detail)),
        (CallErrorKind::Refused(refusal), _) => refused(name, refusal, &error.detail),
        (CallErrorKind::Rejected, Some(403)) => {
            format!("{name} does not let me do this there{}.", own_words(&error.detail))
        }
        (CallErrorKind::Rejected, Some(_)) => {
            format!("{name} did not accept it{}.", own_words(&error.detail))
        }
        (CallErrorKind::Barred, _) => lets_nobody_in(error.vendor),
        (CallErrorKind::NotDone { .. } | CallErrorKind::Unknown, _) => {
            format!("{name} did not answer as it should, however often I tried.")
        }
    }
}

/// What a refusal means, and who can mend it.
fn refused(name: &str, refusal: Refusal, detail: &str) -> String {
    match refusal {
        Refusal::NotAMember => format!(
            "{name} gives nothing to people outside the workspace, and that person is not in it yet: an administrator of the workspace must invite them first."
        ),
        Refusal::Owner => format!(
            "{name} has nothing to grant: that person owns the workspace, and may do everything in it."
        ),
        Refusal::PlanFull => format!(
            "{name} has no room for another user, because the workspace's plan is full: an administrator of the workspace must make it larger, or take somebody out."
        ),
        Refusal::NotAllowed => format!(
            "{name} does not let me do this there{}. Whoever administers the repository must give my account there the right to administer it, too.",
            own_words(detail)
        ),
    }
}

/// What a vendor said itself, if it said anything: quoted, without the status it answered with and without the cure.
fn own_words(detail: &str) -> String {
    let words = without_cure(detail).strip_prefix("it answered ").and_then(|rest| rest.split_once(": "));
    words.map(|(_, words)| format!(", and says {}", quoted(words))).unwrap_or_default()
}

/// At what moment of a request its ticket is moved so.
pub const fn when_moved(to: TicketMove) -> &'static str {
    match to {
        TicketMove::Started => "a request begins",
        TicketMove::Granted => "access is granted",
        TicketMove::Declined => "a request comes to nothing",
    }
}

fn without_cure(detail: &str) -> &str {
    detail.rsplit_once(CURE).map_or(detail, |(said, _)| said)
}

/// That a vendor lets nobody in, for those whose request waits for it.
pub fn lets_nobody_in(name: &str) -> String {
    format!(
        "{} does not let me in at the moment. The administrators are told; this goes on by itself as soon as it does, and nothing is lost.",
        vendor(name)
    )
}

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

/// Where a difference is: whose permission, and on what.
pub fn spot(found: &Deviation) -> String {
    let Deviation { name, account, holder, repository, .. } = found;
    format!("{} on {}", super::called(holder.is_some(), name, account), plain(repository))
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
        super::called(holder.is_some(), name, account),
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

/// That nobody, or only one person, administers the tenant, and what follows from that.
pub fn few_administrators(names: &[String]) -> Option<String> {
    match names {
        [] => Some(
            "Nobody is an administrator here: where the rules leave changing them to administrators, nobody can change them."
                .to_owned(),
        ),
        [only] => Some(format!(
            "{only} is the only administrator here: where the rules leave changing them to administrators, nobody countersigns \
             what {only} changes of them."
        )),
        _ => None,
    }
}

/// A name and the id behind it.
pub fn known_as(name: &str, id: &str) -> String {
    format!("{} ({id})", super::flat(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(kind: CallErrorKind, status: Option<u16>) -> CallError {
        let detail = format!("it answered 403 Forbidden: not today{CURE}store it as the secret `acme-token`");
        CallError { vendor: "bitbucket", what: "give acc write on infra".to_owned(), detail, status, kind }
    }

    #[test]
    fn trust_a7_those_whom_it_concerns_hear_no_secrets_name_and_no_status() {
        let kinds = [
            (CallErrorKind::Rejected, Some(403)),
            (CallErrorKind::Rejected, Some(400)),
            (CallErrorKind::Refused(Refusal::NotAMember), Some(400)),
            (CallErrorKind::Refused(Refusal::Owner), Some(400)),
            (CallErrorKind::Refused(Refusal::PlanFull), Some(402)),
            (CallErrorKind::Refused(Refusal::NotAllowed), Some(403)),
            (CallErrorKind::Barred, Some(401)),
            (CallErrorKind::Barred, None),
            (CallErrorKind::NotDone { after: None }, Some(503)),
            (CallErrorKind::Unknown, None),
        ];
        for (kind, status) in kinds {
            let told = could_not(&error(kind, status));
            assert!(told.starts_with("Bitbucket ") && !told.contains("secret"), "{told}");
            assert!(!told.contains(|c: char| c.is_ascii_digit()), "{told}");
        }
        let refused = could_not(&error(CallErrorKind::Rejected, Some(403)));
        assert_eq!(refused, "Bitbucket does not let me do this there, and says “not today”.");
    }

    #[test]
    fn trust_d4_how_the_bot_is_set_up_is_nobodys_business() {
        let (vendor, detail) =
            (OURSELVES, "the configuration names no tracker for the tenant acme".to_owned());
        let told = could_not(&CallError { vendor, detail, ..error(CallErrorKind::Rejected, None) });
        assert_eq!(told, WHY_THEY_KNOW);
    }
}
