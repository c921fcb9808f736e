//! Durations as people write and read them, in whole minutes: `2 days`, `1h 30m`, `a week`.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::LazyLock;

use super::vague::{Vague, vague};

/// The longest duration there is: ten years of 365 days, in minutes.
const MAX_MINUTES: u64 = 10 * 365 * DAY;

const HOUR: u64 = 60;
const DAY: u64 = 24 * HOUR;
const WEEK: u64 = 7 * DAY;

/// Said between a larger unit and a smaller one.
const JOINS: [&str; 4] = ["and", "und", "et", "y"];

/// How many characters of a wrong word are repeated to the one who wrote it.
const SHOWN: usize = 24;

/// Why a text is not a duration.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DurationFault {
    /// Nothing is there.
    #[error("the duration is empty: write it like `2 days`, `12h` or `1h 30m`")]
    Empty,
    /// It is no time at all.
    #[error("the duration is zero: the shortest is 1 minute")]
    Zero,
    /// It would end before it begins.
    #[error("the duration is negative: the shortest is 1 minute")]
    Negative,
    /// It has a part of a unit.
    #[error("the duration has a fraction: use whole numbers, like `1h 30m`")]
    Fraction,
    /// It is longer than ten years.
    #[error("the duration is longer than ten years")]
    Absurd,
    /// Its number does not even fit a computer's word.
    #[error("the duration's number is too large")]
    Overflow,
    /// A number without a unit behind it.
    #[error("`{0}` has no unit: write it like `2 days`, `12h` or `30m`")]
    UnitMissing(String),
    /// A unit without a number before it.
    #[error("`{0}` has no number before it: write it like `2 days`")]
    NumberMissing(String),
    /// A word where a number should stand.
    #[error("`{0}` is not a number here: use digits, like `2 days`")]
    UnknownNumber(String),
    /// A word that is no unit.
    #[error("`{0}` is not a unit of time: use minutes, hours, days or weeks")]
    UnknownUnit(String),
    /// Units that do not go from large to small, each once.
    #[error("`{0}` stands in the wrong place: write the units from large to small, each once, like `1d 12h`")]
    OutOfOrder(String),
    /// It says how long, but no number: "a few days".
    #[error("it says no number: write how many, like `2 days`")]
    NoNumber,
    /// Months and what is longer have no one length.
    #[error("months are not all as long: write how many days, like `30 days`")]
    Months,
    /// A character that has no place in a duration.
    #[error("{0:?} has no place in a duration: write it like `2 days`, `12h` or `1h 30m`")]
    Unreadable(char),
}

/// Reads a duration into minutes: a number and a unit (minutes, hours, days, weeks; `m`, `h`, `d`, `w`), the units
/// from large to small, each once. Numbers are digits of any script, or words up to twelve, in English, German, French or
/// Spanish; a part of a unit counts where it makes whole minutes (`1.5h`, `half an hour`). The result is one minute to ten
/// years.
pub fn parse_minutes(text: &str) -> Result<u64, DurationFault> {
    match vague(text) {
        Some((Vague::NoNumber, _)) => return Err(DurationFault::NoNumber),
        Some((Vague::Months, _)) => return Err(DurationFault::Months),
        None => {}
    }
    let pieces: Vec<_> = words(text)?.into_iter().map(Piece::of).collect();
    added(pieces.iter())
}

/// One word of a text, looked at once: what of a duration it may be, beside other words.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DurationWord(Option<Vec<Piece>>);

impl DurationWord {
    /// What of a duration a word may be. Most words are looked up and are none.
    pub fn read(word: &str) -> Self {
        let pieces = words(word).ok().map(|pieces| pieces.into_iter().map(Piece::of).collect::<Vec<_>>());
        Self(pieces.filter(|pieces| pieces.iter().all(Piece::fits)))
    }

    /// How many of these words are a duration, the most that can be: they are added up, and not read again.
    pub fn longest(words: &[Self]) -> Option<usize> {
        let begins = |piece: &Piece| piece.number.is_ok();
        if !words.first().is_some_and(|word| word.pieces().first().is_some_and(begins)) {
            return None;
        }
        let fitting = words.iter().take_while(|word| word.0.is_some()).count();
        let is_duration = |count: &usize| {
            let whole = &words[..*count];
            // What only joins ends nothing.
            whole.last().is_some_and(|last| !last.pieces().is_empty())
                && added(whole.iter().flat_map(Self::pieces)).is_ok()
        };
        (1..=fitting).rev().find(is_duration)
    }

    fn pieces(&self) -> &[Piece] {
        self.0.as_deref().unwrap_or_default()
    }
}

/// A number or a unit in a duration.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Piece {
    word: String,
    number: Result<Number, DurationFault>,
    unit: Option<u64>,
    is_half: bool,
    is_quarter: bool,
    /// What stands between a part and what it is of.
    is_of: bool,
}

impl Piece {
    fn of(word: String) -> Self {
        let is_of = matches!(word.as_str(), "of" | "de");
        Self {
            is_of,
            number: number(&word),
            unit: unit(&word),
            is_half: is_half(&word),
            is_quarter: is_quarter(&word),
            word,
        }
    }

    /// Whether it is a part of any duration.
    const fn fits(&self) -> bool {
        self.unit.is_some() || self.is_half || self.is_quarter || self.number.is_ok() || self.is_of
    }

    fn is_article(&self) -> bool {
        matches!(self.word.as_str(), "a" | "an")
    }

    /// The part of a unit that it is.
    fn part(&self) -> Option<Number> {
        self.is_half.then_some(HALF).or_else(|| self.is_quarter.then_some(QUARTER))
    }
}

/// The minutes that numbers and units come to.
fn added<'p>(pieces: impl Iterator<Item = &'p Piece>) -> Result<u64, DurationFault> {
    let mut pieces = pieces.peekable();
    let mut sum = Sum { total: 0, smallest: None };
    while let Some(piece) = pieces.next() {
        if let Some((part, unit)) = piece.part().zip(sum.smallest)
            && pieces.peek().is_none()
        {
            // "2 heures et demie", "una hora y cuarto".
            sum.add(part, unit)?;
            break;
        }
        let mut number = piece.number.clone()?;
        if number == HALF {
            // "half an hour".
            pieces.next_if(|piece| piece.is_of);
            pieces.next_if(|piece| piece.is_article());
        }
        let Some(mut named) = pieces.next() else {
            // "1h30" says minutes behind hours without saying so.
            if sum.smallest == Some(HOUR) && number.1 == 1 && number.0 < HOUR {
                sum.add(number, 1)?;
                break;
            }
            return Err(DurationFault::UnitMissing(shown(&piece.word)));
        };
        if named.is_article() && pieces.next_if(|piece| piece.is_half).is_some() {
            // "two and a half hours".
            let Some(unit) = pieces.next() else {
                return Err(DurationFault::UnitMissing(shown(&piece.word)));
            };
            let above = number.0.checked_mul(2).and_then(|above| above.checked_add(number.1));
            (number, named) = ((above.ok_or(DurationFault::Overflow)?, number.1 * 2), unit);
        } else if let Some((_, below)) = named.part().filter(|_| number.1 == 1) {
            // "a half hour", "a quarter of an hour", and "an hour and a half".
            number.1 = below;
            pieces.next_if(|piece| piece.is_of);
            pieces.next_if(|piece| piece.is_article());
            match (pieces.next(), sum.smallest) {
                (Some(unit), _) => named = unit,
                (None, Some(unit)) => {
                    sum.add(number, unit)?;
                    break;
                }
                (None, None) => return Err(DurationFault::UnknownUnit(shown(&named.word))),
            }
        }
        sum.add_named(number, named)?;
    }
    sum.minutes()
}

/// Minutes that are added up, from the largest unit to the smallest.
struct Sum {
    total: u64,
    smallest: Option<u64>,
}

impl Sum {
    /// So many of a unit, each unit once; a part of the last one may follow: "2 hours and half an hour".
    fn add_named(&mut self, number: Number, named: &Piece) -> Result<(), DurationFault> {
        let unit = named.unit.ok_or_else(|| DurationFault::UnknownUnit(shown(&named.word)))?;
        let is_smaller = self.smallest.is_none_or(|smallest| unit < smallest);
        let is_part = self.smallest == Some(unit) && number.0 < number.1;
        if !is_smaller && !is_part {
            return Err(DurationFault::OutOfOrder(shown(&named.word)));
        }
        self.add(number, unit)
    }

    fn add(&mut self, number: Number, unit: u64) -> Result<(), DurationFault> {
        self.smallest = Some(unit);
        self.total = self.total.checked_add(minutes(number, unit)?).ok_or(DurationFault::Overflow)?;
        Ok(())
    }

    fn minutes(&self) -> Result<u64, DurationFault> {
        match self.total {
            _ if self.smallest.is_none() => Err(DurationFault::Empty),
            0 => Err(DurationFault::Zero),
            1..=MAX_MINUTES => Ok(self.total),
            _ => Err(DurationFault::Absurd),
        }
    }
}

/// A number as a fraction: above and below the line.
type Number = (u64, u64);

const HALF: Number = (1, 2);
const QUARTER: Number = (1, 4);

/// So much of a unit, where that is whole minutes.
fn minutes((above, below): Number, unit: u64) -> Result<u64, DurationFault> {
    let product = above.checked_mul(unit).ok_or(DurationFault::Overflow)?;
    if product.is_multiple_of(below) { Ok(product / below) } else { Err(DurationFault::Fraction) }
}

/// The digit `0` to `9` that this character is in its script.
pub fn digit(character: char) -> Option<char> {
    /// The zero of each script; its other digits follow (Unicode's category Nd).
    const ZEROS: [char; 19] =
        ['0', '٠', '۰', '०', '০', '੦', '૦', '୦', '௦', '౦', '೦', '൦', '๐', '໐', '༠', '၀', '០', '᠐', '０'];
    let place = |zero: char| u32::from(character).checked_sub(u32::from(zero)).filter(|place| *place < 10);
    ZEROS.into_iter().find_map(place).and_then(|place| char::from_digit(place, 10))
}

/// Says minutes in days, hours and minutes: `2 days`, `1 hour 30 minutes`. [`parse_minutes`] reads it back.
pub fn say_minutes(minutes: u64) -> String {
    let parts = [(minutes / DAY, "day"), (minutes % DAY / HOUR, "hour"), (minutes % HOUR, "minute")];
    let mut said = String::new();
    for (count, unit) in parts.into_iter().filter(|(count, _)| *count > 0) {
        let space = if said.is_empty() { "" } else { " " };
        let plural = if count == 1 { "" } else { "s" };
        write!(said, "{space}{count} {unit}{plural}").expect("writing to a string cannot fail");
    }
    if said.is_empty() { "0 minutes".to_owned() } else { said }
}

/// Cuts the text into numbers and words, lower-case, without what only joins them (`and`, commas, spaces).
fn words(text: &str) -> Result<Vec<String>, DurationFault> {
    let mut words: Vec<String> = Vec::new();
    let mut previous = ' ';
    let mut characters = text.chars().map(|c| digit(c).unwrap_or(c)).peekable();
    while let Some(character) = characters.next() {
        let digit_follows = characters.peek().is_some_and(char::is_ascii_digit);
        let letter_follows = characters.peek().is_some_and(|c| c.is_alphabetic());
        let within = previous.is_ascii_digit();
        match (character, words.last_mut()) {
            ('-' | '−', None) => return Err(DurationFault::Negative),
            // "a 2-day access", "demi-heure"; but no range of days.
            ('-', Some(_)) if letter_follows && is_word(previous) => {}
            ('.' | ',', Some(word)) if digit_follows && within => word.push('.'),
            ('/', _) if digit_follows && within => return Err(DurationFault::Fraction),
            ('.', _) if digit_follows => return Err(DurationFault::Fraction),
            ('½' | '¼' | '¾', last) => {
                let part = if character == '½' {
                    ".5"
                } else if character == '¼' {
                    ".25"
                } else {
                    ".75"
                };
                match last {
                    Some(word) if within => word.push_str(part),
                    _ => words.push(format!("0{part}")),
                }
            }
            _ if character.is_numeric() && !character.is_ascii_digit() => {
                return Err(DurationFault::Fraction);
            }
            (_, last) if is_word(character) => {
                let same = is_word(previous) && within == character.is_ascii_digit();
                let goes_on = same || character.is_ascii_digit() && matches!(previous, '.' | ',');
                match last {
                    Some(word) if goes_on => word.extend(character.to_lowercase()),
                    _ => words.push(character.to_lowercase().collect()),
                }
            }
            // "un quart d'heure", "d'une heure".
            ('\'' | '’', Some(word)) if word == "d" => {
                words.pop();
            }
            _ if character.is_whitespace() || character == ',' => {}
            _ => return Err(DurationFault::Unreadable(character)),
        }
        previous = character;
    }
    words.retain(|word| !JOINS.contains(&word.as_str()));
    Ok(words)
}

fn is_word(character: char) -> bool {
    character.is_ascii_digit() || character.is_alphabetic()
}

fn is_quarter(word: &str) -> bool {
    const QUARTERS: [&str; 7] = ["quarter", "quarters", "viertel", "quart", "quarts", "cuarto", "cuartos"];
    QUARTERS.contains(&word)
}

fn is_half(word: &str) -> bool {
    const HALVES: [&str; 8] = ["half", "halbe", "halben", "halber", "demi", "demie", "media", "medio"];
    HALVES.contains(&word)
}

/// What is counted with in English, German, French and Spanish.
const NUMBERS: [(u64, &str); 17] = [
    (0, "zero null cero"),
    (1, "a an one ein eine einen einem einer ne nen un une una uno"),
    (2, "two zwei deux dos"),
    (3, "three drei trois tres"),
    (4, "four vier quatre cuatro"),
    (5, "five fünf fuenf cinq cinco"),
    (6, "six sechs seis"),
    (7, "seven sieben sept siete"),
    (8, "eight acht huit ocho"),
    (9, "nine neun neuf nueve"),
    (10, "ten zehn dix diez"),
    (11, "eleven elf onze once"),
    (12, "twelve zwölf zwoelf douze doce"),
    (15, "fifteen fünfzehn fuenfzehn quinze quince"),
    (20, "twenty zwanzig vingt veinte"),
    (30, "thirty dreißig dreissig trente treinta"),
    (90, "ninety neunzig noventa"),
];
/// What units are called in English, German, French, Spanish, and their neighbours, by their minutes.
const UNITS: [(u64, &str); 7] = [
    (1, "m min mins minute minutes minuten minuto minutos minuti"),
    (HOUR, "h hr hrs hour hours std stunde stunden heure heures hora horas uur uren ora ore"),
    (DAY, "d day days tag tage tagen j jour jours día días dia dias dag dagen giorno giorni"),
    (WEEK, "w wk wks week weeks woche wochen semaine semaines semana semanas weken settimana settimane"),
    (2 * WEEK, "fortnight fortnights"),
    (15, "viertelstunde viertelstunden"),
    (45, "dreiviertelstunde"),
];

/// Words by what they stand for: each is looked up once.
type Named = LazyLock<BTreeMap<&'static str, u64>>;
static NUMBER_OF: Named = LazyLock::new(|| by_name(&NUMBERS));
static UNIT_OF: Named = LazyLock::new(|| by_name(&UNITS));

fn by_name(names: &[(u64, &'static str)]) -> BTreeMap<&'static str, u64> {
    names.iter().flat_map(|(value, names)| names.split(' ').map(|name| (name, *value))).collect()
}

/// A count: digits, perhaps with a decimal point, or a word up to twelve.
fn number(word: &str) -> Result<Number, DurationFault> {
    if word.starts_with(|first: char| first.is_ascii_digit()) {
        return decimal(word);
    }
    match word {
        _ if is_half(word) => Ok(HALF),
        "anderthalb" => Ok((3, 2)),
        "quarter" => Err(DurationFault::Fraction),
        "minus" => Err(DurationFault::Negative),
        _ => match NUMBER_OF.get(word) {
            Some(value) => Ok((*value, 1)),
            None if unit(word).is_some() => Err(DurationFault::NumberMissing(shown(word))),
            None => Err(DurationFault::UnknownNumber(shown(word))),
        },
    }
}

/// Digits with at most one point and two digits behind it.
fn decimal(word: &str) -> Result<Number, DurationFault> {
    let (whole, part) = word.split_once('.').unwrap_or((word, ""));
    let whole: u64 = whole.parse().map_err(|_| DurationFault::Overflow)?;
    let below: u64 = match part.len() {
        0 => return Ok((whole, 1)),
        1 => 10,
        2 => 100,
        _ => return Err(DurationFault::Fraction),
    };
    let part: u64 = part.parse().map_err(|_| DurationFault::Fraction)?;
    let above = whole.checked_mul(below).and_then(|whole| whole.checked_add(part));
    above.map(|above| (above, below)).ok_or(DurationFault::Overflow)
}

/// A count that is written as a whole number, in digits or as a word.
pub(super) fn number_of(word: &str) -> Option<u64> {
    number(word).ok().filter(|(_, below)| *below == 1).map(|(above, _)| above)
}

/// The minutes of a unit.
fn unit(word: &str) -> Option<u64> {
    UNIT_OF.get(word).copied()
}

fn shown(word: &str) -> String {
    if word.chars().count() <= SHOWN {
        return word.to_owned();
    }
    let start: String = word.chars().take(SHOWN).collect();
    format!("{start}…")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn durations_are_read_as_people_write_them() {
        for (text, minutes) in [
            ("2 days", 2880),
            ("2d", 2880),
            ("90 minutes", 90),
            ("1h 30m", 90),
            ("1h30m", 90),
            ("1 hour, 30 min", 90),
            ("a day and twelve hours", 2160),
            ("A Day", 1440),
            ("one week", 10080),
            ("an hour", 60),
            ("  7\tDAYS ", 10080),
            ("0h 5m", 5),
            ("520 weeks", 520 * WEEK),
            ("1h30", 90),
            ("2h 15", 135),
            ("1.5 days", 2160),
            ("1,5 Stunden", 90),
            ("½ day", 720),
            ("1½ hours", 90),
            ("half a day", 720),
            ("half day", 720),
            ("half an hour", 30),
            ("an hour and a half", 90),
            ("two and a half hours", 150),
            ("une demi-heure", 30),
            ("anderthalb Stunden", 90),
            ("٢ days", 2880),
            ("２４ hours", 1440),
            ("zwei Tage", 2880),
            ("3 heures", 180),
            ("dos días", 2880),
            ("una semana", 10080),
            ("¼ day", 360),
            ("¾ hour", 45),
            ("1 day ½ hour", 1470),
            ("1.25 hours", 75),
            ("a fortnight", 2 * WEEK),
            ("ne Stunde", 60),
            ("nen Tag", 1440),
            ("2 heures et demie", 150),
            ("una hora y media", 90),
            ("zwei Stunden und eine halbe", 150),
            ("2 hours and half an hour", 150),
            ("a quarter of an hour", 15),
            ("a quarter hour", 15),
            ("three quarters of an hour", 45),
            ("eine Viertelstunde", 15),
            ("un quart d'heure", 15),
            ("un cuarto de hora", 15),
            ("an hour and a quarter", 75),
            ("une heure et quart", 75),
            ("2 Std 30 Min", 150),
        ] {
            assert_eq!(parse_minutes(text), Ok(minutes), "{text}");
        }
    }

    #[test]
    fn what_is_no_duration_is_refused_for_its_own_reason() {
        use DurationFault::*;
        let own = str::to_owned;
        for (text, fault) in [
            ("", Empty),
            (" , ", Empty),
            ("0 days", Zero),
            ("zero hours", Zero),
            ("-2 days", Negative),
            ("minus 2 days", Negative),
            ("−1h", Negative),
            ("0.01 hours", Fraction),
            (".5h", Fraction),
            ("1/2 day", Fraction),
            ("1.2.3 days", Fraction),
            ("quarter day", Fraction),
            ("a quarter", UnknownUnit(own("quarter"))),
            ("a quarter of", UnknownUnit(own("quarter"))),
            ("2 of days", UnknownUnit(own("of"))),
            ("11 years", UnknownUnit(own("years"))),
            ("522 weeks", Absurd),
            ("99999999999999999999 minutes", Overflow),
            ("18446744073709551615 weeks", Overflow),
            ("2", UnitMissing(own("2"))),
            ("2 days 3", UnitMissing(own("3"))),
            ("days", NumberMissing(own("days"))),
            ("soon", UnknownNumber(own("soon"))),
            ("a few days", NoNumber),
            ("a couple of hours", NoNumber),
            ("2 months", Months),
            ("2 moons", UnknownUnit(own("moons"))),
            ("2 hours 1 day", OutOfOrder(own("day"))),
            ("1h 1h", OutOfOrder(own("h"))),
            ("2 days!", Unreadable('!')),
            ("2\u{202e}d", Unreadable('\u{202e}')),
            ("2-3 days", Unreadable('-')),
            ("2. days", Unreadable('.')),
            ("1/day", Unreadable('/')),
            ("⅓ day", Fraction),
            ("1h60", UnitMissing(own("60"))),
        ] {
            assert_eq!(parse_minutes(text), Err(fault), "{text:?}");
        }
    }

    /// Words that are looked at one by one are the same durations as their text, and of several the longest.
    #[test]
    fn trust_b2_words_looked_at_once_are_the_durations_of_their_text() {
        for (text, longest) in [
            ("2 days", Some(2)),
            ("1h30 more", Some(1)),
            ("1h 30", Some(2)),
            ("an hour and a half", Some(5)),
            ("two and a half hours please", Some(5)),
            ("1 day and read", Some(2)),
            ("1 2 days", None),
            ("a quarter of an hour please", Some(5)),
            ("2 days of work", Some(2)),
            ("2 hours and half an hour", Some(6)),
            ("a quarter", None),
            ("an hour xyz and a half", Some(2)),
            // However long a text is, what is no part of any duration ends the look.
            ("2 hours xyz 1 day", Some(2)),
            ("-2 days", None),
            ("days", None),
            ("web-shop", None),
            ("2 hours 1 day", Some(3)),
            ("", None),
        ] {
            let words: Vec<_> = text.split(' ').map(DurationWord::read).collect();
            assert_eq!(DurationWord::longest(&words), longest, "{text}");
            let as_text = |count: &usize| {
                let said: Vec<_> = text.split(' ').take(*count).collect();
                !JOINS.contains(&said[count - 1]) && parse_minutes(&said.join(" ")).is_ok()
            };
            assert_eq!((1..=words.len()).rev().find(as_text), longest, "{text}");
        }
    }

    #[test]
    fn a_fault_repeats_only_the_beginning_of_a_huge_word() {
        let fault = parse_minutes(&format!("2 {}", "x".repeat(1_000_000))).unwrap_err();
        assert!(fault.to_string().len() < 200);
    }

    #[test]
    fn minutes_are_said_in_words() {
        for (minutes, said) in [
            (0, "0 minutes"),
            (1, "1 minute"),
            (90, "1 hour 30 minutes"),
            (2880, "2 days"),
            (10080, "7 days"),
        ] {
            assert_eq!(say_minutes(minutes), said);
        }
        assert_eq!(say_minutes(DAY + HOUR + 1), "1 day 1 hour 1 minute");
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn what_is_said_is_read_back(minutes in 1..=MAX_MINUTES) {
            prop_assert_eq!(parse_minutes(&say_minutes(minutes)), Ok(minutes));
        }

        #[test]
        fn no_text_makes_the_reader_panic(text in any::<String>()) {
            if let Ok(minutes) = parse_minutes(&text) {
                prop_assert!((1..=MAX_MINUTES).contains(&minutes));
            }
        }
    }
}
