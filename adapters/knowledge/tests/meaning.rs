//! What is found by meaning, with the encoder that is built in and the documents of the demo: the questions that people have asked in vain
//! find their documents, and what stands in none finds none.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::collections::BTreeSet;
use std::num::NonZeroU32;
use std::sync::Arc;

use countersign_domain::ports::{Edition, Embedder, Indexing, KnowledgeIndex as _, Search};
use countersign_encoder::MiniLm;
use countersign_knowledge::{Index, Settings};

/// What fits less is not shown to what answers, where nobody configured otherwise: `fits_percent`.
const FITS: f32 = 0.28;

const DOCUMENTS: [(&str, &str); 6] = [
    ("Passwords", include_str!("../../../bot/assets/demo/documents/passwords.md")),
    ("Bonus", include_str!("../../../bot/assets/demo/documents/bonus.md")),
    ("The VPN", include_str!("../../../bot/assets/demo/documents/vpn.md")),
    ("Printers", include_str!("../../../bot/assets/demo/documents/printers.md")),
    ("Travel", include_str!("../../../bot/assets/demo/documents/travel.md")),
    ("Holidays", include_str!("../../../bot/assets/demo/documents/holidays.md")),
];

/// The documents as versions of one, each by its number.
fn edition(number: usize) -> Edition {
    let version = NonZeroU32::new(u32::try_from(number).unwrap()).unwrap();
    Edition { document: "k7qm2x".parse().unwrap(), version }
}

#[tokio::test]
async fn what_people_asked_in_vain_finds_its_document_and_what_stands_in_none_finds_none() {
    let folder = tempfile::tempdir().unwrap();
    let settings = Settings { folder: folder.path().join("acme"), most_passages: 1000 };
    let encoder = Arc::new(MiniLm::built_in()) as Arc<dyn Embedder>;
    let index = Index::open(settings, vec![encoder]).await.unwrap();
    let all: Vec<Edition> = (1..=DOCUMENTS.len()).map(edition).collect();
    for (edition, (title, text)) in all.iter().zip(DOCUMENTS) {
        index.put(Indexing { edition, title, text, language: Some("en") }).await.unwrap();
    }
    let among: BTreeSet<Edition> = all.iter().cloned().collect();
    for (question, wanted) in [
        ("how do I reset my password?", Some("Passwords")),
        ("how big is the bonus?", Some("Bonus")),
        ("Wann ist das VPN geschlossen?", Some("The VPN")),
        ("When is the VPN closed?", Some("The VPN")),
        ("What is the airspeed of an unladen swallow?", None),
        ("my boss Olga harasses me, what can I do?", None),
        ("Who won the world cup of 1954?", None),
    ] {
        let found = index.search(Search { words: question, most: 3, among: &among }).await.unwrap();
        let fitting = found.hits.iter().find(|hit| hit.score >= FITS);
        let title = fitting.and_then(|hit| {
            let at = all.iter().position(|edition| *edition == hit.passage.edition)?;
            Some(DOCUMENTS[at].0)
        });
        let scores: Vec<_> = found.hits.iter().map(|hit| hit.score).collect();
        assert_eq!(title, wanted, "{question}: {scores:?}");
    }
}
