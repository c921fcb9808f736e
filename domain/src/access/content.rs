//! What is asked for: the content of a request, checked for what it shows by itself.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::event::Findings;
use super::{Fault, Permission, RepositoryName, Subject};
use crate::denied::{Field, Violation, text_fault};
use crate::duration::{DurationFault, End, MAX_MINUTES, parse_minutes};
use crate::heard::Form;
use crate::hidden::deceives;
use crate::request::{Code, Origin, REASON_MAX, Requester};
use crate::rules::Terms;

/// The longest name of a user, a repository or a ticket, in characters.
pub const NAME_MAX: usize = 100;
/// How long an access lasts when nobody says, in minutes; a rule may allow less.
pub const DEFAULT_MINUTES: u64 = 24 * 60;

/// The content of a request: what a countersignature is for. Once it was checked it names everything as forge, tracker and
/// directory do, whatever was typed; then it never changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    /// The request's code.
    pub code: Code,
    /// Who asks.
    pub requester: Requester,
    /// Who shall have it.
    pub subject: Subject,
    /// The permission, where it is on the list.
    pub permission: Option<Permission>,
    /// The repository: as it was named, and by the forge's own name once it was checked.
    pub repository: Option<String>,
    /// For how long, in minutes; `None` where nothing was said.
    pub minutes: Option<u64>,
    /// When it shall be over at the latest, where a time was said: an access that is granted late is no longer than that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<End>,
    /// The ticket's key, in capitals.
    pub ticket: Option<String>,
    /// Why.
    pub reason: Option<String>,
    /// What is wrong with the content by itself; the look-ups' and the rules' violations are added to these.
    pub faults: Vec<Violation>,
    /// When it was asked.
    pub at: Timestamp,
    /// Where it was asked.
    #[serde(default, skip_serializing_if = "Origin::is_chat")]
    pub origin: Origin,
    /// When the ticket that asks said so, by the tracker's clock: what it said before that it does not say any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub written: Option<Timestamp>,
}

impl Asked {
    /// Reads a form. Whatever is wrong becomes a fault beside the rest, so that the person hears of all at once.
    pub fn read(code: Code, requester: Requester, subject: Subject, form: &Form, at: Timestamp) -> Self {
        let mut faults = Vec::new();
        if !requester.known {
            faults.push(Fault::UnknownRequester { account: cut(&requester.name) }.into());
        }
        if let Some(fault) = text_fault(Field::User, &subject.account, NAME_MAX) {
            faults.push(fault);
        }
        let permission = read_permission(form.permission.as_deref(), &mut faults);
        // An address may be long; what it names is short.
        let named = form.repository.as_deref().map(|given| match given.parse::<RepositoryName>() {
            Ok(name) => name.to_string(),
            Err(_) => given.to_owned(),
        });
        let repository = read_text(Field::Repository, named.as_deref(), NAME_MAX, &mut faults);
        if repository.is_none() && blank(form.repository.as_deref()) {
            faults.push(Fault::MissingField { field: Field::Repository }.into());
        }
        let until = form.duration.as_deref().and_then(End::read);
        let minutes = match until {
            Some(until) => minutes_left(until, at, &mut faults),
            None => read_minutes(form.duration.as_deref(), &mut faults),
        };
        let ticket = read_text(Field::Ticket, form.ticket.as_deref(), NAME_MAX, &mut faults);
        let reason = read_text(Field::Reason, form.reason.as_deref(), REASON_MAX, &mut faults);
        let subject = Subject { account: cut(&subject.account), name: cut(&subject.name), ..subject };
        Self {
            code,
            requester,
            subject,
            permission,
            repository,
            minutes,
            until,
            ticket: ticket.map(|key| key.to_uppercase()),
            reason,
            faults,
            at,
            origin: Origin::Chat,
            written: None,
        }
    }
}

impl Asked {
    /// The same, with everything named as forge and tracker answered, and with the one whose account it is: from here on
    /// nothing depends on which of its names was typed.
    #[must_use]
    pub fn resolved(mut self, findings: &Findings) -> Self {
        if let Some(repository) = &findings.repository {
            self.repository = Some(repository.name.clone());
        }
        if let Some(ticket) = &findings.ticket {
            self.ticket = Some(ticket.key.clone());
        }
        if let Some(subject) = &findings.subject {
            self.subject = subject.clone();
        }
        self
    }

    /// Whether who asks shall have it.
    pub fn is_for_themselves(&self) -> bool {
        self.subject.principal.as_ref() == Some(&self.requester.id)
    }

    /// For how many minutes it is asked under these terms: as said, or a day, or what the rules allow if that is less.
    pub fn minutes_under(&self, terms: &Terms) -> u64 {
        self.minutes.unwrap_or_else(|| DEFAULT_MINUTES.min(terms.max_minutes.unwrap_or(u64::MAX)))
    }
}

impl Asked {
    /// Whether a reason was given, be it one that cannot be shown, which is a fault of its own.
    pub(super) fn has_reason(&self) -> bool {
        let of_reason = |fault: &Violation| {
            matches!(
                fault,
                Violation::TextTooLong { field: Field::Reason, .. }
                    | Violation::BadCharacter { field: Field::Reason, .. }
            )
        };
        self.reason.is_some() || self.faults.iter().any(of_reason)
    }
}

fn blank(text: Option<&str>) -> bool {
    text.is_none_or(|text| text.trim().is_empty())
}

fn cut(text: &str) -> String {
    text.chars().filter(|c| !deceives(*c)).take(NAME_MAX).collect()
}

fn read_permission(given: Option<&str>, faults: &mut Vec<Violation>) -> Option<Permission> {
    let Some(given) = given.map(str::trim).filter(|text| !text.is_empty()) else {
        faults.push(Fault::MissingField { field: Field::Permission }.into());
        return None;
    };
    let permission = given.parse().ok();
    if permission.is_none() {
        faults.push(Fault::UnknownPermission { given: cut(given) }.into());
    }
    permission
}

fn minutes_left(until: End, now: Timestamp, faults: &mut Vec<Violation>) -> Option<u64> {
    let (given, minutes) = (|| crate::words::instant(until.at), until.minutes_from(now));
    if minutes.is_none() {
        faults.push(Violation::BadMoment { given: given() });
    }
    if minutes.is_some_and(|minutes| minutes > MAX_MINUTES) {
        faults.push(Fault::BadDuration { given: given(), why: DurationFault::Absurd.to_string() }.into());
        return None;
    }
    minutes
}

fn read_minutes(given: Option<&str>, faults: &mut Vec<Violation>) -> Option<u64> {
    let given = given.map(str::trim).filter(|text| !text.is_empty())?;
    match parse_minutes(given) {
        Ok(minutes) => Some(minutes),
        Err(fault) => {
            faults.push(Fault::BadDuration { given: cut(given), why: fault.to_string() }.into());
            None
        }
    }
}

fn read_text(field: Field, given: Option<&str>, max: usize, faults: &mut Vec<Violation>) -> Option<String> {
    let given = given.map(str::trim).filter(|text| !text.is_empty())?;
    match text_fault(field, given, max) {
        Some(fault) => {
            faults.push(fault);
            None
        }
        None => Some(given.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use jiff::ToSpan as _;
    use proptest::prelude::*;

    use super::super::example::{asked, form, read, terms};
    use super::*;
    use crate::duration::say_minutes;
    use crate::request::later;
    use crate::testing::noon;

    fn with(change: impl FnOnce(&mut Form)) -> Asked {
        let mut form = form();
        change(&mut form);
        read(&form)
    }

    #[test]
    fn of_each_text_so_much_is_carried_about_as_somebody_could_mean() {
        let form = form().cut(3);
        assert_eq!((form.permission.as_deref(), form.repository.as_deref()), (Some("wri"), Some("pay")));
        assert_eq!((form.ticket.as_deref(), form.user), (Some("OPS"), None));
    }

    #[test]
    fn where_it_was_asked_is_not_forgotten() {
        for origin in [Origin::Chat, Origin::Ticket, Origin::EditedTicket] {
            let kept = serde_json::to_string(&Asked { origin, ..asked() }).unwrap();
            assert_eq!(serde_json::from_str::<Asked>(&kept).unwrap().origin, origin);
        }
    }

    #[test]
    fn a_repository_that_cannot_be_shown_is_not_one_that_is_missing() {
        let faults = |text: Option<&str>| with(|form| form.repository = text.map(str::to_owned)).faults;
        let missing = Violation::from(Fault::MissingField { field: Field::Repository });
        assert_eq!(faults(None), std::slice::from_ref(&missing));
        assert_eq!(faults(Some("  ")), [missing]);
        let deceiving = faults(Some("in\u{202e}fra"));
        assert!(matches!(deceiving[..], [Violation::BadCharacter { field: Field::Repository, .. }]));
    }

    #[test]
    fn whoever_is_not_known_asks_for_nothing_and_is_told_under_which_name() {
        let requester = Requester { known: false, name: "u\u{202e}ma".to_owned(), ..asked().requester };
        let read = Asked::read(asked().code, requester, asked().subject, &form(), noon());
        assert_eq!(read.faults, [Violation::from(Fault::UnknownRequester { account: "uma".to_owned() })]);
        assert_eq!(asked().faults, []);
    }

    #[test]
    fn an_account_is_cut_to_what_names_are_and_to_what_can_be_seen() {
        let subject =
            Subject { account: "x".repeat(101), name: "E\u{202e}rin".to_owned(), ..asked().subject };
        let cut = Asked::read(asked().code, asked().requester, subject, &form(), noon());
        assert_eq!((cut.subject.account.len(), cut.subject.name.as_str()), (NAME_MAX, "Erin"));
        assert_eq!(cut.subject.principal, asked().subject.principal);
    }

    #[test]
    fn nobody_saying_for_how_long_it_is_a_day_or_what_the_rules_allow() {
        let unsaid = with(|form| form.duration = None);
        let under = |max| unsaid.minutes_under(&Terms { max_minutes: max, ..terms() });
        assert_eq!((under(None), under(Some(7 * 1440)), under(Some(60))), (1440, 1440, 60));
    }

    #[test]
    fn until_a_time_is_as_many_minutes_as_are_left_and_none_where_it_has_passed() {
        let until = |text: &str| with(|form| form.duration = Some(format!("until {text}")));
        let asked = until("2026-03-01T13:00:30Z");
        assert_eq!((asked.minutes, asked.until), (Some(61), Some((noon() + 3630.seconds()).into())));
        let as_shown = until("2026-03-01T14:00+01:00");
        assert_eq!((as_shown.minutes, as_shown.until.map(|end| end.at)), (Some(60), Some(noon() + 1.hour())));
        assert_eq!(as_shown.until.map(End::said).as_deref(), Some("Sun 1 Mar, 14:00 UTC+1"));
        for past in ["2026-03-01T12:00Z", "2026-03-01T11:59Z"] {
            let asked = until(past);
            assert_eq!(asked.minutes, None, "{past}");
            assert!(matches!(asked.faults[..], [Violation::BadMoment { .. }]), "{:?}", asked.faults);
        }
    }

    #[test]
    fn trust_c6_an_end_that_is_too_far_away_is_refused_by_the_limit() {
        let of = |until: &str| with(|form| form.duration = Some(format!("until {until}")));
        for far in ["9999-12-30T00:00:00Z", "9999-12-30T22:00+00:00", "2036-03-01T00:00+01:00"] {
            let asked = of(far);
            assert_eq!(asked.minutes, None, "{far}");
            let said: Vec<_> = asked.faults.iter().map(crate::capabilities::violation).collect();
            assert!(said.len() == 1 && said[0].contains("longer than ten years"), "{far}: {said:?}");
        }
        assert_eq!(of("2036-02-20T00:00+01:00").faults, []);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(512))]

        /// Whatever is asked for, and whenever: what is taken lasts ten years at most, and its end can be reckoned and told.
        #[test]
        fn trust_c6_nothing_lasts_longer_than_ten_years_and_nothing_overflows(
            number in prop_oneof![Just(u128::from(u64::MAX)), Just(u128::MAX), 0_u128..1_000_000_000],
            unit in prop::sample::select(vec!["m", "h", "days", "weeks", "w 1d", "d 999999999999h"]),
            seconds in Timestamp::MIN.as_second()..=Timestamp::MAX.as_second(),
            now in prop_oneof![
                Just(Timestamp::MIN), Just(Timestamp::MAX), Just(noon()),
                (Timestamp::MIN.as_second()..=Timestamp::MAX.as_second())
                    .prop_map(|second| Timestamp::from_second(second).unwrap()),
            ],
            long in any::<u64>(), is_end in any::<bool>(),
        ) {
            let end = End::from(Timestamp::from_second(seconds).unwrap());
            let said = if is_end { format!("until {end}") } else { format!("{number}{unit}") };
            let form = Form { duration: Some(said.clone()), ..form() };
            let asked = asked();
            let asked = Asked::read(asked.code, asked.requester, asked.subject, &form, now);
            prop_assert!(asked.minutes.is_none_or(|minutes| (1..=MAX_MINUTES).contains(&minutes)), "{said}");
            prop_assert_eq!(asked.minutes.is_none(), !asked.faults.is_empty(), "{}", said);
            prop_assert!(later(now, asked.minutes.unwrap_or(long)) >= now);
            prop_assert!(!say_minutes(long).is_empty() && !end.said().is_empty());
        }
    }
}
