//! What stands behind a request and was not understood: it is asked about, and never becomes the reason of what is granted.

use countersign_tests::stage::Stage;
use countersign_tests::typed::{in_december, labels, press, request, requests};

use super::{APPROVER, EMPLOYEE, title};

#[tokio::test]
async fn trust_c2_who_thinks_better_of_it_behind_a_comma_is_asked_and_granted_nothing() {
    let stage = in_december(Stage::new().await).await;
    for tail in [
        ", nevermind",
        ", sorry I meant payments-api",
        " - scrap that, payments-api",
        ". Sorry, payments-api",
        "... hmm, forget it",
        ": cancel that",
        ", hold on",
        ", wrong repo",
        ", make that 30 min",
        ", oh wait Ben already did it",
        ", vergiss es",
        ", laat maar",
        ", deixa pra lá",
        ", tomorrow at 9",
        ", also payments-api",
        ", and Ben too",
        " because of the rollout. Sorry, I meant payments-api",
    ] {
        let card = stage.says(EMPLOYEE, &format!("read on web-shop for 1 hour{tail}")).await;
        assert!(title(&card).ends_with('?'), "{tail}: {}", card.text);
        assert_eq!(requests(&stage).await, 0, "{tail}: {}", card.text);
        stage.says(EMPLOYEE, "cancel").await;
    }
}

#[tokio::test]
async fn trust_c2_what_may_be_the_reason_is_offered_as_that() {
    let stage = in_december(Stage::new().await).await;
    let card = stage.says(EMPLOYEE, "read on web-shop for 1 hour, the moon is bright").await;
    assert_eq!(title(&card), "I am not sure about “the moon is bright”. Did I understand the rest right?");
    assert_eq!(labels(&card), ["Yes, like that", "Yes, and that is why"]);
    let card = press(&stage, EMPLOYEE, &card, "Yes, and that is why").await;
    assert_eq!(request(&stage, &card).await["reason"], "the moon is bright", "{}", card.text);
    let card = stage.says(EMPLOYEE, "write on infra for 2 days OPS-18, the moon is bright").await;
    let card = press(&stage, EMPLOYEE, &card, "Yes, like that").await;
    assert!(request(&stage, &card).await["reason"].is_null(), "{}", card.text);
}

#[tokio::test]
async fn trust_c2_thanks_and_a_pasted_title_ask_for_nothing_unasked() {
    let stage = in_december(Stage::new().await).await;
    for thanks in [
        "thanks for the read access to web-shop",
        "thank you for read access on web-shop",
        "cheers for read on web-shop",
        "danke für read auf web-shop",
        "merci pour l'accès read sur web-shop",
        "gracias por read en web-shop",
        "thanks for write on payments-api ticket OPS-17",
    ] {
        let card = stage.says(EMPLOYEE, thanks).await;
        assert_eq!(title(&card), "I asked for nothing", "{thanks}: {}", card.text);
    }
    let card = stage.says(APPROVER, "Erin Employee asks for read on web-shop").await;
    assert!(title(&card).ends_with('?'), "{}", card.text);
    assert_eq!(requests(&stage).await, 0);
}

#[tokio::test]
async fn trust_c2_a_second_person_or_repository_behind_a_comma_is_asked_about() {
    let stage = in_december(Stage::new().await).await;
    for text in [
        "access read on web-shop for demo-approver, demo-approver2 for 1 day",
        "access read on web-shop for 1 day, infra",
        "access write on payments-api for 1 day ticket OPS-17, web-shop",
        "access write on payments-api for 1 day ticket OPS-17, archive too",
    ] {
        let card = stage.says(EMPLOYEE, text).await;
        assert!(title(&card).ends_with('?'), "{text}: {}", card.text);
        assert_eq!(requests(&stage).await, 0, "{text}: {}", card.text);
    }
}

#[tokio::test]
async fn trust_c2_more_time_that_is_taken_back_behind_its_reason_is_asked_about() {
    let stage = in_december(Stage::new().await).await;
    let card = stage.says(EMPLOYEE, "access read on web-shop for 1 hour because the audit").await;
    let code = card.code.as_ref().unwrap_or_else(|| panic!("no request: {}", card.text)).to_string();
    let until = async || {
        let path = format!("/api/v1/access-requests/{code}");
        stage.get("demo-admin", &path).await["access"]["own"]["grant"]["until"].clone()
    };
    let before = until().await;
    for said in [
        "extend CODE by 2 hours because the rollout slipped. Never mind, wrong one",
        "extend CODE by 2 hours because the rollout slipped, scrap that",
        "I need 2 more hours because the rollout slipped. Oh, forget it",
        "extend my access by 2 hours because the rollout slipped, nevermind",
        "extend CODE until friday because the rollout slipped. Never mind",
    ] {
        let said = said.replace("CODE", &code);
        let card = stage.says(EMPLOYEE, &said).await;
        assert!(title(&card).ends_with('?'), "{said}: {}", card.text);
        assert_eq!(until().await, before, "{said}: {}", card.text);
        stage.says(EMPLOYEE, "cancel").await;
    }
    let card = stage.says(EMPLOYEE, &format!("extend {code} by 2 hours because the rollout slipped")).await;
    assert_ne!(until().await, before, "{}", card.text);
    let story = stage.says(EMPLOYEE, &format!("why {code}")).await.text;
    assert!(story.contains("Reason: “the rollout slipped”."), "the log has it: {story}");
}

#[tokio::test]
async fn trust_c3_why_an_access_shall_last_longer_is_read_by_who_countersigns_it() {
    let stage = in_december(Stage::new().await).await;
    let card = stage.says(EMPLOYEE, "write on payments-api for 4 hours ticket OPS-17 because rollout").await;
    let code = card.code.as_ref().unwrap_or_else(|| panic!("no request: {}", card.text)).to_string();
    stage.says("demo-approver", &format!("approve {code}")).await;
    for (said, why) in [
        ("extend CODE by 2 hours because the rollout slipped", Some("the rollout slipped")),
        ("I need 2 more hours because it is not done yet", Some("it is not done yet")),
        ("extend CODE for 3 hours", None),
    ] {
        let card = stage.says(EMPLOYEE, &said.replace("CODE", &code)).await;
        let seen = stage.says("demo-approver", &format!("status {code}")).await.text;
        for text in [&card.text, &seen] {
            assert_eq!(text.contains("Why longer:"), why.is_some(), "{said}: {text}");
            assert!(why.is_none_or(|why| text.contains(&format!("Why longer: “{why}”"))), "{said}: {text}");
        }
        stage.says(EMPLOYEE, &format!("withdraw {code}")).await;
    }
    let audit = stage.get("demo-auditor", &format!("/api/v1/audit?code={code}&limit=500")).await.to_string();
    assert!(audit.contains("The extension waits for") && audit.contains(": the rollout slipped"), "{audit}");
    let export = stage.get_text("demo-auditor", "/api/v1/export").await;
    assert!(export.contains("\"why\":\"the rollout slipped\""), "{export}");
}

#[tokio::test]
async fn trust_c2_what_is_for_somebody_unnamed_asked_or_struck_out_is_never_granted() {
    let stage = in_december(Stage::new().await).await;
    for text in [
        "dale lectura en web-shop durante 1 hora",
        "denle lectura en web-shop",
        "¿necesito lectura en web-shop?",
        "¿me hace falta lectura en web-shop?",
        "¿quiero lectura en web-shop?",
        "I need read on web-shop?",
        "brauche ich Lesen auf web-shop?",
        "ich brauche Leserechte auf web-shop?",
        "how long can I have read on web-shop for?",
        "for how long can I get read on web-shop?",
        "~~read on web-shop for 1 hour~~",
        "~read on web-shop for 1 hour~",
        "[ ] read on web-shop for 1 hour",
        "- [ ] access read on web-shop",
        "☐ read on web-shop for 1 hour",
        "read on web-shop by tomorrow",
        "read on web-shop by 5pm",
        "read on web-shop for under 3 hours",
    ] {
        let card = stage.says(EMPLOYEE, text).await;
        assert_eq!(requests(&stage).await, 0, "{text}: {}", card.text);
        stage.says(EMPLOYEE, "cancel").await;
    }
    // What asks for it plainly still does.
    for text in [
        "¿puedo tener lectura en web-shop?",
        "necesito lectura en web-shop por 2 horas",
        "Hi, I need read on web-shop for 1 hour, please?",
        "can I get read on web-shop for 2 days?",
    ] {
        let stage = in_december(Stage::new().await).await;
        let card = stage.says(EMPLOYEE, text).await;
        assert_eq!(requests(&stage).await, 1, "{text}: {}", card.text);
    }
    let card = stage.says(EMPLOYEE, "~~read on web-shop for 1 hour~~").await;
    let card = press(&stage, EMPLOYEE, &card, labels(&card)[0]).await;
    assert_eq!(requests(&stage).await, 1, "whoever says that it is meant, means it: {}", card.text);
}
