//! How well questions find their passages: `tests/eval/retrieval.sh` makes the set and runs this on it.
#![expect(clippy::print_stdout, reason = "figures are for people")]

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::{Duration, Instant};

use countersign_domain::code::Code;
use countersign_domain::ports::{Edition, Indexing, KnowledgeIndex as _, Search};
use countersign_encoder::MiniLm;
use countersign_knowledge::{Index, Settings};
use serde::Deserialize;

/// Passages and questions, each question with the one passage that answers it.
#[derive(Deserialize)]
struct Set {
    docs: Vec<(String, String, String)>,
    queries: Vec<(String, String)>,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let path = std::env::args().nth(1).ok_or("name the file that the script has made")?;
    let set: Set = serde_json::from_slice(&std::fs::read(path)?)?;
    let folder = tempfile::tempdir()?;
    let settings = Settings { folder: folder.path().to_owned(), most_passages: 100_000 };
    let index = Index::open(settings, vec![Arc::new(MiniLm::built_in())]).await?;
    let names: BTreeMap<Edition, &str> =
        (0..).zip(&set.docs).map(|(nth, (name, _, _))| (edition(nth), name.as_str())).collect();
    let editions: Vec<Edition> = (0..).take(set.docs.len()).map(edition).collect();
    let documents: Vec<Indexing<'_>> = editions
        .iter()
        .zip(&set.docs)
        .map(|(edition, (_, title, text))| Indexing { edition, title, text, language: Some("en") })
        .collect();
    let begun = Instant::now();
    for some in documents.chunks(256) {
        index.put_all(some).await?;
    }
    let (_, passages) = index.size();
    println!("{passages} passages, {:.1}/s", count(passages) / begun.elapsed().as_secs_f64());
    let among: BTreeSet<Edition> = names.keys().cloned().collect();
    let mut ranks = Vec::new();
    let mut times = Vec::new();
    for (question, wanted) in &set.queries {
        let begun = Instant::now();
        let found = index.search(Search { words: question, most: 100, among: &among }).await?;
        times.push(begun.elapsed());
        // A document counts once, by its best passage.
        let mut seen = BTreeSet::new();
        let documents = found
            .hits
            .iter()
            .map(|hit| &hit.passage.edition)
            .filter(|edition| seen.insert((*edition).clone()));
        ranks.push(documents.map(|edition| names[edition]).position(|name| name == wanted));
    }
    tell(&ranks, &mut times);
    Ok(())
}

fn tell(ranks: &[Option<usize>], times: &mut [Duration]) {
    let within = |most: usize| {
        count(ranks.iter().filter(|rank| rank.is_some_and(|rank| rank < most)).count()) / count(ranks.len())
    };
    let gain: f64 =
        ranks.iter().flatten().filter(|rank| **rank < 10).map(|rank| 1.0 / (count(*rank) + 2.0).log2()).sum();
    println!(
        "R@1 {:.3}  R@5 {:.3}  R@10 {:.3}  nDCG@10 {:.3}",
        within(1),
        within(5),
        within(10),
        gain / count(ranks.len())
    );
    times.sort_unstable();
    println!("a question: p50 {:.1?}, p99 {:.1?}", times[times.len() / 2], times[times.len() * 99 / 100]);
}

fn edition(nth: u128) -> Edition {
    Edition { document: Code::candidate(uuid(nth), 0), version: NonZeroU32::MIN }
}

fn uuid(nth: u128) -> uuid::Uuid {
    uuid::Uuid::from_u128(nth)
}

fn count(things: usize) -> f64 {
    u32::try_from(things).map_or(f64::MAX, f64::from)
}
