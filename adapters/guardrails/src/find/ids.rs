//! Numbers that states give to people, each by its own check digits; where a country's has none that tell enough, somebody must
//! call it so.

use std::sync::LazyLock;

use countersign_domain::ports::FindingKind;
use regex::Regex;

use super::money::alone;
use super::number::{digits, luhn, remainder, weighted};
use super::{Found, each};

/// A country's number: what it looks like, and whether it is one. What a first group matches is it; all, where there is none.
struct Id {
    looks: &'static str,
    is: fn(&str) -> bool,
}

const IDS: &[Id] = &[
    Id { looks: r"\b[0-9]{3}[- ][0-9]{2}[- ][0-9]{4}\b", is: us_social_security },
    Id { looks: r"(?i)\b[a-z]{2} ?[0-9]{2} ?[0-9]{2} ?[0-9]{2} ?[a-d]\b", is: uk_insurance },
    Id { looks: r"\b[1-9][0-9](?: [0-9]{3}){3}\b", is: german_tax },
    Id {
        looks: r"(?i)\b(?:steuer-?id(?:entifikationsnummer)?|steuerliche identifikationsnummer|idnr\.?|tax id)[ :]{1,3}([1-9][0-9 ]{10,14})",
        is: german_tax,
    },
    Id {
        looks: r"\b[12] ?[0-9]{2} ?(?:0[1-9]|1[0-2]|[2-9][0-9]) ?(?:[0-9]{2}|2[AB]) ?[0-9]{3} ?[0-9]{3} ?[0-9]{2}\b",
        is: french_social_security,
    },
    Id { looks: r"(?i)\b(?:[0-9]{8}|[xyz][0-9]{7})-?[a-z]\b", is: spanish },
    Id {
        looks: r"(?i)\b[a-z]{6}[0-9lmnpqrstuv]{2}[a-ehlmprst][0-9lmnpqrstuv]{2}[a-z][0-9lmnpqrstuv]{3}[a-z]\b",
        is: italian,
    },
    Id { looks: r"(?i)\b(?:bsn|burgerservicenummer)[ :]{1,3}([0-9][0-9. ]{7,12})", is: dutch },
    Id { looks: r"(?i)\bpesel[ :]{1,3}([0-9]{11})\b", is: polish },
    Id { looks: r"\b(?:19|20)?[0-9]{2}(?:0[1-9]|1[0-2])(?:[0-2][0-9]|3[01])[-+][0-9]{4}\b", is: swedish },
    Id { looks: r"\b[0-9]{3}\.[0-9]{3}\.[0-9]{3}-[0-9]{2}\b", is: brazilian },
    Id { looks: r"\b756\.?[0-9]{4}\.?[0-9]{4}\.?[0-9]{2}\b", is: swiss },
];

pub(crate) fn find(found: &mut Found<'_>) {
    static PATTERNS: LazyLock<Vec<(Regex, &'static Id)>> = LazyLock::new(|| {
        let compiled = |id: &'static Id| (Regex::new(id.looks).expect("the pattern is tried by tests"), id);
        IDS.iter().map(compiled).collect()
    });
    let text = found.text();
    for (pattern, id) in PATTERNS.iter() {
        each(pattern, text, |number| {
            let kept = number.as_str().trim_end_matches([' ', '.']);
            let (from, to) = (number.start(), number.start() + kept.len());
            if !(id.is)(kept) || !alone(found, from, to) {
                return None;
            }
            found.take(FindingKind::NationalId, from, to);
            Some(to)
        });
    }
}

/// The United States: what was never given out is none.
fn us_social_security(text: &str) -> bool {
    let part =
        |range: std::ops::Range<usize>| digits(text)[range].iter().fold(0_u32, |n, d| n * 10 + u32::from(*d));
    let area = part(0..3);
    area != 0 && area != 666 && area < 900 && part(3..5) != 0 && part(5..9) != 0
}

/// The United Kingdom: which letters it begins with.
fn uk_insurance(text: &str) -> bool {
    let letters: Vec<u8> = text.bytes().take(2).map(|byte| byte.to_ascii_uppercase()).collect();
    let pair = [letters[0], letters[1]];
    !pair.iter().any(|letter| b"DFIQUV".contains(letter))
        && pair[1] != b'O'
        && ![b"BG", b"GB", b"KN", b"NK", b"NT", b"TN", b"ZZ"].contains(&&pair)
}

/// Germany: one digit of the first ten stands there twice or thrice, and the last one is checked by ISO 7064's 11, 10.
fn german_tax(text: &str) -> bool {
    let digits = digits(text);
    if digits.len() != 11 {
        return false;
    }
    let mut often = [0_u8; 10];
    digits[..10].iter().for_each(|digit| often[usize::from(*digit)] += 1);
    let repeated: Vec<u8> = often.into_iter().filter(|times| *times > 1).collect();
    if !matches!(*repeated, [2 | 3]) {
        return false;
    }
    let product = digits[..10].iter().fold(10_u32, |product, digit| {
        let sum = (u32::from(*digit) + product) % 10;
        (if sum == 0 { 10 } else { sum }) * 2 % 11
    });
    (11 - product) % 10 == u32::from(digits[10])
}

/// France: what is missing to 97. Corsica's two letters are counted as less.
fn french_social_security(text: &str) -> bool {
    let plain: String = text.chars().filter(|c| *c != ' ').collect();
    let (number, key) = plain.split_at(13);
    let (number, less) = if number.contains("2A") {
        (number.replace("2A", "20"), 1_000_000)
    } else if number.contains("2B") {
        (number.replace("2B", "20"), 2_000_000)
    } else {
        (number.to_owned(), 0)
    };
    match (number.parse::<u64>(), key.parse::<u64>()) {
        (Ok(number), Ok(key)) => 97 - (number - less) % 97 == key,
        _ => false,
    }
}

/// Spain: the letter is what remains of 23.
fn spanish(text: &str) -> bool {
    const LETTERS: &[u8] = b"TRWAGMYFPDXBNJZSQVHLCKE";
    let upper = text.to_ascii_uppercase().replace('-', "");
    let (number, letter) = upper.split_at(8);
    let number = number.replace('X', "0").replace('Y', "1").replace('Z', "2");
    let rest = usize::try_from(remainder(digits(&number), 23)).unwrap_or_default();
    letter.bytes().next() == Some(LETTERS[rest])
}

/// Italy: odd places count by a table.
fn italian(text: &str) -> bool {
    const ODD: [u32; 26] =
        [1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23];
    let signs = text.to_ascii_uppercase().into_bytes();
    let value = |sign: u8| usize::from(if sign.is_ascii_digit() { sign - b'0' } else { sign - b'A' });
    let sum: u32 = signs[..15]
        .iter()
        .enumerate()
        .map(|(place, sign)| {
            // The first place is odd.
            if place % 2 == 0 { ODD[value(*sign)] } else { u32::try_from(value(*sign)).unwrap_or_default() }
        })
        .sum();
    u32::from(signs[15] - b'A') == sum % 26
}

/// The Netherlands: nine down to two, the last one less.
fn dutch(text: &str) -> bool {
    let digits = digits(text);
    digits.len() == 9
        && (weighted(&digits[..8], &[9, 8, 7, 6, 5, 4, 3, 2]) + 11 * 9 - u32::from(digits[8]))
            .is_multiple_of(11)
}

/// Poland.
fn polish(text: &str) -> bool {
    let digits = digits(text);
    let sum = weighted(&digits[..10], &[1, 3, 7, 9, 1, 3, 7, 9, 1, 3]);
    (10 - sum % 10) % 10 == u32::from(digits[10])
}

/// Sweden: Luhn's digit over the last ten.
fn swedish(text: &str) -> bool {
    let digits = digits(text);
    luhn(&digits[digits.len() - 10..])
}

/// Brazil: two digits, each what is missing to eleven.
fn brazilian(text: &str) -> bool {
    let digits = digits(text);
    let check = |count: usize| {
        let weights: Vec<u32> = (2..).take(count).collect::<Vec<_>>().into_iter().rev().collect();
        let rest = weighted(&digits[..count], &weights) % 11;
        u32::from(digits[count]) == if rest < 2 { 0 } else { 11 - rest }
    };
    digits.iter().any(|digit| *digit != digits[0]) && check(9) && check(10)
}

/// Switzerland: the digit that article numbers have.
fn swiss(text: &str) -> bool {
    let digits = digits(text);
    let sum = weighted(&digits[..12], &[1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3]);
    (10 - sum % 10) % 10 == u32::from(digits[12])
}
