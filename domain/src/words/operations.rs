//! What is said of vendors that do not do what they are asked, and of tenants with few administrators.

use super::quoted;
use crate::ports::{CURE, CallError, CallErrorKind, OURSELVES, Refusal, TicketMove, vendor};

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
        Refusal::ReadOnly => format!(
            "{name} changes nobody's access to a repository that is archived: whoever administers it must take it out of the archive first."
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
