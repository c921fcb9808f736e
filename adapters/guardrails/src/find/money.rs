//! Cards, by Luhn's digit; accounts, by ISO 7064's two.

use std::sync::LazyLock;

use countersign_domain::ports::FindingKind;
use regex::Regex;

use super::number::{digits, luhn, remainder, runs, stands_alone};
use super::{Found, each};

/// How long an IBAN is in each country.
const LENGTHS: &[(&str, usize)] = &[
    ("AD", 24),
    ("AE", 23),
    ("AL", 28),
    ("AT", 20),
    ("AZ", 28),
    ("BA", 20),
    ("BE", 16),
    ("BG", 22),
    ("BH", 22),
    ("BR", 29),
    ("BY", 28),
    ("CH", 21),
    ("CR", 22),
    ("CY", 28),
    ("CZ", 24),
    ("DE", 22),
    ("DK", 18),
    ("DO", 28),
    ("EE", 20),
    ("EG", 29),
    ("ES", 24),
    ("FI", 18),
    ("FO", 18),
    ("FR", 27),
    ("GB", 22),
    ("GE", 22),
    ("GI", 23),
    ("GL", 18),
    ("GR", 27),
    ("GT", 28),
    ("HR", 21),
    ("HU", 28),
    ("IE", 22),
    ("IL", 23),
    ("IQ", 23),
    ("IS", 26),
    ("IT", 27),
    ("JO", 30),
    ("KW", 30),
    ("KZ", 20),
    ("LB", 28),
    ("LC", 32),
    ("LI", 21),
    ("LT", 20),
    ("LU", 20),
    ("LV", 21),
    ("MC", 27),
    ("MD", 24),
    ("ME", 22),
    ("MK", 19),
    ("MR", 27),
    ("MT", 31),
    ("MU", 30),
    ("NL", 18),
    ("NO", 15),
    ("PK", 24),
    ("PL", 28),
    ("PS", 29),
    ("PT", 25),
    ("QA", 29),
    ("RO", 24),
    ("RS", 22),
    ("SA", 24),
    ("SC", 31),
    ("SE", 24),
    ("SI", 19),
    ("SK", 24),
    ("SM", 27),
    ("ST", 25),
    ("SV", 28),
    ("TL", 23),
    ("TN", 24),
    ("TR", 26),
    ("UA", 29),
    ("VA", 22),
    ("VG", 24),
    ("XK", 20),
];

/// Accounts. What has the shape of one and the wrong digits is closed: a number that was mistyped is no telephone number.
pub(crate) fn accounts(found: &mut Found<'_>) {
    static SHAPE: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"(?i)\b[a-z]{2}[0-9]{2}(?:[ -]?[a-z0-9]){11,30}").expect("the pattern is tried by tests")
    });
    let (text, mut broken) = (found.text(), Vec::new());
    each(&SHAPE, text, |shaped| {
        let from = shaped.start();
        let country = text[from..from + 2].to_ascii_uppercase();
        let (_, length) = LENGTHS.iter().find(|(code, _)| *code == country)?;
        let signs = || shaped.as_str().char_indices().filter(|(_, c)| c.is_ascii_alphanumeric());
        let Some((last, _)) = signs().nth(length - 1) else {
            // Shorter than any account of this country: one that was cut, or mistyped, where it is nearly as long.
            if signs().count() + 2 >= *length && mostly_digits(shaped.as_str()) {
                broken.push((from, shaped.end()));
            }
            return None;
        };
        let end = from + last + 1;
        let account = &text[from..end];
        if is_account(account) && stands_alone(text, from, end) {
            found.take(FindingKind::BankAccount, from, end);
            return Some(end);
        }
        if mostly_digits(account) {
            broken.push((from, end));
        }
        None
    });
    for (from, to) in broken {
        found.close(from, to);
    }
}

fn mostly_digits(text: &str) -> bool {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    digits * 2 > text.len()
}

/// The country and the two digits behind it go to the end, letters count from ten, and one remains of 97.
fn is_account(text: &str) -> bool {
    let signs: Vec<u8> =
        text.bytes().filter(u8::is_ascii_alphanumeric).map(|byte| byte.to_ascii_uppercase()).collect();
    let turned = signs[4..].iter().chain(&signs[..4]);
    let digits = turned.flat_map(|sign| match sign {
        b'0'..=b'9' => vec![sign - b'0'],
        letter => vec![(letter - b'A' + 10) / 10, (letter - b'A' + 10) % 10],
    });
    remainder(digits, 97) == 1
}

/// Cards: whole groups of a number, thirteen to nineteen digits, of a kind that is given out.
pub(crate) fn cards(found: &mut Found<'_>) {
    /// No card is written in more groups.
    const MOST_GROUPS: usize = 6;
    let text = found.text();
    for run in runs(text) {
        let mut first = 0;
        while first < run.groups.len() {
            let ends = (first..run.groups.len()).take(MOST_GROUPS).rev();
            let from = run.groups[first].0;
            // A card that is tied to a word is none; what stands behind its last group ties only that.
            let card = ends.into_iter().find(|last| {
                let to = run.groups[*last].1;
                is_card(&text[from..to]) && stands_alone(text, from, to)
            });
            match card {
                Some(last) => {
                    found.take(FindingKind::Card, from, run.groups[last].1);
                    first = last + 1;
                }
                None => first += 1,
            }
        }
    }
}

fn is_card(text: &str) -> bool {
    let digits = digits(text);
    if !(13..=19).contains(&digits.len()) || !luhn(&digits) || digits.iter().all(|digit| *digit == digits[0])
    {
        return false;
    }
    let begins =
        |length: usize| digits[..length].iter().fold(0_u32, |number, digit| number * 10 + u32::from(*digit));
    match digits[0] {
        4 => matches!(digits.len(), 13 | 16 | 19),
        5 => matches!(begins(2), 51..=55) && digits.len() == 16 || matches!(begins(2), 50 | 56..=58),
        2 => matches!(begins(4), 2221..=2720) && digits.len() == 16,
        3 => match begins(2) {
            34 | 37 => digits.len() == 15,
            30 | 36 | 38 | 39 => digits.len() == 14 || digits.len() == 16,
            35 => matches!(begins(4), 3528..=3589) && digits.len() == 16,
            _ => false,
        },
        6 => matches!(begins(2), 60 | 62 | 63 | 64 | 65 | 67) && digits.len() >= 16,
        _ => false,
    }
}

/// Whether something stands by itself as a number does; for other finders.
pub(crate) fn alone(found: &Found<'_>, from: usize, to: usize) -> bool {
    stands_alone(found.text(), from, to) && found.is_free(from, to)
}
