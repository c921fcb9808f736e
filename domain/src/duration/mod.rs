//! Durations as people write and read them, in whole minutes: `2 days`, `1h 30m`, `a week`.

mod end;
mod fault;
mod number;
mod range;
mod vague;

use std::fmt::Write as _;

use self::number::{DAY, HALF, HOUR, Number, QUARTER, is_half, is_quarter, minutes, number, shown, unit};
use self::vague::Vague;

pub use self::end::End;
pub use self::fault::DurationFault;
pub use self::range::range_length;
pub use self::vague::vague;

/// The longest duration there is: ten years of 365 days, in minutes. Nothing that ends is asked for longer, however its end is named.
pub const MAX_MINUTES: u64 = 10 * 365 * DAY;

/// Said between a larger unit and a smaller one.
const JOINS: [&str; 5] = ["and", "und", "et", "y", "e"];

/// Reads a duration into minutes: a number and a unit (minutes, hours, days, weeks; `m`, `h`, `d`, `w`), the units
/// from large to small, each once. Numbers are digits of any script, or words up to twelve, in English, German, French,
/// Spanish, Italian or Portuguese; a part of a unit counts where it makes whole minutes (`1.5h`, `half an hour`). The result is one minute to ten
/// years.
pub fn parse_minutes(text: &str) -> Result<u64, DurationFault> {
    match vague(text) {
        Some((Vague::NoNumber, _)) => return Err(DurationFault::NoNumber),
        Some((Vague::Months, _)) => return Err(DurationFault::Months),
        Some((Vague::Range, _)) => return Err(DurationFault::Range),
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
        let begins = |word: &Self| {
            word.pieces().iter().find(|piece| !piece.is_join).is_some_and(|piece| piece.number.is_ok())
        };
        if !words.first().is_some_and(begins) {
            return None;
        }
        let fitting = words.iter().take_while(|word| word.0.is_some()).count();
        let is_duration = |count: &usize| {
            let whole = &words[..*count];
            // What only joins ends nothing.
            whole.last().is_some_and(|last| last.pieces().iter().any(|piece| !piece.is_join))
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
#[expect(clippy::struct_excessive_bools, reason = "each is something that a word may be beside others")]
struct Piece {
    word: String,
    number: Result<Number, DurationFault>,
    unit: Option<u64>,
    is_half: bool,
    is_quarter: bool,
    /// What stands between a part and what it is of.
    is_of: bool,
    /// What only joins.
    is_join: bool,
}

impl Piece {
    fn of(word: String) -> Self {
        let is_of = matches!(word.as_str(), "of" | "de");
        Self {
            is_of,
            is_join: JOINS.contains(&word.as_str()),
            number: number(&word),
            unit: unit(&word),
            is_half: is_half(&word),
            is_quarter: is_quarter(&word),
            word,
        }
    }

    /// Whether it is a part of any duration.
    const fn fits(&self) -> bool {
        let is_counted = self.unit.is_some() || self.is_half || self.is_quarter || self.number.is_ok();
        is_counted || self.is_of || self.is_join
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
    let mut is_behind_join = false;
    let joined = |piece: &'p Piece| {
        let is_joined = std::mem::replace(&mut is_behind_join, piece.is_join);
        (!piece.is_join).then_some((piece, is_joined))
    };
    let mut pieces = pieces.filter_map(joined).peekable();
    let mut sum = Sum { total: 0, smallest: None };
    while let Some((piece, is_joined)) = pieces.next() {
        if let Some((part, unit)) = piece.part().zip(sum.smallest)
            && is_joined
            && pieces.peek().is_none()
        {
            // "2 heures et demie", "una hora y cuarto"; but "for 2 hours half the team is out".
            sum.add(part, unit)?;
            break;
        }
        let mut number = piece.number.clone()?;
        if number == HALF {
            // "half an hour".
            pieces.next_if(|(piece, _)| piece.is_of);
            pieces.next_if(|(piece, _)| piece.is_article());
        }
        let Some((mut named, _)) = pieces.next() else {
            // "1h30" says minutes behind hours without saying so.
            if sum.smallest == Some(HOUR) && number.1 == 1 && number.0 < HOUR {
                sum.add(number, 1)?;
                break;
            }
            return Err(DurationFault::UnitMissing(shown(&piece.word)));
        };
        if named.is_article() && pieces.next_if(|(piece, _)| piece.is_half).is_some() {
            // "two and a half hours".
            let Some((unit, _)) = pieces.next() else {
                return Err(DurationFault::UnitMissing(shown(&piece.word)));
            };
            let above = number.0.checked_mul(2).and_then(|above| above.checked_add(number.1));
            (number, named) = ((above.ok_or(DurationFault::Overflow)?, number.1 * 2), unit);
        } else if let Some((_, below)) = named.part().filter(|_| number.1 == 1) {
            // "a half hour", "a quarter of an hour", and "an hour and a half".
            number.1 = below;
            pieces.next_if(|(piece, _)| piece.is_of);
            pieces.next_if(|(piece, _)| piece.is_article());
            match (pieces.next(), sum.smallest) {
                (Some((unit, _)), _) => named = unit,
                (None, Some(unit)) if is_joined => {
                    sum.add(number, unit)?;
                    break;
                }
                (None, _) => return Err(DurationFault::UnknownUnit(shown(&named.word))),
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

/// Cuts the text into numbers and words, lower-case, without commas and spaces.
fn words(text: &str) -> Result<Vec<String>, DurationFault> {
    let mut words: Vec<String> = Vec::new();
    let (mut before, mut previous) = (' ', ' ');
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
            // "un quart d'heure", "d'une heure"; but no days: "30d'".
            ('\'' | '’', Some(word)) if word == "d" && !before.is_ascii_digit() => {
                words.pop();
            }
            // "un'ora", "mezz'ora".
            ('\'' | '’', Some(word)) if word == "un" || word == "mezz" => {}
            _ if character.is_whitespace() || character == ',' => {}
            _ => return Err(DurationFault::Unreadable(character)),
        }
        (before, previous) = (previous, character);
    }
    Ok(words)
}

fn is_word(character: char) -> bool {
    character.is_ascii_digit() || character.is_alphabetic()
}

#[cfg(test)]
mod tests;
