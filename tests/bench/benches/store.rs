//! The journal beside other engines, in one run: `cargo bench -p countersign-bench`.

use countersign_store::bench::{BenchOptions, run, run_if_child};

fn main() {
    if run_if_child() {
        return;
    }
    let mut options = BenchOptions::new("target/bench-store");
    if let Ok(rounds) = std::env::var("ROUNDS") {
        options.rounds = rounds.parse().unwrap();
    }
    if let Ok(events) = std::env::var("EVENTS") {
        options.events = events.parse().unwrap();
    }
    println!("{}", serde_json::to_string_pretty(&run(&options).unwrap()).unwrap());
}
