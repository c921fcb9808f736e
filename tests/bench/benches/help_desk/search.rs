//! The index alone: how long a question takes to find its passages, among so many and a tenth of them.

use std::collections::BTreeSet;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Instant;

use async_trait::async_trait;
use countersign_domain::code::Code;
use countersign_domain::ports::{CallError, Edition, Embedder, Indexing, KnowledgeIndex as _, Search};
use countersign_encoder::MiniLm;
use countersign_knowledge::{Index, Settings};
use uuid::Uuid;

use crate::{per_second, spread};

const QUESTIONS: usize = 200;
/// So many passages are really made vectors of, to see how fast that is.
const REAL: usize = 64;
/// What is longer is a passage.
const LONGEST_QUESTION: usize = 100;

/// Makes vectors of questions as the encoder does, and some of any kind of passages: a search takes as long with them, and making
/// thousands of real ones takes minutes.
struct Quick(MiniLm);

#[async_trait]
impl Embedder for Quick {
    fn name(&self) -> &str {
        self.0.name()
    }

    fn dimensions(&self) -> usize {
        self.0.dimensions()
    }

    async fn embed(&self, texts: &[&str]) -> Result<Vec<Vec<f32>>, CallError> {
        if texts.iter().all(|text| text.len() <= LONGEST_QUESTION) {
            return self.0.embed(texts).await;
        }
        Ok(texts.iter().map(|text| any(text, self.dimensions())).collect())
    }
}

/// A vector of length 1 that hangs on nothing but the text.
fn any(text: &str, dimensions: usize) -> Vec<f32> {
    let mut state = text.bytes().fold(7_u32, |state, byte| state.wrapping_mul(31).wrapping_add(byte.into()));
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        f32::from(u8::try_from(state >> 24).unwrap()) - 127.5
    };
    let vector: Vec<f32> = (0..dimensions).map(|_| next()).collect();
    let length = vector.iter().map(|number| number * number).sum::<f32>().sqrt();
    vector.into_iter().map(|number| number / length).collect()
}

pub(crate) async fn measure(passages: usize) {
    let begun = Instant::now();
    let real: Vec<String> = (0..REAL).map(passage).collect();
    let texts: Vec<&str> = real.iter().map(String::as_str).collect();
    std::hint::black_box(MiniLm::built_in().vectors(&texts));
    println!("vectors of passages: {:.1}/s", per_second(REAL, begun.elapsed()));
    for many in [passages / 10, passages] {
        among(many.max(1)).await;
    }
}

async fn among(passages: usize) {
    let folder = tempfile::tempdir().unwrap();
    let settings = Settings { folder: folder.path().to_owned(), most_passages: passages * 2 };
    let index = Index::open(settings, vec![Arc::new(Quick(MiniLm::built_in()))]).await.unwrap();
    let edition = |nth: usize| Edition {
        document: Code::candidate(Uuid::from_u128(nth as u128), 0),
        version: NonZeroU32::MIN,
    };
    let editions: Vec<Edition> = (0..passages).map(edition).collect();
    let texts: Vec<String> = (0..passages).map(passage).collect();
    let document = |(edition, text)| Indexing { edition, title: "Handbook", text, language: Some("en") };
    let documents: Vec<_> = editions.iter().zip(texts.iter().map(String::as_str)).map(document).collect();
    let begun = Instant::now();
    for some in documents.chunks(256) {
        index.put_all(some).await.unwrap();
    }
    let taken_in = per_second(passages, begun.elapsed());
    let among: BTreeSet<Edition> = editions.iter().cloned().collect();
    let mut taken = Vec::new();
    for nth in 0..QUESTIONS {
        let question = format!("How long are the backups of service {} kept?", nth * 13 % passages);
        let start = Instant::now();
        let found = index.search(Search { words: &question, most: 6, among: &among }).await.unwrap();
        taken.push(start.elapsed());
        assert!(!found.hits.is_empty(), "{question}");
    }
    println!(
        "{passages} passages, taken in at {taken_in:.0}/s without their vectors; found: {}",
        spread(taken)
    );
}

/// Some text as long as a paragraph is.
fn passage(nth: usize) -> String {
    let more = "Whoever is on call looks after it and writes down what was done. ".repeat(6);
    format!("The backups of service {nth} are kept for {} days in room {}. {more}", nth % 90, nth % 17)
}
