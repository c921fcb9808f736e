//! What Microsoft's own validators are to judge, written where `tests/peers/teams.sh` says.

use std::path::Path;

use countersign_domain::access::FORM;
use countersign_domain::card::samples;
use countersign_teams::card::{content, message};
use countersign_teams::{answer, form};
use serde_json::{Value, json};

use crate::stage::viewers;

#[test]
#[ignore = "tests/peers/teams.sh runs it for its judges"]
fn cards_and_activities_are_written_for_the_judges() {
    let folder = std::env::var("PEER_FOLDER").expect("a folder to write to");
    let cards: Vec<Value> = samples()
        .iter()
        .map(|(name, card)| {
            let message = message(card, |button| button.say.clone(), Some(&viewers()));
            json!({ "name": name, "activity": message })
        })
        .collect();
    let faults = [("duration", "“soon” is no duration.".to_owned())];
    let forms = [false, true].map(|searches| form::content(&FORM, &FORM.begun(None), &faults, searches));
    let (_, card) = &samples()[0];
    let answers = json!([
        answer::card(&content(card, |button| button.say.clone(), None)),
        answer::message("Countersigned."),
        answer::error("not_yours", "Somebody else decides on this."),
        answer::choices([("web-shop", "web-shop")]),
    ]);
    let all = json!({ "cards": cards, "forms": forms, "answers": answers });
    std::fs::write(Path::new(&folder).join("teams.json"), all.to_string()).unwrap();
}
