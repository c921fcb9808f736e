//! The encoder: texts in, vectors out.

use std::path::Path;
use std::sync::{Arc, LazyLock};
use std::thread::available_parallelism;

use async_trait::async_trait;
use countersign_domain::ports::{CallError, CallErrorKind, Embedder, OURSELVES};

use crate::bert::{Bert, WIDTH};
use crate::pieces::Pieces;
use crate::weights::BadWeights;

/// What it is called in a generation of the index.
pub const NAME: &str = "all-MiniLM-L6-v2-int8@1";

/// How many numbers a vector has.
pub const DIMENSIONS: usize = WIDTH;

/// How many pieces of words of a text count; what is behind them is not seen. It was trained so.
pub const MOST_PIECES: usize = 256;

/// So many pieces go through together: enough that the weights are read seldom, and some 30 MB at most.
const TOGETHER: usize = 1024;

/// all-MiniLM-L6-v2. Its copies share the weights.
#[derive(Clone)]
pub struct MiniLm(Arc<LazyLock<Parts, Read>>);

/// What reads the weights.
type Read = Box<dyn FnOnce() -> Parts + Send>;

struct Parts {
    bert: Bert,
    pieces: Pieces,
}

impl MiniLm {
    /// The weights that are compiled in. They are read with the first text: who has none starts no slower for them.
    #[cfg(feature = "weights")]
    pub fn built_in() -> Self {
        let weights = include_bytes!("../model/minilm.safetensors");
        Self::new(Box::new(move || {
            Parts::read(weights).expect("the weights that are compiled in are tried by a test")
        }))
    }

    /// The weights in this file, which `model/make.py` makes.
    pub fn from_file(path: &Path) -> Result<Self, BadWeights> {
        let parts = Parts::read(&std::fs::read(path)?)?;
        Ok(Self::new(Box::new(move || parts)))
    }

    fn new(read: Read) -> Self {
        Self(Arc::new(LazyLock::new(read)))
    }

    /// The vectors of these texts, in their order; on all processors, where there is enough to do.
    pub fn vectors(&self, texts: &[&str]) -> Vec<Vec<f32>> {
        let texts: Vec<_> = texts.iter().map(|text| self.0.pieces.of(text, MOST_PIECES)).collect();
        let groups = together(&texts);
        let hands = available_parallelism().map_or(1, usize::from).min(groups.len());
        if hands <= 1 {
            return groups.into_iter().flat_map(|group| self.0.bert.vectors(group)).collect();
        }
        let share = groups.len().div_ceil(hands);
        let work = |groups: &[&[Vec<u32>]]| -> Vec<Vec<f32>> {
            groups.iter().flat_map(|group| self.0.bert.vectors(group)).collect()
        };
        let work = &work;
        std::thread::scope(|scope| {
            let hands: Vec<_> =
                groups.chunks(share).map(|groups| scope.spawn(move || work(groups))).collect();
            let done = hands.into_iter().map(|hand| hand.join().expect("there is nothing in it that panics"));
            done.flatten().collect()
        })
    }
}

impl Parts {
    fn read(weights: &[u8]) -> Result<Self, BadWeights> {
        Ok(Self { bert: Bert::read(weights)?, pieces: Pieces::new() })
    }
}

/// Neighbours that go through together.
fn together(texts: &[Vec<u32>]) -> Vec<&[Vec<u32>]> {
    let (mut groups, mut from, mut pieces) = (Vec::new(), 0, 0);
    for (place, text) in texts.iter().enumerate() {
        if pieces + text.len() > TOGETHER {
            groups.push(&texts[from..place]);
            (from, pieces) = (place, 0);
        }
        pieces += text.len();
    }
    if from < texts.len() {
        groups.push(&texts[from..]);
    }
    groups
}

#[async_trait]
impl Embedder for MiniLm {
    fn name(&self) -> &str {
        NAME
    }

    fn dimensions(&self) -> usize {
        DIMENSIONS
    }

    async fn embed(&self, texts: &[&str]) -> Result<Vec<Vec<f32>>, CallError> {
        let (this, texts) = (self.clone(), texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>());
        let work = move || this.vectors(&texts.iter().map(String::as_str).collect::<Vec<_>>());
        tokio::task::spawn_blocking(work).await.map_err(|error| CallError {
            vendor: OURSELVES,
            what: "make vectors of texts".to_owned(),
            detail: error.to_string(),
            status: None,
            kind: CallErrorKind::NotDone { after: None },
        })
    }
}

impl std::fmt::Debug for MiniLm {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("MiniLm").field(&NAME).finish()
    }
}
