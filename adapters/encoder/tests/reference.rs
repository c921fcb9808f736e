//! The encoder against the vectors of the published weights, and against itself.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use countersign_domain::ports::Embedder as _;
use countersign_encoder::{BadWeights, DIMENSIONS, MiniLm};
use proptest::prelude::*;
use serde::Deserialize;

/// A text, and its vectors as `model/make.py` reckons them: by the published weights, and by the same in eight bits.
#[derive(Deserialize)]
struct Reference {
    text: String,
    vector: Vec<f32>,
    rounded: Vec<f32>,
}

fn references() -> Vec<Reference> {
    serde_json::from_str(include_str!("../model/reference.json")).unwrap()
}

fn cosine(one: &[f32], other: &[f32]) -> f32 {
    one.iter().zip(other).map(|(a, b)| a * b).sum()
}

/// Each text, what `make.py` says of it, and what the encoder does.
fn compared() -> impl Iterator<Item = (Reference, Vec<f32>)> {
    let references = references();
    let texts: Vec<&str> = references.iter().map(|reference| reference.text.as_str()).collect();
    let vectors = built_in().vectors(&texts);
    references.into_iter().zip(vectors)
}

/// What is reckoned is the same; the text of nothing too, which is only the two pieces that begin and end every text.
#[test]
fn vectors_are_those_that_these_weights_give() {
    for (reference, vector) in compared() {
        let fit = cosine(&reference.rounded, &vector);
        assert!(fit > 0.999_99, "{:?}: {fit}", reference.text);
    }
}

#[test]
fn eight_bits_are_enough_for_texts() {
    for (reference, vector) in compared().filter(|(reference, _)| !reference.text.is_empty()) {
        let fit = cosine(&reference.vector, &vector);
        assert!(fit > 0.999, "{:?}: {fit}", reference.text);
    }
}

/// Nothing loses more than any text does. One row of the third layer (99 of `output.dense`) has a weight 26 times as large as is usual
/// in others, so its small ones are rounded coarsely; the piece that ends a text feels it where no word stands before it, and is half of
/// what there is. With that row as it was published, more than half of the loss is gone. Nobody looks for nothing: eight bits it is.
#[test]
fn eight_bits_are_not_as_much_for_nothing() {
    let nothing = compared().find(|(reference, _)| reference.text.is_empty());
    let (reference, vector) = nothing.expect("the reference has it");
    let fit = cosine(&reference.vector, &vector);
    assert!(fit > 0.996, "{fit}");
}

/// The first numbers as others have published them: the tests of the R package `sbert`, made with `SentenceTransformers`.
#[test]
fn vectors_are_those_that_others_have_published() {
    let published = [
        ("This is an example sentence", [0.067_656, 0.063_495, 0.048_713, 0.079_304, 0.037_448, 0.002_652]),
        (
            "Each sentence is converted.",
            [0.078_536, 0.088_562, -0.002_092, -0.007_172, -0.012_526, 0.018_817],
        ),
        ("Café déjà vu — 東京", [0.050_832, 0.009_676, 0.096_355, -0.009_973, -0.019_876, 0.016_923]),
    ];
    for (text, wanted) in published {
        let vector = MiniLm::built_in().vectors(&[text]).remove(0);
        let far = wanted.iter().zip(&vector).map(|(a, b): (&f32, &f32)| (a - b).abs()).fold(0.0, f32::max);
        assert!(far < 0.004, "{text}: {far}");
    }
}

#[test]
fn weights_are_read_from_a_file_and_others_are_told_apart() {
    let model = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("model/minilm.safetensors");
    let from_file = MiniLm::from_file(&model).unwrap();
    assert_eq!(from_file.vectors(&["the same"]), MiniLm::built_in().vectors(&["the same"]));
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("weights");
    assert!(matches!(MiniLm::from_file(&path), Err(BadWeights::Unread(_))));
    let whole = std::fs::read(&model).unwrap();
    for bytes in [&whole[..0], &whole[..7], &whole[..1000], &whole[..whole.len() - 1]] {
        std::fs::write(&path, bytes).unwrap();
        assert!(matches!(MiniLm::from_file(&path), Err(BadWeights::NotWeights(_))), "{} bytes", bytes.len());
    }
    let mut other = whole;
    let header = String::from_utf8_lossy(&other[8..40_000]).into_owned();
    let at = 8 + header.find("embeddings.position_embeddings.weight\"").unwrap();
    other[at] = b'X';
    std::fs::write(&path, other).unwrap();
    let Err(BadWeights::Other { name, .. }) = MiniLm::from_file(&path) else { panic!("a part is missing") };
    assert!(name.starts_with("embeddings.position"), "{name}");
}

#[tokio::test]
async fn what_means_the_same_is_near_and_what_does_not_is_far() {
    let texts = [
        "How do I reset my password?",
        "I forgot my login credentials and cannot get in",
        "The canteen serves soup on Mondays",
    ];
    let vectors = MiniLm::built_in().embed(&texts).await.unwrap();
    assert!(cosine(&vectors[0], &vectors[1]) > 0.5, "{}", cosine(&vectors[0], &vectors[1]));
    assert!(cosine(&vectors[0], &vectors[2]) < 0.2, "{}", cosine(&vectors[0], &vectors[2]));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    /// Alone or with others, whatever it is: always the same vector, one long.
    #[test]
    fn a_text_has_one_vector(texts in prop::collection::vec("(?s).{0,40}", 1..4)) {
        let model = built_in();
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        let together = model.vectors(&texts);
        for (text, vector) in texts.iter().zip(&together) {
            prop_assert_eq!(vector.len(), DIMENSIONS);
            prop_assert!((cosine(vector, vector) - 1.0).abs() < 1e-4);
            prop_assert!(cosine(vector, &model.vectors(&[text])[0]) > 0.999_99);
        }
    }
}

fn built_in() -> MiniLm {
    static ONE: std::sync::LazyLock<MiniLm> = std::sync::LazyLock::new(MiniLm::built_in);
    ONE.clone()
}
