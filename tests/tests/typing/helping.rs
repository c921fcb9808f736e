//! What people are told they can do, each fact once.

use countersign::commands::{COMMANDS, CommandSpec, Has};
use countersign_tests::stage::Stage;
use countersign_tests::typed::{born, in_december, labels, press};

use crate::{EMPLOYEE, requests};

#[tokio::test]
async fn trust_c8_help_shows_what_the_person_can_do_and_nothing_of_its_insides() {
    let stage = Stage::new().await;
    let help = async |who: &str| stage.says(who, "help").await.text;
    let operators = ["effects", "requeue", "resolve", "compare access"];
    for who in [EMPLOYEE, crate::APPROVER] {
        let told = help(who).await;
        for command in operators {
            assert!(
                !told.lines().any(|line| line.starts_with(command)),
                "{who} is told of {command}: {told}"
            );
        }
        assert!(told.lines().any(|line| line.starts_with("approve <code> — ")), "{told}");
        assert!(!told.contains("receipt") && !told.contains("answer "), "{told}");
    }
    let told = help("demo-admin").await;
    for command in operators {
        assert!(told.lines().any(|line| line.starts_with(command)), "an admin is not told of {command}");
    }
    let told = help("demo-auditor").await;
    let lists = |command: &str| told.lines().any(|line| line.starts_with(command));
    assert!(lists("effects") && !lists("requeue"), "{told}");
    // Nor is it suggested to whoever mistypes.
    let card = stage.says(EMPLOYEE, "reqeue").await;
    assert!(!card.text.contains("requeue"), "{}", card.text);
    let card = stage.says(EMPLOYEE, "help approve").await;
    assert!(!card.text.contains("receipt"), "{}", card.text);
}

#[tokio::test]
async fn trust_c8_what_was_not_understood_is_said_once() {
    let stage = Stage::new().await;
    for text in ["wibble", "who kan aprove this"] {
        let card = stage.says(EMPLOYEE, text).await;
        assert_eq!(card.text.matches("I did not understand").count(), 1, "{}", card.text);
        assert!(card.text.contains(text), "{}", card.text);
    }
}

#[tokio::test]
async fn trust_c2_whom_it_is_for_has_a_button_for_oneself() {
    let stage = in_december(Stage::new().await).await;
    for text in [
        "access read on web-shop for everyone for 1 hour",
        "access read on web-shop for nobody-here for 1 hour",
    ] {
        let card = stage.says(EMPLOYEE, text).await;
        assert_eq!(card.title, "For whom is it?", "{text}");
        assert_eq!(labels(&card), ["For me"], "{text}");
        assert_eq!(requests(&stage).await, 0);
        stage.says(EMPLOYEE, "cancel").await;
    }
    let card = stage.says(EMPLOYEE, "access read on web-shop for everyone for 1 hour").await;
    let card = press(&stage, EMPLOYEE, &card, "For me").await;
    assert_eq!(born(&stage, &card).await, "read on web-shop for demo-employee 60 minutes ticket -");
}

#[tokio::test]
async fn trust_c7_what_help_gives_as_an_example_can_be_said_in_the_demo() {
    let stage = Stage::with_chats().await;
    let admin = stage.person("demo-admin").await;
    // What is said of something that is there needs that: a request, an effect, earlier rules, a difference.
    let of_something =
        |said: &&str| ["K7QM2", "23221892", "rules ", "repair "].iter().any(|part| said.contains(part));
    let own = COMMANDS.iter().copied().filter(|command| command.is_for(&admin, Has::default()));
    let examples: Vec<_> =
        own.flat_map(CommandSpec::said_examples).filter(|said| !of_something(said)).collect();
    assert!(examples.iter().any(|said| said.contains(" ask ")), "one has a group stand in: {examples:?}");
    for example in examples {
        let card = stage.says("demo-admin", example).await;
        assert!(!card.refused, "{example}: {}", card.text);
    }
}

#[tokio::test]
async fn trust_c3_a_question_about_a_command_does_nothing_of_it() {
    let stage = in_december(Stage::new().await).await;
    let code = stage.says(EMPLOYEE, "read on web-shop for 2 hours").await.code.expect("a code").to_string();
    for text in ["what does revoke do?", "what does revoke mean", "how do I revoke?", "was macht revoke?"] {
        let card = stage.says("demo-admin", text).await;
        assert!(card.text.contains("revoke <code>"), "{text}: {}", card.text);
        assert_eq!(stage.status(&code).await, "active", "{text}");
    }
    for text in [
        "revoke?",
        "revoke CODE?",
        "can you revoke CODE?",
        "could you revoke CODE",
        "can you revoke web-shop?",
        "revoke read on web-shop?",
        "should we revoke CODE?",
        "shall I revoke it?",
        "kannst du CODE widerrufen?",
        "peux-tu révoquer CODE ?",
        "puedes revocar CODE?",
        "puoi revocare CODE?",
    ] {
        let card = stage.says("demo-admin", &text.replace("CODE", &code)).await;
        assert_eq!(stage.status(&code).await, "active", "{text}: {}", card.text);
        stage.says("demo-admin", "never mind").await;
    }
    let card = stage.says("demo-admin", &format!("can you revoke {code}?")).await;
    stage.says("demo-admin", "yes").await;
    assert_eq!(stage.status(&code).await, "revoked", "who says yes to it means it: {}", card.text);
}

#[tokio::test]
async fn trust_c8_who_asks_for_help_in_a_word_more_is_helped() {
    let stage = Stage::new().await;
    let help = stage.says(EMPLOYEE, "help").await.title;
    for text in ["help me", "what do you do?", "are you there?", "what can you do"] {
        let card = stage.says(EMPLOYEE, text).await;
        assert_eq!(card.title, help, "{text}: {}", card.text);
    }
}

#[tokio::test]
async fn trust_c8_a_command_that_lacks_something_is_no_answer_to_what_was_asked() {
    let stage = in_december(Stage::new().await).await;
    stage.says(EMPLOYEE, crate::WRITE).await;
    let asked = stage.says(crate::APPROVER, "approve").await;
    let card = stage.says(crate::APPROVER, "rules propose read needs two").await;
    assert_ne!(card.title, asked.title, "{}", card.text);
    assert!(!card.text.contains("could not take that for an answer"), "{}", card.text);
}
