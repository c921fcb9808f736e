//! What two propose at once, what was proposed for rules of before, what the only administrator proposes and what a program does:
//! wherever people talk, the same becomes of it.

use std::sync::Arc;

use countersign_store::MemoryStore;
use countersign_tests::agents::administering;
use countersign_tests::discord::labels;
use countersign_tests::stage::Stage;
use serde_json::json;

use super::{
    ADMIN, BEN, OPEN, ROBOT, SURFACES, in_force, newest, proposal, propose, says_on, two_admins,
    writing_needs,
};

async fn stage() -> Stage {
    Stage::with_chats_adapted(Arc::new(MemoryStore::new()), two_admins).await
}

/// Somebody proposes these rules there; the proposal's code.
async fn proposed(stage: &Stage, surface: &str, by: &str, text: &str) -> String {
    says_on(stage, surface, by, &format!("rules propose ```\n{text}```")).await;
    newest(stage).await
}

async fn status(stage: &Stage, code: &str) -> String {
    proposal(stage, code).await["status"].as_str().expect("a word").to_owned()
}

#[tokio::test]
async fn rules_of_two_proposals_at_once_one_wins_on_every_surface() {
    for surface in SURFACES {
        let stage = stage().await;
        let mut codes = Vec::new();
        for quorum in [2, 3] {
            codes.push(proposed(&stage, surface, ADMIN, &writing_needs(quorum)).await);
        }
        let (one, other) = (format!("approve {}", codes[0]), format!("approve {}", codes[1]));
        tokio::join!(says_on(&stage, surface, BEN, &one), says_on(&stage, surface, BEN, &other));
        stage.settle().await;
        let stand = [status(&stage, &codes[0]).await, status(&stage, &codes[1]).await];
        let won = stand.iter().filter(|status| *status == "published").count();
        let lost =
            stand.iter().filter(|status| ["denied", "not_published"].contains(&status.as_str())).count();
        assert_eq!((won, lost), (1, 1), "{surface}: {stand:?}");
        assert_eq!(in_force(&stage).await.0, 2, "{surface}");
        assert_eq!(stage.audited("rules_published").await.len(), 2, "{surface}");
    }
}

#[tokio::test]
async fn rules_proposed_on_a_version_that_is_in_force_no_more_are_not_published_on_any_surface() {
    for surface in SURFACES {
        let stage = stage().await;
        let late = proposed(&stage, surface, ADMIN, &writing_needs(3)).await;
        let first = proposed(&stage, surface, BEN, &writing_needs(2)).await;
        says_on(&stage, surface, ADMIN, &format!("approve {first}")).await;
        assert_eq!(in_force(&stage).await, (2, writing_needs(2)), "{surface}");
        says_on(&stage, surface, BEN, &format!("approve {late}")).await;
        let stands = proposal(&stage, &late).await;
        assert_eq!(stands["status"], "denied", "{surface}: {stands:#}");
        let why = stands["denied"][0].as_str().expect("a reason");
        assert!(why.contains("version 2 is in force") && why.contains("propose yours again"), "{why}");
        assert_eq!(in_force(&stage).await.0, 2, "{surface}");
        let anew = proposed(&stage, surface, ADMIN, &writing_needs(3)).await;
        says_on(&stage, surface, BEN, &format!("approve {anew}")).await;
        assert_eq!(in_force(&stage).await, (3, writing_needs(3)), "{surface}");
    }
}

#[tokio::test]
async fn rules_the_only_administrator_publishes_alone_on_every_surface() {
    for surface in SURFACES {
        let stage = Stage::with_chats().await;
        let code = proposed(&stage, surface, ADMIN, &writing_needs(2)).await;
        assert_eq!(status(&stage, &code).await, "published", "{surface}");
        assert_eq!(in_force(&stage).await, (2, writing_needs(2)), "{surface}");
        let published = stage.audited("rules_published").await.pop().expect("an event");
        let summary = published["summary"].as_str().expect("a sentence");
        assert!(summary.contains("nobody countersigned"), "{surface}: {summary}");
        let exported = stage.get_text("demo-auditor", "/api/v1/export").await;
        assert!(exported.starts_with("{\"notice\":"), "{surface}: {exported:.200}");
    }
}

#[tokio::test]
async fn rules_proposed_by_an_agent_are_countersigned_by_a_person_on_every_surface() {
    for surface in SURFACES {
        let robots = |demo: &mut _| administering(demo, &[ROBOT, "demo-robot2"]);
        let stage = Stage::with_chats_adapted(Arc::new(MemoryStore::new()), robots).await;
        // A program asks by its token: chats have people only.
        let code = propose(&stage, ROBOT, OPEN).await;
        let other = stage.says("demo-robot2", &format!("approve {code}")).await;
        assert!(other.refused, "no program countersigns: {}", other.text);
        assert_eq!((status(&stage, &code).await.as_str(), in_force(&stage).await.0), ("waiting", 1));
        let asked = proposal(&stage, &code).await;
        assert_eq!(asked["change"]["asked"]["requester"]["kind"], "agent", "{asked:#}");
        says_on(&stage, surface, ADMIN, &format!("approve {code}")).await;
        assert_eq!(in_force(&stage).await, (2, OPEN.to_owned()), "{surface}");
        assert_eq!(proposal(&stage, &code).await["countersigned_by"], json!([ADMIN]), "{surface}");
    }
}

#[tokio::test]
async fn rules_are_gone_back_from_by_a_button_while_they_are_in_force_and_further_only_once_it_is_said_what_that_undoes()
 {
    let stage = Stage::on_discord().await;
    let (_, first) = in_force(&stage).await;
    for quorum in [2, 3] {
        proposed(&stage, "discord", ADMIN, &writing_needs(quorum)).await;
    }
    assert_eq!(in_force(&stage).await.0, 3, "whoever administers alone is asked for nothing more");
    let (talk, sees) = (stage.discord_talk(ADMIN), stage.discord_sees(ADMIN));
    let goes_back = |label: &String| label == "Go back";
    let offering = talk.iter().zip(&sees).filter(|(message, _)| labels(message).iter().any(goes_back));
    let offering: Vec<_> = offering.map(|(_, said)| said).collect();
    assert!(!offering.is_empty(), "{sees:#?}");
    assert!(offering.iter().all(|said| said.contains("In force as version 3")), "{offering:#?}");

    says_on(&stage, "discord", ADMIN, "rules back to 1 because nobody can write").await;
    assert_eq!(in_force(&stage).await.0, 3, "it is asked first");
    let asked = stage.discord_sees(ADMIN).pop().expect("an answer");
    assert!(asked.contains("going back to 1 undoes 2 to 3"), "{asked}");
    stage.discord_presses(ADMIN, "Go back to version 1").await;
    stage.settle().await;
    assert_eq!(in_force(&stage).await, (4, first));
}

#[tokio::test]
async fn rules_are_gone_back_to_further_than_the_last_change_by_no_way_in_before_it_is_said_what_that_undoes()
{
    let stage = Stage::on_discord().await;
    let (_, first) = in_force(&stage).await;
    for quorum in [2, 3] {
        propose(&stage, ADMIN, &writing_needs(quorum)).await;
    }
    assert_eq!(in_force(&stage).await.0, 3);
    // By the API it is refused, with what to say.
    let back = json!({ "back_to": 1 });
    let refused = stage.post(ADMIN, "/api/v1/rules/proposals", &back).await;
    assert_eq!(refused["violations"][0]["code"], "undoes_several", "{refused:#}");
    assert!(refused.to_string().contains("going back to 1 undoes 2 to 3"), "{refused:#}");
    // By the form of the console it is asked.
    let console = stage.signs_in(ADMIN).await;
    let asked = console.sends("/rules", &[("back_to", "1")]).await;
    assert!(
        asked.contains("going back to 1 undoes 2 to 3") && asked.contains("Go back to version 1"),
        "{asked}"
    );
    assert_eq!(in_force(&stage).await.0, 3, "nothing is proposed before that is answered");
    // Who says of which version they know is taken at their word, while that one is in force.
    let late = json!({ "back_to": 1, "base": 2 });
    let refused = stage.post(ADMIN, "/api/v1/rules/proposals", &late).await;
    assert_eq!(refused["violations"][0]["code"], "rules_moved_on", "{refused:#}");
    console.sends("/rules", &[("base", "3"), ("because", ""), ("back_to", "1")]).await;
    assert_eq!(in_force(&stage).await, (4, first));
    // The last change alone is undone without a word.
    propose(&stage, ADMIN, &writing_needs(2)).await;
    stage.post(ADMIN, "/api/v1/rules/proposals", &json!({ "back_to": 4 })).await;
    stage.settle().await;
    assert_eq!(in_force(&stage).await.0, 6);
}
