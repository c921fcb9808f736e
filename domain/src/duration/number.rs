//! Numbers and units, by the words they are said in.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use super::DurationFault;

pub(super) const HOUR: u64 = 60;
pub(super) const DAY: u64 = 24 * HOUR;
pub(super) const WEEK: u64 = 7 * DAY;

/// How many characters of a wrong word are repeated to the one who wrote it.
const SHOWN: usize = 24;

/// A number as a fraction: above and below the line.
pub(super) type Number = (u64, u64);

pub(super) const HALF: Number = (1, 2);
pub(super) const QUARTER: Number = (1, 4);

/// So much of a unit, where that is whole minutes.
pub(super) fn minutes((above, below): Number, unit: u64) -> Result<u64, DurationFault> {
    let product = above.checked_mul(unit).ok_or(DurationFault::Overflow)?;
    if product.is_multiple_of(below) { Ok(product / below) } else { Err(DurationFault::Fraction) }
}

pub(super) fn is_quarter(word: &str) -> bool {
    const QUARTERS: [&str; 8] =
        ["quarter", "quarters", "viertel", "quart", "quarts", "cuarto", "cuartos", "quarto"];
    QUARTERS.contains(&word)
}

pub(super) fn is_half(word: &str) -> bool {
    const HALVES: [&str; 13] = [
        "half", "halbe", "halben", "halber", "demi", "demie", "media", "medio", "mezza", "mezzo", "mezz",
        "meia", "meio",
    ];
    HALVES.contains(&word)
}

/// What is counted with in English, German, French, Spanish, Italian and Portuguese.
const NUMBERS: [(u64, &str); 17] = [
    (0, "zero null cero"),
    (1, "a an one ein eine einen einem einer ne nen un une una uno um uma"),
    (2, "two zwei deux dos due dois duas"),
    (3, "three drei trois tres tre três"),
    (4, "four vier quatre cuatro quattro quatro"),
    (5, "five fünf fuenf cinq cinco cinque"),
    (6, "six sechs seis sei"),
    (7, "seven sieben sept siete sette sete"),
    (8, "eight acht huit ocho otto oito"),
    (9, "nine neun neuf nueve nove"),
    (10, "ten zehn dix diez dieci dez"),
    (11, "eleven elf onze once"),
    (12, "twelve zwölf zwoelf douze doce dodici doze"),
    (15, "fifteen fünfzehn fuenfzehn quinze quince quindici"),
    (20, "twenty zwanzig vingt veinte venti vinte"),
    (30, "thirty dreißig dreissig trente treinta trenta trinta"),
    (90, "ninety neunzig noventa"),
];
/// What units are called in these and in Dutch, by their minutes.
const UNITS: [(u64, &str); 7] = [
    (1, "m min mins minute minutes minuten minuto minutos minuti"),
    (HOUR, "h hr hrs hour hours std stunde stunden heure heures hora horas uur uren ora ore"),
    (
        DAY,
        "d day days tag tage tagen j jour jours día días dia dias dag dagen giorno giorni giornata giornate journée journées jornada",
    ),
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
pub(super) fn number(word: &str) -> Result<Number, DurationFault> {
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
pub(super) fn unit(word: &str) -> Option<u64> {
    UNIT_OF.get(word).copied()
}

pub(super) fn shown(word: &str) -> String {
    if word.chars().count() <= SHOWN {
        return word.to_owned();
    }
    let start: String = word.chars().take(SHOWN).collect();
    format!("{start}…")
}
