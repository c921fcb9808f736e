//! Six layers of attention over the pieces of texts.

use std::ops::Range;

use ndarray::{Array2, s};

use crate::arithmetic::{count, gelu, normalise, share, unit};
use crate::weights::{BadWeights, Linear, Norm, Rows, Weights};

pub(crate) const WIDTH: usize = 384;
const LAYERS: usize = 6;
const HEADS: usize = 12;
const HEAD: usize = WIDTH / HEADS;
const WITHIN: usize = 4 * WIDTH;
const VOCABULARY: usize = 30_522;
const PLACES: usize = 512;

/// The model.
pub(crate) struct Bert {
    words: Rows,
    places: Rows,
    /// Of the first of two texts; here there is only one.
    kind: Vec<f32>,
    norm: Norm,
    layers: Vec<Layer>,
}

struct Layer {
    /// What is looked for, what is found by it, and what is told: one behind the other.
    asked: Linear,
    attended: Linear,
    attended_norm: Norm,
    within: Linear,
    out: Linear,
    out_norm: Norm,
}

impl Bert {
    pub(crate) fn read(bytes: &[u8]) -> Result<Self, BadWeights> {
        let weights = Weights::read(bytes)?;
        let mut kind = weights.numbers("embeddings.token_type_embeddings.weight", &[2, WIDTH])?;
        kind.truncate(WIDTH);
        Ok(Self {
            words: weights.rows("embeddings.word_embeddings.weight", [VOCABULARY, WIDTH])?,
            places: weights.rows("embeddings.position_embeddings.weight", [PLACES, WIDTH])?,
            kind,
            norm: weights.norm("embeddings.LayerNorm", WIDTH)?,
            layers: (0..LAYERS).map(|layer| Layer::read(&weights, layer)).collect::<Result<_, _>>()?,
        })
    }

    /// The vectors of these texts, each of which is at least one piece and at most [`PLACES`]. They go through together, but none
    /// sees another.
    pub(crate) fn vectors(&self, texts: &[Vec<u32>]) -> Vec<Vec<f32>> {
        let (mut x, ranges) = self.looked_up(texts);
        for layer in &self.layers {
            x = layer.of(&x, &ranges);
        }
        ranges.into_iter().map(|range| mean(&x, range)).collect()
    }

    /// What is known of each piece by itself and of its place, a row each; and which rows are whose.
    fn looked_up(&self, texts: &[Vec<u32>]) -> (Array2<f32>, Vec<Range<usize>>) {
        let mut numbers = Vec::with_capacity(texts.iter().map(Vec::len).sum::<usize>() * WIDTH);
        let mut ranges = Vec::with_capacity(texts.len());
        for text in texts {
            let from = numbers.len() / WIDTH;
            ranges.push(from..from + text.len());
            for (place, piece) in text.iter().enumerate() {
                let word = self.words.row(*piece as usize).zip(self.places.row(place)).zip(&self.kind);
                numbers.extend(word.map(|((word, place), kind)| word + place + kind));
            }
        }
        normalise(&mut numbers, &self.norm);
        let rows = numbers.len() / WIDTH;
        (Array2::from_shape_vec((rows, WIDTH), numbers).expect("each row was pushed whole"), ranges)
    }
}

impl Layer {
    fn read(weights: &Weights<'_>, layer: usize) -> Result<Self, BadWeights> {
        let name = |part: &str| format!("encoder.layer.{layer}.{part}");
        let one = |part: &str, from, to| weights.linear(&[name(part)], from, to);
        let asked = ["attention.self.query", "attention.self.key", "attention.self.value"].map(name);
        Ok(Self {
            asked: weights.linear(&asked, WIDTH, WIDTH)?,
            attended: one("attention.output.dense", WIDTH, WIDTH)?,
            attended_norm: weights.norm(&name("attention.output.LayerNorm"), WIDTH)?,
            within: one("intermediate.dense", WIDTH, WITHIN)?,
            out: one("output.dense", WITHIN, WIDTH)?,
            out_norm: weights.norm(&name("output.LayerNorm"), WIDTH)?,
        })
    }

    fn of(&self, x: &Array2<f32>, texts: &[Range<usize>]) -> Array2<f32> {
        let mut attended = self.attended.of(&self.attention(x, texts));
        attended += x;
        normalise(flat(&mut attended), &self.attended_norm);
        let mut within = self.within.of(&attended);
        gelu(flat(&mut within));
        let mut out = self.out.of(&within);
        out += &attended;
        normalise(flat(&mut out), &self.out_norm);
        out
    }

    /// Each piece is told by the pieces of its own text, by each as much as it fits what is looked for.
    fn attention(&self, x: &Array2<f32>, texts: &[Range<usize>]) -> Array2<f32> {
        let asked = self.asked.of(x);
        let mut told = Array2::zeros(x.raw_dim());
        let scale = count(HEAD).sqrt().recip();
        for text in texts {
            for head in 0..HEADS {
                let part = |nth: usize| {
                    let from = nth * WIDTH + head * HEAD;
                    asked.slice(s![text.clone(), from..from + HEAD])
                };
                let mut fit = part(0).dot(&part(1).t()) * scale;
                share(flat(&mut fit), text.len());
                let mut place = told.slice_mut(s![text.clone(), head * HEAD..(head + 1) * HEAD]);
                place.assign(&fit.dot(&part(2)));
            }
        }
        told
    }
}

fn mean(x: &Array2<f32>, rows: Range<usize>) -> Vec<f32> {
    let pieces = count(rows.len());
    let mut mean = vec![0.0; WIDTH];
    for row in x.slice(s![rows, ..]).rows() {
        mean.iter_mut().zip(row).for_each(|(sum, x)| *sum += x / pieces);
    }
    unit(&mut mean);
    mean
}

fn flat(rows: &mut Array2<f32>) -> &mut [f32] {
    rows.as_slice_mut().expect("what was just made stands in one piece, row by row")
}
