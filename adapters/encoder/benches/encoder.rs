//! How fast texts become vectors: `cargo bench -p countersign-encoder`.
#![expect(clippy::print_stdout, reason = "figures are for people")]

use std::time::{Duration, Instant};

use countersign_encoder::MiniLm;

const QUESTION: &str = "How can I get write access to the payments repository?";

fn main() {
    let begun = Instant::now();
    let model = MiniLm::built_in();
    println!("read the weights: {:.0?}", begun.elapsed());
    let mut times: Vec<Duration> = (0..300)
        .map(|_| {
            let begun = Instant::now();
            std::hint::black_box(model.vectors(&[QUESTION]));
            begun.elapsed()
        })
        .collect();
    times.sort_unstable();
    println!("a question: p50 {:.1?}, p99 {:.1?}", times[150], times[296]);
    // Some 225 pieces, as a passage of 1,200 characters has.
    let passage = QUESTION.repeat(19);
    let passages = vec![passage.as_str(); 64];
    let begun = Instant::now();
    std::hint::black_box(model.vectors(&passages));
    println!("passages: {:.1}/s", 64.0 / begun.elapsed().as_secs_f64());
}
