//! A knowledge base by the vendor's own library, against Bedrock in miniature: what it finds is looked up, and what cannot be is left out.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::collections::BTreeSet;
use std::num::NonZeroU32;
use std::path::Path;

use countersign_bedrock::{Access, AccessSettings, KnowledgeBase, KnowledgeSettings};
use countersign_domain::ports::{CallErrorKind, Edition, Generation, Indexing, KnowledgeIndex as _, Search};
use countersign_outbound::MemorySecrets;
use countersign_sandbox::bedrock::{BedrockOptions, BedrockSandbox, BedrockState, StoredChunk};
use serde_json::{Value, json};

async fn sandbox(chunks: Vec<StoredChunk>) -> BedrockSandbox {
    countersign_outbound::install_tls();
    BedrockSandbox::start(BedrockOptions::new(BedrockState { chunks, ..BedrockState::default() }))
        .await
        .unwrap()
}

async fn knowledge(sandbox: &BedrockSandbox, folder: &Path) -> KnowledgeBase {
    let settings: AccessSettings = serde_json::from_value(json!({
        "region": "eu-central-1",
        "endpoint": sandbox.base_url(),
        "key": {"id_secret": "id", "key_secret": "key"},
    }))
    .unwrap();
    let secrets = MemorySecrets::from([("id", "AKIDMINI"), ("key", "secret")]);
    let access = Access::new(&settings, &secrets).await.unwrap();
    let settings = KnowledgeSettings { knowledge_base: "KB00000001".to_owned(), folder: folder.to_owned() };
    KnowledgeBase::new(access, settings)
}

fn edition(code: &str) -> Edition {
    Edition { document: code.parse().unwrap(), version: NonZeroU32::MIN }
}

fn chunk(edition: &Edition, text: &str, score: f64) -> StoredChunk {
    StoredChunk { edition: edition.to_string(), text: text.to_owned(), score }
}

const TEXT: &str = "# The VPN\n\nIt is closed on Sundays.\n\nTokens are valid for 30 days – übrigens.\n";

#[tokio::test]
async fn what_is_found_is_looked_up_and_whatever_cannot_be_is_left_out() {
    let folder = tempfile::tempdir().unwrap();
    let (vpn, pay, gone) = (edition("K7QM2X"), edition("B2C3D4"), edition("F5G6H7"));
    let chunks = vec![
        chunk(&vpn, "It is closed on Sundays.", 0.71),
        chunk(&vpn, "Tokens are valid for 30 days – übrigens.", 0.9),
        chunk(&vpn, "Tokens are valid for 90 days.", 0.99),
        chunk(&pay, "The bonus is paid in March.", 0.95),
        chunk(&gone, "What was here is gone.", 0.98),
    ];
    let sandbox = sandbox(chunks).await;
    let knowledge = knowledge(&sandbox, folder.path()).await;
    for (edition, text) in [(&vpn, TEXT), (&pay, "The bonus is paid in March.\n")] {
        knowledge.put(Indexing { edition, title: "A title", text, language: None }).await.unwrap();
    }
    let among: BTreeSet<_> = [vpn.clone(), gone.clone()].into();
    let search = Search { words: "when is it closed?", most: 6, among: &among };
    let found = knowledge.search(search).await.unwrap();
    let said: Vec<_> = found.hits.iter().map(|hit| &*hit.passage.text).collect();
    assert_eq!(said, ["Tokens are valid for 30 days – übrigens.", "It is closed on Sundays."]);
    assert!(found.hits.iter().all(|hit| hit.passage.stands_in(TEXT)), "{found:#?}");
    let sent = sandbox.calls().pop().unwrap().body.unwrap();
    let filter = &sent["retrievalConfiguration"]["vectorSearchConfiguration"]["filter"]["in"];
    let named: Vec<&str> = filter["value"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
    assert_eq!(
        (&filter["key"], named.len()),
        (&json!("edition"), 2),
        "it is told where it may look: {sent:#}"
    );
    let nowhere = BTreeSet::new();
    let nothing = knowledge.search(Search { words: "when?", most: 6, among: &nowhere }).await.unwrap();
    assert!(nothing.hits.is_empty());
    assert_eq!(sandbox.calls().len(), 1, "where nothing may be read, nobody is asked");
}

#[tokio::test]
async fn what_the_vendor_reads_is_in_its_own_form_and_goes_when_it_is_taken_out() {
    let folder = tempfile::tempdir().unwrap();
    let sandbox = sandbox(vec![]).await;
    let knowledge = knowledge(&sandbox, folder.path()).await;
    let vpn = edition("K7QM2X");
    let indexing = Indexing { edition: &vpn, title: "The \"VPN\"", text: TEXT, language: Some("en") };
    let put = knowledge.put(indexing).await.unwrap();
    assert_eq!(knowledge.put(indexing).await.unwrap(), put, "the same once more is the same");
    assert_eq!(knowledge.held(&vpn).await.unwrap(), Some(put));
    let said = std::fs::read_to_string(folder.path().join("k7qm2x-1.txt.metadata.json")).unwrap();
    let said: Value = serde_json::from_str(&said).unwrap();
    assert_eq!(said, json!({"metadataAttributes": {"edition": "K7QM2X@1", "title": "The \"VPN\""}}));
    assert_eq!(std::fs::read_to_string(folder.path().join("k7qm2x-1.txt")).unwrap(), TEXT);
    knowledge.remove(&vpn).await.unwrap();
    knowledge.remove(&vpn).await.unwrap();
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    assert_eq!(knowledge.held(&vpn).await.unwrap(), None);
}

#[tokio::test]
async fn it_has_one_generation_and_says_what_may_be_concluded() {
    let folder = tempfile::tempdir().unwrap();
    let sandbox = sandbox(vec![]).await;
    let knowledge = knowledge(&sandbox, folder.path()).await;
    let own = knowledge.generations().await.unwrap().remove(0);
    knowledge.serve(&own).await.unwrap();
    let word = || "other".to_owned();
    let other = Generation { embedder: word(), chunker: word(), fusion: word() };
    assert_eq!(knowledge.begin(&other).await.unwrap_err().kind, CallErrorKind::Rejected);
    let state = BedrockState { key_id: "ANOTHER".to_owned(), ..BedrockState::default() };
    let shut = BedrockSandbox::start(BedrockOptions::new(state)).await.unwrap();
    let among: BTreeSet<_> = [edition("K7QM2X")].into();
    let search = Search { words: "when?", most: 6, among: &among };
    let error = self::knowledge(&shut, folder.path()).await.search(search).await.unwrap_err();
    assert_eq!(error.kind, CallErrorKind::Barred, "{error}");
}
