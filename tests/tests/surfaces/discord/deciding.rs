//! Deciding on Discord: a thumb down where the rule lets a reaction decide, and what who approves twice is told.

use countersign::demo::chats::{DISCORD_CHANNEL, discord_user};
use countersign_domain::rules::EXAMPLE;
use countersign_sandbox::DiscordAct;
use countersign_tests::again::is_told_what_came_of_it;
use countersign_tests::stage::Stage;

use super::{APPROVER, ASKS, EMPLOYEE, card_in, code, code_of, furnished};

#[tokio::test]
async fn trust_c5_discord_a_thumb_down_denies_where_the_rule_lets_a_reaction_decide_and_nowhere_else() {
    for (annotation, status) in [("", "waiting"), ("@reaction", "denied")] {
        let rules = EXAMPLE.replace("@id(\"write\")", &format!("@id(\"write\")\n{annotation}"));
        let stage = furnished(|acme| acme.rules = rules).await;
        stage.discord_says(EMPLOYEE, ASKS).await;
        let card = card_in(&stage, DISCORD_CHANNEL);
        let (user, message) = (discord_user(APPROVER), card.id.clone());
        stage.in_discord(DiscordAct::React { user, message, emoji: "👎".to_owned() }).await;
        assert_eq!(stage.status(&code_of(&card)).await, status, "{annotation:?}");
    }
}

#[tokio::test]
async fn trust_c5_discord_who_approves_twice_is_told_what_came_of_it() {
    let stage = Stage::on_discord().await;
    stage.discord_says(EMPLOYEE, ASKS).await;
    let code = code(&stage, EMPLOYEE);
    let approves = async || {
        stage.discord_says(APPROVER, &format!("approve {code}")).await;
        stage.discord_sees(APPROVER).join("\n---\n")
    };
    is_told_what_came_of_it(&stage, &code, approves).await;
}
