//! "Approve the rules" is for the proposal that was shown where it is said, and for none that was put in its place, or was never shown whole.

use std::fmt::Write as _;
use std::sync::Arc;

use countersign_store::MemoryStore;
use countersign_tests::stage::Stage;
use countersign_tests::wherever::says_on;

use super::{ADMIN, BEN, proposal, propose, stage, two_admins, writing_needs};

async fn status(stage: &Stage, code: &str) -> String {
    proposal(stage, code).await["status"].as_str().expect("a status").to_owned()
}

#[tokio::test]
async fn rules_trust_c3_approve_the_rules_is_not_for_what_was_put_in_the_place_of_what_was_shown() {
    for place in ["console", "slack"] {
        let stage = Stage::with_chats_adapted(Arc::new(MemoryStore::new()), two_admins).await;
        // Who is sent the card of what takes its place was shown that.
        stage.says(BEN, "do not ping me").await;
        let shown = propose(&stage, ADMIN, &writing_needs(2)).await;
        says_on(&stage, place, BEN, &format!("status {shown}")).await;
        stage.says(ADMIN, &format!("withdraw {shown}")).await;
        let swapped = propose(&stage, ADMIN, &writing_needs(3)).await;
        says_on(&stage, place, BEN, "approve the rules").await;
        assert_eq!(status(&stage, &swapped).await, "waiting", "{place}");
        // It was shown with that, as far as it has its place on a card.
        says_on(&stage, place, BEN, "yes").await;
        assert_eq!(status(&stage, &swapped).await, "published", "{place}");
    }
}

#[tokio::test]
async fn rules_trust_c3_the_word_rules_at_the_question_publishes_nothing() {
    let stage = stage().await;
    let code = propose(&stage, ADMIN, &writing_needs(2)).await;
    let asked = stage.says(BEN, "approve").await;
    assert_eq!(asked.title, "Do you want to countersign this one?", "{}", asked.text);
    for word in ["rules", "Rules", "the rules", "version"] {
        let card = stage.says(BEN, word).await;
        assert_eq!(status(&stage, &code).await, "waiting", "{word}: {}", card.text);
    }
    stage.says(BEN, "yes").await;
    assert_eq!(status(&stage, &code).await, "published");
}

#[tokio::test]
async fn rules_trust_c3_of_which_a_part_is_cut_off_are_approved_by_no_name() {
    let stage = stage().await;
    let mut text = writing_needs(2);
    for number in 0..60 {
        write!(text, "@id(\"aaa-{number}\")\n@approvers(\"group:approvers\")\npermit (principal, action == Action::\"read\", resource);\n").expect("it is a text");
    }
    let code = propose(&stage, ADMIN, &text).await;
    let shown = stage.says(BEN, &format!("status {code}")).await;
    assert!(shown.text.contains("more lines change"), "{}", shown.text);
    for said in ["approve the rules", "approve", "approve it"] {
        let asked = stage.says(BEN, said).await;
        assert_eq!(asked.title, "Do you want to countersign this one?", "{said}: {}", asked.text);
        assert_eq!(status(&stage, &code).await, "waiting", "{said}");
    }
    stage.says(BEN, "yes").await;
    assert_eq!(status(&stage, &code).await, "published");
}
