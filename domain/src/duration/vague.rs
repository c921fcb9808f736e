//! Durations that are said without a number, or in a unit that is not always as long: "a couple of hours", "a month"; and those of
//! which only the ends are said. They are never read, but what they may mean can be offered.

use super::number::number_of;
use super::range;

/// Words that are no number, and the numbers that may be meant by them, in English, German, French and Spanish.
const COUNTS: [(&[u64], &str); 2] = [
    (&[2, 3], "couple paar paio par"),
    (
        &[2, 3, 5],
        "few several some einige mehrere quelques plusieurs unos unas algunos algunas varios varias alcuni alcune qualche alguns algumas",
    ),
];
/// What is counted, as it is offered.
const UNITS: [(&str, &str); 4] = [
    ("minutes", "minute minutes minuten minuto minutos minuti"),
    ("hours", "hour hours stunde stunden heure heures hora horas ora ore"),
    ("days", "day days tag tage tagen jour jours día días dia dias giorno giorni"),
    ("weeks", "week weeks woche wochen semaine semaines semana semanas settimana settimane"),
];
const MONTHS: &str = "month months monat monate monaten mois mes meses mês mese mesi";
/// What only stands between.
const BETWEEN: &str = "a an the of de ein eine einen un une una des les los las for di um uma";

/// Why a duration has no one length.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Vague {
    /// It says no number.
    NoNumber,
    /// Its unit is not always as long.
    Months,
    /// It says from how long to how long.
    Range,
}

/// Why this is no exact duration, though it says how long, and what may be meant by it: durations that can be read.
pub fn vague(text: &str) -> Option<(Vague, Vec<String>)> {
    if let Some(ends) = range::ends(text) {
        return Some((Vague::Range, ends.into()));
    }
    let lower = text.to_lowercase();
    let words: Vec<&str> = lower.split_whitespace().filter(|word| !is(BETWEEN, word)).collect();
    match words.as_slice() {
        [month] if is(MONTHS, month) => Some((Vague::Months, days(1))),
        [count, month] if is(MONTHS, month) => {
            Some((Vague::Months, days(number_of(count).filter(|n| *n <= 12)?)))
        }
        [count, unit] => {
            let (numbers, _) = COUNTS.iter().find(|(_, names)| is(names, count))?;
            let (unit, _) = UNITS.iter().find(|(_, names)| is(names, unit))?;
            Some((Vague::NoNumber, numbers.iter().map(|number| format!("{number} {unit}")).collect()))
        }
        _ => None,
    }
}

/// So many months, as days: the shortest there are, and most of them.
fn days(months: u64) -> Vec<String> {
    [28, 30].map(|days| format!("{} days", months * days)).into()
}

fn is(names: &str, word: &str) -> bool {
    names.split(' ').any(|name| name == word)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::duration::parse_minutes;

    #[test]
    fn trust_c2_what_has_no_one_length_is_offered_in_lengths_that_can_be_read() {
        for (text, why, offers) in [
            ("a couple of hours", Vague::NoNumber, "2 hours|3 hours"),
            ("couple of days", Vague::NoNumber, "2 days|3 days"),
            ("a few days", Vague::NoNumber, "2 days|3 days|5 days"),
            ("ein paar Tage", Vague::NoNumber, "2 days|3 days"),
            ("quelques heures", Vague::NoNumber, "2 hours|3 hours|5 hours"),
            ("a month", Vague::Months, "28 days|30 days"),
            ("2 months", Vague::Months, "56 days|60 days"),
            ("un mois", Vague::Months, "28 days|30 days"),
        ] {
            let (found, may_be) = vague(text).unwrap_or_else(|| panic!("{text}"));
            assert_eq!((found, may_be.join("|").as_str()), (why, offers), "{text}");
            assert!(may_be.iter().all(|offer| parse_minutes(offer).is_ok()), "{text}");
        }
        for text in [
            "2 days",
            "a day",
            "a fortnight",
            "few",
            "soon",
            "the weekend",
            "months of work",
            "99 months",
            "",
        ] {
            assert_eq!(vague(text), None, "{text}");
        }
    }
}
