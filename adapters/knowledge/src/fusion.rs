//! What words find and what meaning finds, put together.
//!
//! Both legs say how well a passage fits from 0 to 1, and comparably over questions: the cosine, and the share of what the words of
//! the question can tell at most that the passage has (`cover`). So they are added, the meaning counting more. Ranks, which most
//! others add, forget by how much one is better, and lose a sixth of what the better leg finds.

/// What this is called in a generation.
pub const FUSION: &str = "cosine+cover@1";

/// What the words count for.
const WORDS: f32 = 0.25;

/// How well a passage fits, by how near it is and how much of the words it has.
pub(crate) fn score(nearness: f32, cover: f32) -> f32 {
    let words = cover.clamp(0.0, 1.0);
    (nearness.clamp(0.0, 1.0) * (1.0 - WORDS) + words * WORDS).clamp(0.0, 1.0)
}
