//! A card of every kind, for the tests of the surfaces.

use super::Card;

/// A card of every kind, by name: what `bot/src/cards/` makes, as a test there makes sure, and what every surface renders in
/// its tests.
pub fn samples() -> Vec<(&'static str, Card)> {
    macro_rules! samples {
        ($($name:literal),* $(,)?) => {
            vec![$(($name, include_str!(concat!("../../cards/", $name, ".json")))),*]
        };
    }
    let samples = samples![
        "request_waiting",
        "request_in_detail",
        "request_active",
        "request_ended",
        "approvers",
        "story",
        "denied",
        "not_understood",
        "help",
        "help_of_one",
        "effects",
        "rules_waiting",
    ];
    let read = |json| serde_json::from_str(json).expect("written by a test as a card");
    samples.into_iter().map(|(name, json)| (name, read(json))).collect()
}
