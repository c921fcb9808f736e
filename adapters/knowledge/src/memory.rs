//! What is kept in memory: of every passage its vector in eight bits, and whose it is. All of them are looked at for every question,
//! which for a hundred thousand takes milliseconds and is never wrong.

use std::collections::BTreeMap;

use countersign_domain::digest::Digest;
use countersign_domain::ports::{Edition, Passage};

/// A vector in eight bits.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Vector {
    numbers: Box<[i8]>,
    scale: f32,
}

/// Which passages there are.
#[derive(Debug, Default)]
pub(crate) struct Memory {
    /// In the order of their rows.
    rows: Vec<Row>,
    editions: BTreeMap<Edition, Held>,
    next_row: u64,
    next_number: u64,
}

#[derive(Debug)]
struct Row {
    nth: u64,
    number: u64,
    vector: Vector,
}

/// What is held of an edition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Held {
    pub(crate) number: u64,
    pub(crate) passages: u32,
    pub(crate) root: Digest,
}

/// Which numbers of editions may be found: looked up for every passage.
#[derive(Debug, Clone)]
pub(crate) struct Allowed(Vec<u64>);

impl Allowed {
    /// Whether this edition is among them.
    pub(crate) fn holds(&self, number: u64) -> bool {
        let word = usize::try_from(number / 64).ok().and_then(|at| self.0.get(at));
        word.is_some_and(|word| word & (1 << (number % 64)) != 0)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.iter().all(|word| *word == 0)
    }
}

impl Vector {
    pub(crate) fn new(numbers: &[f32]) -> Self {
        let largest = numbers.iter().fold(0.0_f32, |largest, x| largest.max(x.abs()));
        let scale = if largest > 0.0 { largest / 127.0 } else { 1.0 };
        #[expect(
            clippy::cast_possible_truncation,
            reason = "nothing is larger than the largest, which becomes 127"
        )]
        let numbers = numbers.iter().map(|x| (x / scale).round() as i8).collect();
        Self { numbers, scale }
    }

    /// As it is kept: its scale, then its numbers.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        let numbers = self.numbers.iter().map(|number| number.cast_unsigned());
        self.scale.to_le_bytes().into_iter().chain(numbers).collect()
    }

    pub(crate) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (scale, numbers) = bytes.split_first_chunk::<4>()?;
        let numbers = numbers.iter().map(|byte| byte.cast_signed()).collect();
        Some(Self { numbers, scale: f32::from_le_bytes(*scale) })
    }

    /// How much two that are one long mean the same.
    fn cosine(&self, other: &Self) -> f32 {
        let both = self.numbers.iter().zip(&other.numbers);
        let sum: i32 = both.map(|(a, b)| i32::from(*a) * i32::from(*b)).sum();
        #[expect(clippy::cast_precision_loss, reason = "384 products of bytes are counted exactly")]
        let sum = sum as f32;
        sum * self.scale * other.scale
    }
}

impl Memory {
    pub(crate) fn len(&self) -> usize {
        self.rows.len()
    }

    pub(crate) fn held(&self, edition: &Edition) -> Option<Held> {
        self.editions.get(edition).copied()
    }

    pub(crate) fn documents(&self) -> usize {
        self.editions.len()
    }

    /// The numbers that the next edition and its next passage have.
    pub(crate) const fn next(&self) -> (u64, u64) {
        (self.next_number, self.next_row)
    }

    /// Takes an edition in, with its passages in their order.
    pub(crate) fn take(&mut self, edition: &Edition, held: Held, rows: Vec<(u64, Vector)>) {
        self.remove(edition);
        self.next_number = self.next_number.max(held.number + 1);
        for (row, vector) in rows {
            self.next_row = self.next_row.max(row + 1);
            self.rows.push(Row { nth: row, number: held.number, vector });
        }
        self.rows.sort_by_key(|row| row.nth);
        self.editions.insert(edition.clone(), held);
    }

    pub(crate) fn remove(&mut self, edition: &Edition) {
        if let Some(held) = self.editions.remove(edition) {
            self.rows.retain(|row| row.number != held.number);
        }
    }

    /// Of these editions, those that are held.
    pub(crate) fn allowed<'e>(&self, among: impl Iterator<Item = &'e Edition>) -> Allowed {
        let words = usize::try_from(self.next_number / 64 + 1).unwrap_or_default();
        let mut allowed = vec![0_u64; words];
        for held in among.filter_map(|edition| self.editions.get(edition)) {
            let word = usize::try_from(held.number / 64).ok().and_then(|at| allowed.get_mut(at));
            if let Some(word) = word {
                *word |= 1 << (held.number % 64);
            }
        }
        Allowed(allowed)
    }

    /// The passages that mean most what is asked, the nearest first, of those that may be found.
    pub(crate) fn nearest(&self, asked: &Vector, most: usize, allowed: &Allowed) -> Vec<(u64, f32)> {
        let may = self.rows.iter().filter(|row| allowed.holds(row.number));
        let mut near: Vec<(u64, f32)> = may.map(|row| (row.nth, row.vector.cosine(asked))).collect();
        let order = |a: &(u64, f32), b: &(u64, f32)| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0));
        if near.len() > most {
            near.select_nth_unstable_by(most, order);
            near.truncate(most);
        }
        near.sort_unstable_by(order);
        near
    }

    /// How much one of them means what is asked; `None` where it is not, or not any more, or may not be found.
    pub(crate) fn nearness(&self, row: u64, asked: &Vector, allowed: &Allowed) -> Option<f32> {
        let at = self.rows.binary_search_by_key(&row, |row| row.nth).ok()?;
        let found = &self.rows[at];
        allowed.holds(found.number).then(|| found.vector.cosine(asked))
    }
}

/// What two indexes that hold the same have in common: the places and digests of all passages, in order.
pub(crate) fn root(passages: &[Passage]) -> Digest {
    let mut bytes = Vec::with_capacity(passages.len() * 40);
    for passage in passages {
        bytes.extend(passage.at.from.to_be_bytes());
        bytes.extend(passage.at.to.to_be_bytes());
        bytes.extend(passage.sha.to_string().bytes());
    }
    Digest::of(&bytes)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(256))]

        #[test]
        fn eight_bits_are_enough(a in prop::collection::vec(-1.0_f32..1.0, 16), b in prop::collection::vec(-1.0_f32..1.0, 16)) {
            let unit = |v: Vec<f32>| {
                let length = v.iter().map(|x| x * x).sum::<f32>().sqrt().max(1e-6);
                v.into_iter().map(|x| x / length).collect::<Vec<_>>()
            };
            let (a, b) = (unit(a), unit(b));
            let wanted: f32 = a.iter().zip(&b).map(|(a, b)| a * b).sum();
            let (a, b) = (Vector::new(&a), Vector::new(&b));
            prop_assert!((a.cosine(&b) - wanted).abs() < 0.03);
            prop_assert_eq!(Vector::from_bytes(&a.bytes()), Some(a));
        }
    }
}
