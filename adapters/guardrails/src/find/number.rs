//! Numbers as people write them, in groups; and the check digits that tell whether one is what it looks like.

/// Digits with at most one sign between two of them: `4111 1111-1111 1111`.
pub(crate) struct Run {
    /// Each group, with where it stands.
    pub(crate) groups: Vec<(usize, usize)>,
}

/// All runs of a text.
pub(crate) fn runs(text: &str) -> Vec<Run> {
    let bytes = text.as_bytes();
    let (mut runs, mut at) = (Vec::new(), 0);
    while at < bytes.len() {
        if !bytes[at].is_ascii_digit() {
            at += 1;
            continue;
        }
        let mut groups = Vec::new();
        loop {
            let from = at;
            while bytes.get(at).is_some_and(u8::is_ascii_digit) {
                at += 1;
            }
            groups.push((from, at));
            let goes_on = matches!(bytes.get(at), Some(b' ' | b'-'))
                && bytes.get(at + 1).is_some_and(u8::is_ascii_digit);
            if !goes_on {
                break;
            }
            at += 1;
        }
        runs.push(Run { groups });
    }
    runs
}

/// Whether no letter, and no sign that ties, stands right before or behind it.
pub(crate) fn stands_alone(text: &str, from: usize, to: usize) -> bool {
    let before = text[..from].chars().next_back();
    let behind = text[to..].chars().next();
    let ties = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
    !ties(before) && !ties(behind)
}

pub(crate) fn digits(text: &str) -> Vec<u8> {
    text.bytes().filter(u8::is_ascii_digit).map(|byte| byte - b'0').collect()
}

/// Cards, and Sweden's numbers: every second digit twice, from the right.
pub(crate) fn luhn(digits: &[u8]) -> bool {
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(place, digit)| {
            let digit = u32::from(*digit) * if place % 2 == 1 { 2 } else { 1 };
            if digit > 9 { digit - 9 } else { digit }
        })
        .sum();
    sum.is_multiple_of(10)
}

/// What remains of a number of whatever length, in base ten.
pub(crate) fn remainder(digits: impl IntoIterator<Item = u8>, of: u64) -> u64 {
    digits.into_iter().fold(0, |rest, digit| (rest * 10 + u64::from(digit)) % of)
}

/// The sum of digits, each as often as is said.
pub(crate) fn weighted(digits: &[u8], weights: &[u32]) -> u32 {
    digits.iter().zip(weights).map(|(digit, weight)| u32::from(*digit) * weight).sum()
}
