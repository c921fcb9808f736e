//! The model that only quotes: sentences of the passages it was given, word for word, each with the number of its passage; and where
//! none of them answers, it says nothing. It invents nothing, and needs no network.

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use countersign_domain::digest::Digest;
use countersign_domain::ports::{
    ByteRange, Claimed, Embedder, Ended, Model, ModelFault, ModelName, Passage, Piece, Pieces, Step,
    StepDone, Stop, Usage,
};
use unicode_segmentation::UnicodeSegmentation as _;

use crate::prompt;

/// So many sentences are an answer.
const MOST: usize = 3;
/// So many are looked at.
const LOOKED_AT: usize = 400;
/// A sentence that fits less is no answer: by what it means, and by its words.
const MEANS: f32 = 0.42;
const WORDS: f32 = 0.4;
/// And one that fits so much less than the best says something else.
const BESIDE: f32 = 0.12;
/// Beside one that answers, another may fit a little less: it goes on with that.
const GOES_ON: f32 = 0.04;
/// Shorter ones say nothing, longer ones are no sentences.
const SHORTEST: usize = 12;
const LONGEST: usize = 900;

/// The model that only quotes.
#[derive(Clone)]
pub struct Quoting {
    embedder: Option<Arc<dyn Embedder>>,
}

/// A sentence of a passage.
#[derive(Debug, Clone, Copy)]
struct Sentence<'p> {
    /// From 1.
    passage: u32,
    text: &'p str,
    /// What stands above it.
    headings: &'p [String],
}

impl Quoting {
    /// With what knows which sentences mean what is asked; without, their words decide.
    pub const fn new(embedder: Option<Arc<dyn Embedder>>) -> Self {
        Self { embedder }
    }

    /// The sentences that answer, in the order in which they stand.
    async fn answering<'p>(&self, question: &str, sentences: Vec<Sentence<'p>>) -> Vec<Sentence<'p>> {
        let (fits, least) = match self.by_meaning(question, &sentences).await {
            Some(fits) => (fits, MEANS),
            None => (by_words(question, &sentences), WORDS),
        };
        let best = fits.iter().copied().fold(0.0, f32::max);
        if best < least {
            return Vec::new();
        }
        let mut order: Vec<usize> = (0..sentences.len()).collect();
        order.sort_by(|a, b| fits[*b].total_cmp(&fits[*a]));
        let mut said = HashSet::new();
        let mut chosen: Vec<usize> = order
            .into_iter()
            .filter(|at| {
                fits[*at] >= (least - GOES_ON).max(best - BESIDE) && said.insert(sentences[*at].text)
            })
            .take(MOST)
            .collect();
        chosen.sort_unstable();
        chosen.into_iter().map(|at| sentences[at]).collect()
    }

    async fn by_meaning(&self, question: &str, sentences: &[Sentence<'_>]) -> Option<Vec<f32>> {
        let embedder = self.embedder.as_ref()?;
        let texts: Vec<String> = sentences
            .iter()
            .map(|sentence| match sentence.headings.last() {
                Some(heading) => format!("{heading}: {}", sentence.text),
                None => sentence.text.to_owned(),
            })
            .collect();
        let all: Vec<&str> = std::iter::once(question).chain(texts.iter().map(String::as_str)).collect();
        let vectors = embedder.embed(&all).await.ok()?;
        let (asked, sentences) = vectors.split_first()?;
        Some(sentences.iter().map(|vector| vector.iter().zip(asked).map(|(a, b)| a * b).sum()).collect())
    }
}

/// Of the words that are asked, how much of what they can tell each sentence has: a word that stands in many tells little.
fn by_words(question: &str, sentences: &[Sentence<'_>]) -> Vec<f32> {
    let words = |text: &str| text.unicode_words().map(str::to_lowercase).collect::<HashSet<String>>();
    let asked = words(question);
    let of: Vec<HashSet<String>> = sentences
        .iter()
        .map(|sentence| {
            sentence.headings.iter().flat_map(|heading| words(heading)).chain(words(sentence.text)).collect()
        })
        .collect();
    let often = |word: &String| of.iter().filter(|words| words.contains(word)).count();
    let count = |things: usize| u16::try_from(things).map_or(f32::MAX, f32::from);
    let tells: HashMap<&String, f32> = asked
        .iter()
        .map(|word| (word, (1.0 + count(sentences.len()) / count(often(word) + 1)).ln()))
        .collect();
    let all: f32 = tells.values().sum();
    let fit = |words: &HashSet<String>| {
        let has: f32 = tells.iter().filter(|(word, _)| words.contains(**word)).map(|(_, tells)| tells).sum();
        if all > 0.0 { has / all } else { 0.0 }
    };
    of.iter().map(fit).collect()
}

/// The sentences of the passages. Lines that stand for themselves, as in lists, are some, too.
fn sentences(passages: &[Passage]) -> Vec<Sentence<'_>> {
    (1..).zip(passages).flat_map(|(passage, found)| sentences_of(passage, found)).take(LOOKED_AT).collect()
}

fn sentences_of(passage: u32, found: &Passage) -> Vec<Sentence<'_>> {
    let blocks = found.text.split("\n\n").flat_map(|block| {
        let is_list = block.lines().any(|line| line.trim_start().starts_with(['-', '*', '•', '|']));
        if is_list { block.lines().collect::<Vec<_>>() } else { vec![block] }
    });
    let parts = blocks.flat_map(|block| {
        // A sentence goes on behind the end of a line.
        let in_one_line = block.replace(['\r', '\n'], " ");
        let starts: Vec<usize> = in_one_line.split_sentence_bound_indices().map(|(start, _)| start).collect();
        let ends = starts.iter().skip(1).copied().chain([block.len()]).collect::<Vec<_>>();
        starts.into_iter().zip(ends).map(|(start, end)| &block[start..end])
    });
    let parts = parts
        .map(|part| part.trim_matches(|c: char| c.is_whitespace() || matches!(c, '-' | '*' | '•' | '|')));
    parts
        .filter(|text| (SHORTEST..=LONGEST).contains(&text.len()) && !text.starts_with('#'))
        .map(|text| Sentence { passage, text, headings: &found.headings })
        .collect()
}

#[async_trait]
impl Model for Quoting {
    fn name(&self) -> ModelName {
        let embedder = self.embedder.as_ref().map_or("words", |embedder| embedder.name());
        ModelName {
            backend: "embedded".to_owned(),
            model: "quoting@1".to_owned(),
            settings: Digest::of(embedder.as_bytes()),
        }
    }

    fn calls_tools(&self) -> bool {
        false
    }

    async fn step(
        &self,
        step: &Step,
        pieces: &mut dyn Pieces,
        stop: &dyn Stop,
    ) -> Result<StepDone, ModelFault> {
        let question = prompt::question(step);
        let sentences = sentences(&step.passages);
        let chosen = self.answering(question, sentences).await;
        let mut said = Said { text: String::new(), claims: Vec::new(), pieces };
        let mut why = Ended::Said;
        for sentence in chosen {
            if stop.is_wanted() {
                why = Ended::Stopped;
                break;
            }
            said.quote(sentence);
        }
        let Said { text, claims, .. } = said;
        let tokens = |bytes: usize| u64::try_from(bytes / 4).unwrap_or(u64::MAX);
        let usage = Usage { read: tokens(prompt::length(step)), written: tokens(text.len()), said: false };
        Ok(StepDone {
            text,
            calls: Vec::new(),
            claims,
            why,
            usage,
            response: None,
            notes: Vec::new(),
            by: None,
        })
    }
}

/// What was said so far.
struct Said<'p> {
    text: String,
    claims: Vec<Claimed>,
    pieces: &'p mut dyn Pieces,
}

impl Said<'_> {
    fn text(&mut self, text: &str) {
        self.text.push_str(text);
        self.pieces.take(Piece::Text(text.to_owned()));
    }

    /// A sentence as it stands there, and where that is.
    fn quote(&mut self, sentence: Sentence<'_>) {
        if !self.text.is_empty() {
            self.text("\n\n");
        }
        let place = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        let from = place(self.text.len());
        self.text(sentence.text);
        let of = ByteRange { from, to: place(self.text.len()) };
        self.text(&format!(" [{}]", sentence.passage));
        let claim = Claimed { of, passage: sentence.passage, quote: Some(sentence.text.to_owned()) };
        self.pieces.take(Piece::Claim(claim.clone()));
        self.claims.push(claim);
    }
}

impl fmt::Debug for Quoting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Quoting")
            .field("embedder", &self.embedder.as_ref().map(|embedder| embedder.name()))
            .finish()
    }
}
