//! How long a request lasts by what was said of it: of several times nobody can tell which is meant, and none begins later
//! than when it is countersigned. What is uncertain is asked, never chosen.

use countersign_domain::denied::Field;
use countersign_domain::duration::{End, parse_minutes, vague};
use countersign_domain::question::{About, Offer};
use jiff::Timestamp;

use super::asking::Doubt;
use crate::grammar::{Said, Sentence, looks_like_a_duration};
use crate::moment::{self, Edge, Here, Meant, Stretch};
use crate::normalise::{self, LEXICON, Tag};
use crate::plain::{self, Plain};
use crate::words;
use crate::world::Customs;

/// What somebody said of times.
#[derive(Debug, Default)]
pub(super) struct Times {
    duration: Option<String>,
    until: Option<String>,
    begins: Option<String>,
    others: Vec<String>,
}

impl Times {
    /// Those of a sentence that asks for access.
    pub(super) fn of_said(said: &Said) -> Self {
        let text = |slot| said.get(slot).map(str::to_owned);
        let others = said.get("times").map(|times| times.lines().map(str::to_owned).collect());
        Self {
            duration: text("duration"),
            until: text("time"),
            begins: text("begins"),
            others: others.unwrap_or_default(),
        }
    }

    /// Those of a part of a request.
    pub(super) fn of_part(part: &Plain) -> Self {
        let Plain { duration, until, begins, other_times, .. } = part.clone();
        Self { duration, until, begins, others: other_times }
    }

    /// What a form holds for them, where anything was said; or what must be asked to know.
    pub(super) fn lasting(self, here: &Here) -> Result<Option<String>, Box<Doubt>> {
        match self {
            Self { duration, until: None, begins: None, others } if others.is_empty() => Ok(duration),
            Self { duration: None, until: Some(until), begins: None, others } if others.is_empty() => {
                // "Up to 3 hours" is so long, and begins when it is granted.
                if is_so_long(&until) { Ok(Some(until)) } else { ends(&until, here).map(Some) }
            }
            // "Read on web-shop today": what has begun lasts until it ends.
            Self { duration: None, until: None, begins: Some(begins), others }
                if others.is_empty()
                    && let Some(stretch) =
                        Stretch::read(&begins).filter(|stretch| stretch.has_begun(here)) =>
            {
                ends(stretch.end(), here).map(Some)
            }
            _ => Err(Box::new(self.which(here))),
        }
    }

    /// The question which time is meant, with each that was said.
    fn which(self, here: &Here) -> Doubt {
        let until = self.until.map(|until| format!("until {until}"));
        let mut said: Vec<String> = self.duration.into_iter().chain(until).chain(self.others).collect();
        if let Some(begins) = self.begins.as_ref().filter(|_| said.is_empty()) {
            let end =
                Stretch::read(begins).map_or_else(|| begins.clone(), |stretch| stretch.end().to_owned());
            let until = format!("until {end}");
            let told = if offers(&until, here).is_empty() {
                within(begins).map_or_else(|| format!("until {}", behind_first(begins)), str::to_owned)
            } else {
                until
            };
            said.push(told);
        }
        let offers = said.iter().flat_map(|said| offers(said, here)).take(4).collect();
        let doubt = match &self.begins {
            Some(begins) => {
                let is_either = may_be_an_end(begins);
                let told =
                    if is_either { words::begins_or_ends(begins) } else { words::begins_at_once(begins) };
                Doubt::part(Field::Duration, words::FROM_NOW_ON).because(told)
            }
            None => Doubt::part(Field::Duration, words::WHICH_OF_THE_TIMES),
        };
        Doubt { offers, ..doubt }
    }
}

/// What the line of a form says of how long it lasts, as a form holds it: “2 Tage”, “until Friday”. Or why nobody can tell, with what
/// may be meant. What is a duration and no good one stays as it is, for whoever checks it says why.
pub(crate) fn lasting(given: &str, customs: &Customs, here: &Here) -> Result<String, String> {
    if parse_minutes(given).is_ok() || End::read(given).is_some() {
        return Ok(given.to_owned());
    }
    let told = |doubt: Box<Doubt>| words::doubted(&doubt.question, &doubt.lines, &doubt.labels());
    if let Some(end) = given.strip_prefix("until ") {
        return ends(end, here).map_err(told);
    }
    let mut part = plain::part(&Sentence::spoken_by(given, customs));
    as_end(&mut part);
    let is_time = part.unsure.is_empty() && (part.duration.is_some() || part.until.is_some());
    if let (true, Some(lasting)) = (is_time, Times::of_part(&part).lasting(here).map_err(told)?) {
        return Ok(lasting);
    }
    if looks_like_a_duration(given) { Ok(given.to_owned()) } else { ends(given, here).map_err(told) }
}

/// In answer to how long it shall last, a time without an "until" is when it ends; only what was said to be a start is one.
pub(super) fn as_end(part: &mut Plain) {
    let words = part.begins.as_deref().map(normalise::words).unwrap_or_default();
    let is_start = matches!(LEXICON.tag(&words), Some((Tag::From, _)));
    if is_start || part.duration.is_some() || part.until.is_some() || !part.other_times.is_empty() {
        return;
    }
    let Some(said) = part.begins.take() else { return };
    // "Within 2 days" is so long.
    match within(&said) {
        Some(long) => part.duration = Some(long.to_owned()),
        None => part.until = Some(said),
    }
}

/// How long it is from now on, where a time says no more than that.
fn within(said: &str) -> Option<&str> {
    WITHIN.iter().find_map(|lead| said.strip_prefix(lead)).filter(|rest| parse_minutes(rest).is_ok())
}

/// A time without the word that leads to it: "by tomorrow".
fn behind_first(said: &str) -> &str {
    said.split_once(' ').map_or(said, |(_, rest)| rest)
}

/// Whether an end is none, and tells how long. Of an hour that is called by its sign, or as clocks say it elsewhere ("à 14 heures"), nobody
/// can tell.
fn is_so_long(until: &str) -> bool {
    const UNITS: [&str; 16] = [
        "minute", "minutes", "hour", "hours", "day", "days", "week", "weeks", "stunde", "stunden", "minuten",
        "tag", "tage", "tagen", "woche", "wochen",
    ];
    let last = until.rsplit(' ').next().unwrap_or_default().to_lowercase();
    until.contains(' ') && UNITS.contains(&last.as_str()) && parse_minutes(until).is_ok()
}

/// The end that a time means, as a form holds it; or what must be asked to know.
pub(super) fn ends(time: &str, here: &Here) -> Result<String, Box<Doubt>> {
    let written = |at: &str| format!("until {at}");
    match end_of(time, here, words::UNTIL_WHEN, written) {
        Ok(at) => Ok(written(&here.written(at))),
        Err(doubt) => Err(Box::new(Doubt { about: About::Part(Field::Duration), ..*doubt })),
    }
}

/// The end that a time means; or what must be asked to know. `asked`: in these words, unless one of several is meant. `say`: what
/// each offer says, by its time as that can be read again.
pub(crate) fn end_of(
    time: &str,
    here: &Here,
    asked: &str,
    say: impl Fn(&str) -> String,
) -> Result<Timestamp, Box<Doubt>> {
    let (question, line, offered) = match moment::read(time, here, Edge::End) {
        Meant::At(at) => return Ok(at),
        Meant::Either(all) => (words::which_time(time), None, all),
        Meant::PassedToday(all) => (asked.to_owned(), Some(words::has_passed(time)), all),
        Meant::Passed => (asked.to_owned(), Some(words::has_passed(time)), vec![]),
        Meant::Nothing if is_over(time) => (asked.to_owned(), Some(words::has_passed(time)), vec![]),
        Meant::TooFar => (asked.to_owned(), Some(words::too_far(time)), vec![]),
        Meant::Nothing => (asked.to_owned(), Some(words::no_time(time)), moment::near(time, here)),
    };
    let offer = |at: &Timestamp| Offer { label: here.said(*at), say: say(&here.written(*at)) };
    let offers = offered.iter().map(offer).collect();
    Err(Box::new(Doubt { about: About::Which, question, lines: line.into_iter().collect(), offers }))
}

/// Whether a time is of a day that is over: nothing lasts until then, at whatever time of it.
fn is_over(time: &str) -> bool {
    time.split_whitespace().any(|word| moment::is_day_before(&word.to_lowercase()))
}

/// Whether nobody can tell of a time if it is when something begins or when it ends: "by tomorrow".
fn may_be_an_end(begins: &str) -> bool {
    const BY: [&str; 10] =
        ["by", "within", "before", "vor", "innerhalb", "spätestens", "avant", "antes", "entro", "prima"];
    begins.split(' ').next().is_some_and(|first| BY.contains(&first.to_lowercase().as_str()))
}

/// Said before how long it is from now on.
const WITHIN: [&str; 5] = ["within ", "in ", "innerhalb von ", "dans ", "en "];

/// A time that was said, to be chosen: a duration as it was said, or each that it may be; an end as the instants that it may be.
fn offers(said: &str, here: &Here) -> Vec<Offer> {
    let Some(until) = said.strip_prefix("until ") else {
        let may_be = vague(said).map_or_else(|| vec![said.to_owned()], |(_, may_be)| may_be);
        let offer = |long: String| Offer { label: words::for_so_long(&long), say: long };
        return may_be.into_iter().map(offer).collect();
    };
    let instants = match moment::read(until, here, Edge::End) {
        Meant::Nothing => moment::near(until, here),
        meant => meant.instants(),
    };
    let offer =
        |at| Offer { label: words::until_then(&here.said(at)), say: format!("until {}", here.written(at)) };
    instants.into_iter().map(offer).collect()
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;

    use super::*;

    #[test]
    fn up_to_so_long_is_so_long_and_within_so_long_is_offered() {
        let here = Here { now: "2026-12-02T09:00:00Z".parse().unwrap(), zone: TimeZone::UTC };
        let up_to = |until: &str| {
            let times = Times { until: Some(until.to_owned()), ..Times::default() };
            times.lasting(&here).unwrap().unwrap_or_default()
        };
        assert_eq!([up_to("3 hours"), up_to("zwei Tage")], ["3 hours", "zwei Tage"]);
        for clock in ["14 h", "14h", "18:00"] {
            assert!(!is_so_long(clock), "{clock}");
        }
        let within = Times { begins: Some("within 3 hours".to_owned()), ..Times::default() };
        assert_eq!(within.which(&here).labels(), ["for “3 hours”"]);
    }

    #[test]
    fn by_when_it_is_needed_is_no_start_that_was_not_taken() {
        let here = Here { now: "2026-12-02T09:00:00Z".parse().unwrap(), zone: TimeZone::UTC };
        for (begins, told) in [
            ("by tomorrow", words::begins_or_ends as fn(&str) -> String),
            ("before Friday", words::begins_or_ends),
            ("from tomorrow", words::begins_at_once),
        ] {
            let times = Times { begins: Some(begins.to_owned()), ..Times::default() };
            assert_eq!(times.which(&here).lines, [told(begins)], "{begins}");
        }
    }

    #[test]
    fn a_day_that_is_over_has_passed_and_is_read_however_it_is_said() {
        let here = Here { now: "2026-12-02T09:00:00Z".parse().unwrap(), zone: TimeZone::UTC };
        let told = |time: &str| end_of(time, &here, words::UNTIL_WHEN, str::to_owned).unwrap_err().lines;
        for over in ["yesterday", "Yesterday evening", "gestern", "hier"] {
            assert_eq!(told(over), [words::has_passed(over)]);
        }
        assert_eq!(told("whenever it is done"), [words::no_time("whenever it is done")]);
    }
}
