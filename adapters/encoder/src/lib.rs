//! all-MiniLM-L6-v2 in eight bits: texts become vectors, on the processor and without a network.
//!
//! `model/` has the weights, their licence, and the script that made them of the published ones. [`MiniLm::built_in`] is what is
//! compiled in (the feature `weights`, on by default), [`MiniLm::from_file`] reads the same from a file. A text is cut into pieces
//! of words (`pieces`), the pieces go through six layers (`bert`), and the mean of what comes out, made one long, is its vector.

mod arithmetic;
mod bert;
mod minilm;
mod pieces;
mod weights;

pub use minilm::{DIMENSIONS, MOST_PIECES, MiniLm, NAME};
pub use weights::BadWeights;
