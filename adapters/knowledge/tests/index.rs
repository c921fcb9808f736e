//! The index as its port promises it, with an encoder that only counts words: what is tried here is the index.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroU32;
use std::sync::Arc;

use async_trait::async_trait;
use countersign_domain::ports::{
    CallError, CallErrorKind, Edition, Embedder, Generation, Indexing, KnowledgeIndex as _, Search,
};
use countersign_knowledge::{CHUNKER, FUSION, Index, Settings};
use proptest::prelude::*;
use tempfile::TempDir;

/// Each word is a direction.
struct Counting(&'static str);

#[async_trait]
impl Embedder for Counting {
    fn name(&self) -> &str {
        self.0
    }

    fn dimensions(&self) -> usize {
        32
    }

    async fn embed(&self, texts: &[&str]) -> Result<Vec<Vec<f32>>, CallError> {
        let one = |text: &&str| {
            let mut vector = vec![0.01_f32; 32];
            for word in
                text.to_lowercase().split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty())
            {
                let at = word.bytes().fold(7_usize, |hash, byte| hash.wrapping_mul(31) + usize::from(byte));
                vector[at % 32] += 1.0;
            }
            let length = vector.iter().map(|x| x * x).sum::<f32>().sqrt();
            vector.into_iter().map(|x| x / length).collect()
        };
        Ok(texts.iter().map(one).collect())
    }
}

fn settings(folder: &TempDir, most_passages: usize) -> Settings {
    Settings { folder: folder.path().join("acme"), most_passages }
}

async fn open(folder: &TempDir) -> Index {
    open_with(folder, &["one"], 1000).await
}

async fn open_with(folder: &TempDir, embedders: &[&'static str], most: usize) -> Index {
    let embedders = embedders.iter().map(|name| Arc::new(Counting(name)) as Arc<dyn Embedder>).collect();
    Index::open(settings(folder, most), embedders).await.unwrap()
}

fn edition(document: &str, version: u32) -> Edition {
    Edition { document: document.parse().unwrap(), version: NonZeroU32::new(version).unwrap() }
}

fn generation(embedder: &str) -> Generation {
    Generation { embedder: embedder.to_owned(), chunker: CHUNKER.to_owned(), fusion: FUSION.to_owned() }
}

async fn put(index: &Index, edition: &Edition, text: &str) {
    index.put(Indexing { edition, title: "", text, language: Some("en") }).await.unwrap();
}

async fn found(index: &Index, words: &str, among: &[&Edition]) -> Vec<(Edition, String)> {
    let among: BTreeSet<Edition> = among.iter().map(|edition| (*edition).clone()).collect();
    let found = index.search(Search { words, most: 5, among: &among }).await.unwrap();
    assert!(found.hits.iter().all(|hit| (0.0..=1.0).contains(&hit.score)), "{found:?}");
    assert!(found.hits.windows(2).all(|two| two[0].score >= two[1].score), "{found:?}");
    found.hits.into_iter().map(|hit| (hit.passage.edition, hit.passage.text)).collect()
}

#[tokio::test]
async fn a_document_is_found_by_its_words_where_it_may_be_and_nowhere_else() {
    let folder = tempfile::tempdir().unwrap();
    let index = open(&folder).await;
    let (vpn, pay) = (edition("k7qm2x", 1), edition("k7qm2z", 1));
    put(&index, &vpn, "# VPN\nResetting the tunnel fixes error ERR-4711.").await;
    put(&index, &pay, "# Pay\nSalaries are paid on the last Friday.").await;
    let first = |found: Vec<(Edition, String)>| found.into_iter().next().map(|(edition, _)| edition);
    assert_eq!(first(found(&index, "err 4711 tunnels reset", &[&vpn, &pay]).await), Some(vpn.clone()));
    assert_eq!(first(found(&index, "when is salary paid", &[&vpn, &pay]).await), Some(pay.clone()));
    assert_eq!(
        first(found(&index, "when is salary paid", &[&vpn]).await),
        Some(vpn.clone()),
        "only what may be read"
    );
    assert!(found(&index, "salaries", &[]).await.is_empty());
    assert!(
        found(&index, "salaries", &[&edition("k7qm2x", 2)]).await.is_empty(),
        "a version that is not there"
    );
    assert!(!found(&index, "", &[&vpn]).await.is_empty(), "no words are a question, too");
    let long = "tunnel ".repeat(20_000);
    assert_eq!(first(found(&index, &long, &[&vpn, &pay]).await), Some(vpn));
}

#[tokio::test]
async fn what_was_put_in_is_there_after_a_restart_and_gone_when_taken_out() {
    let folder = tempfile::tempdir().unwrap();
    let (one, two) = (edition("k7qm2x", 1), edition("k7qm2x", 2));
    let before = {
        let index = open(&folder).await;
        put(&index, &one, "# A\nold words\n# B\nmore old words").await;
        put(&index, &two, "# A\nnew words").await;
        let once = index
            .put(Indexing { edition: &two, title: "", text: "# A\nnew words", language: None })
            .await
            .unwrap();
        assert_eq!(index.held(&two).await.unwrap(), Some(once), "the same once more changes nothing");
        index.held(&one).await.unwrap()
    };
    assert_eq!(before.as_ref().map(|held| held.passages), Some(2));
    let index = open(&folder).await;
    assert_eq!(index.held(&one).await.unwrap(), before);
    index.remove(&one).await.unwrap();
    index.remove(&one).await.unwrap();
    assert_eq!(index.held(&one).await.unwrap(), None);
    assert_eq!(found(&index, "old words", &[&one, &two]).await, [(two.clone(), "new words".to_owned())]);
    let index = open(&folder).await;
    assert_eq!((index.held(&one).await.unwrap(), index.size()), (None, (1, 1)), "after a restart, too");
}

#[tokio::test]
async fn another_generation_is_built_beside_and_serves_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let index = open_with(&folder, &["one", "two"], 1000).await;
    let (old, new) = (edition("k7qm2x", 1), edition("k7qm2z", 1));
    put(&index, &old, "the old words").await;
    index.begin(&generation("two")).await.unwrap();
    index.begin(&generation("two")).await.unwrap();
    assert_eq!(index.generations().await.unwrap(), [generation("one"), generation("two")]);
    assert_eq!(index.held(&old).await.unwrap(), None, "the newest does not hold it yet");
    put(&index, &new, "the new words").await;
    assert_eq!(found(&index, "words", &[&old, &new]).await.len(), 1, "the old one serves");
    assert_eq!(index.drop_generation(&generation("one")).await.unwrap_err().kind, CallErrorKind::Rejected);
    index.serve(&generation("two")).await.unwrap();
    assert_eq!(found(&index, "words", &[&old, &new]).await, [(new.clone(), "the new words".to_owned())]);
    index.remove(&old).await.unwrap();
    index.drop_generation(&generation("one")).await.unwrap();
    assert_eq!(index.generations().await.unwrap(), [generation("two")]);
    assert_eq!(index.serve(&generation("one")).await.unwrap_err().kind, CallErrorKind::Rejected);
    assert_eq!(index.begin(&generation("three")).await.unwrap_err().kind, CallErrorKind::Rejected);
    let index = open_with(&folder, &["one", "two"], 1000).await;
    assert_eq!(found(&index, "words", &[&old, &new]).await.len(), 1, "after a restart, too");
    assert_eq!(std::fs::read_dir(folder.path().join("acme")).unwrap().count(), 2, "a file and one folder");
}

#[tokio::test]
async fn what_cannot_be_opened_is_put_aside_and_comes_again() {
    let folder = tempfile::tempdir().unwrap();
    let one = edition("k7qm2x", 1);
    put(&open(&folder).await, &one, "some words").await;
    let generation =
        std::fs::read_dir(folder.path().join("acme")).unwrap().flatten().find(|entry| entry.path().is_dir());
    let meta = generation.unwrap().path().join("meta.json");
    std::fs::write(&meta, "{").unwrap();
    let index = open(&folder).await;
    assert_eq!(index.held(&one).await.unwrap(), None);
    put(&index, &one, "some words").await;
    assert_eq!(found(&index, "words", &[&one]).await.len(), 1);
}

#[tokio::test]
async fn it_holds_so_much_and_no_more_and_says_when_it_has_no_disk() {
    let folder = tempfile::tempdir().unwrap();
    let index = open_with(&folder, &["one"], 2).await;
    let one = edition("k7qm2x", 1);
    let too_many = Indexing { edition: &one, title: "", text: "# A\na\n# B\nb\n# C\nc", language: None };
    assert_eq!(index.put(too_many).await.unwrap_err().kind, CallErrorKind::Rejected);
    assert_eq!(index.size(), (0, 0));
    std::fs::remove_dir_all(folder.path()).unwrap();
    let error = index.put(Indexing { text: "a", ..too_many }).await.unwrap_err();
    assert_eq!(error.kind, CallErrorKind::NotDone { after: None }, "{error}");
}

/// Four documents, each with a word of its own and words that all have; any set of them may be read.
fn shared() -> &'static (tokio::runtime::Runtime, TempDir, Index) {
    static SHARED: std::sync::LazyLock<(tokio::runtime::Runtime, TempDir, Index)> =
        std::sync::LazyLock::new(|| {
            let runtime = tokio::runtime::Runtime::new().unwrap();
            let folder = tempfile::tempdir().unwrap();
            let index = runtime.block_on(async {
                let index = open(&folder).await;
                for (name, text) in documents() {
                    put(&index, &edition(name, 1), &text).await;
                }
                index
            });
            (runtime, folder, index)
        });
    &SHARED
}

fn documents() -> BTreeMap<&'static str, String> {
    let names = ["k7qm2x", "k7qm2z", "k7qm3x", "k7qm4x"];
    let text = |name: &str| {
        let parts =
            (0..60).map(|nth| format!("# Part {nth}\ncommon words about the salary of {name} number {nth}"));
        parts.collect::<Vec<_>>().join("\n")
    };
    names.into_iter().map(|name| (name, text(name))).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    /// However many passages of others fit better: what may not be read is never found, and takes nobody's place.
    #[test]
    fn nothing_is_found_but_among_what_may_be_read(
        may in prop::collection::btree_set(0_usize..4, 0..4),
        asked in 0_usize..4,
        most in 1_usize..80,
    ) {
        let (runtime, _, index) = shared();
        let names: Vec<&str> = documents().into_keys().collect();
        let among: BTreeSet<Edition> = may.iter().map(|at| edition(names[*at], 1)).collect();
        let words = format!("salary of {} number 7", names[asked]);
        let found = runtime.block_on(index.search(Search { words: &words, most, among: &among })).unwrap();
        prop_assert!(found.hits.iter().all(|hit| among.contains(&hit.passage.edition)));
        prop_assert_eq!(found.hits.len(), most.min(may.len() * 60));
        let texts = documents();
        let stands = |hit: &countersign_domain::ports::Hit| {
            hit.passage.stands_in(&texts[hit.passage.edition.document.stream_id()])
        };
        prop_assert!(found.hits.iter().all(stands));
    }
}
