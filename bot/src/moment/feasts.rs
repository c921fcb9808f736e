//! Times that are other days to everybody: a feast, and next week. Which of them is meant is asked.

use jiff::Timestamp;
use jiff::civil::{Date, Time};

use super::Here;
use super::days::next_date;

/// Next week, of which nobody says whether its beginning or its end is meant.
pub(super) const NEXT_WEEK: &[&str] = &[
    "next week",
    "the next week",
    "nächste woche",
    "nächster woche",
    "kommende woche",
    "la semaine prochaine",
    "semaine prochaine",
    "la próxima semana",
    "próxima semana",
    "la settimana prossima",
    "settimana prossima",
    "a próxima semana",
    "volgende week",
];

/// Feasts by their month, with the days that may be meant by them.
const FEASTS: [(i8, &[i8], &[&str]); 2] = [
    (
        12,
        &[23, 24, 26],
        &[
            "christmas",
            "xmas",
            "weihnachten",
            "noël",
            "noel",
            "navidad",
            "natale",
            "natal",
            "kerst",
            "kerstmis",
        ],
    ),
    (
        12,
        &[31],
        &[
            "new year",
            "new year's",
            "new year's eve",
            "silvester",
            "neujahr",
            "nouvel an",
            "capodanno",
            "nochevieja",
        ],
    ),
];

/// The ends of the days that a feast may mean; `None` where none is named, or anything beside it.
pub(super) fn feast(words: &[&str], here: &Here) -> Option<Vec<Timestamp>> {
    const LEADS: [&str; 7] = ["the", "le", "la", "el", "il", "o", "over"];
    let leads = words.iter().take_while(|word| LEADS.contains(word)).count();
    let said = words[leads..].join(" ");
    let (month, days, _) = FEASTS.iter().find(|(_, _, names)| names.contains(&said.as_str()))?;
    // As long as the last of its days is to come, it is this year's.
    let next = next_date(*month, *days.last()?, here.zone.to_datetime(here.now).date())?;
    let day = |day: &i8| Date::new(next.year(), *month, *day).ok();
    let end = |day: Date| here.coming(day.to_datetime(Time::constant(23, 59, 0, 0)));
    Some(days.iter().filter_map(day).filter_map(end).collect())
}
