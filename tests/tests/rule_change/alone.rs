//! What others were asked about never becomes easier because they are gone.

use serde_json::json;

use super::{ADMIN, BEN, in_force, people, proposal, propose, reread, stage, writing_needs};

#[tokio::test]
async fn rules_that_another_administrator_was_asked_about_are_not_published_alone_when_they_leave() {
    let mut stage = stage().await;
    let code = propose(&stage, ADMIN, &writing_needs(2)).await;
    assert_eq!(proposal(&stage, &code).await["status"], "waiting");
    people(&mut stage).retain(|person| person.id.as_str() != BEN);
    reread(&stage).await;
    let over = proposal(&stage, &code).await;
    assert_eq!((&over["status"], in_force(&stage).await.0), (&json!("denied"), 1), "{over:#}");
    let card = stage.says(ADMIN, &format!("status {code}")).await;
    assert!(card.text.contains("proposed for others to countersign"), "{}", card.text);
    // Whoever is left alone proposes alone, and that is a new proposal.
    let anew = propose(&stage, ADMIN, &writing_needs(2)).await;
    assert_eq!(proposal(&stage, &anew).await["status"], "published");
    assert_eq!(in_force(&stage).await, (2, writing_needs(2)));
}

#[tokio::test]
async fn rules_that_another_administrator_was_asked_about_wait_on_while_one_is_left() {
    let mut stage = stage().await;
    super::make_admin(&mut stage.demo, super::ADA);
    reread(&stage).await;
    let code = propose(&stage, ADMIN, &writing_needs(2)).await;
    people(&mut stage).retain(|person| person.id.as_str() != BEN);
    reread(&stage).await;
    assert_eq!(proposal(&stage, &code).await["status"], "waiting");
    // That there are fewer who could countersign is new to whoever decides.
    stage.says(super::ADA, &format!("approve {code}")).await;
    stage.says(super::ADA, &format!("approve {code}")).await;
    assert_eq!(in_force(&stage).await, (2, writing_needs(2)));
}
