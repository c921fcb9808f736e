//! A role of Discord as a group of the rules: who has it countersigns, and who has it no more, or left the server, does not.

use countersign::demo::chats::{DISCORD_CHANNEL, discord_user};
use countersign_sandbox::DiscordAct;
use countersign_tests::stage::Stage;
use jiff::SignedDuration;

use super::{APPROVER, ASKS, AUDITOR, EMPLOYEE, card_in, code_of, furnished};

const ROLE: &str = "10000000000000001";

/// A stage whose approvers are those with the role.
async fn stage() -> Stage {
    furnished(|acme| {
        acme.people.iter_mut().for_each(|person| person.groups.clear());
        let discord = acme.discord.as_mut().expect("the demo's Discord");
        discord.groups.insert("approvers".to_owned(), ROLE.to_owned());
    })
    .await
}

#[tokio::test]
async fn discord_who_has_a_role_is_in_the_group_that_follows_it_and_who_left_is_forgotten() {
    let stage = stage().await;
    let roles = |id: &str, roles: &[&str]| {
        let roles = roles.iter().map(|&role| role.to_owned()).collect();
        DiscordAct::Roles { user: discord_user(id), roles }
    };
    stage.in_discord(roles(AUDITOR, &[ROLE])).await;
    stage.discord_says(EMPLOYEE, ASKS).await;
    let card = card_in(&stage, DISCORD_CHANNEL);
    stage.discord_presses_on(APPROVER, &card, "Approve").await;
    assert_eq!(stage.status(&code_of(&card)).await, "waiting", "Ada has no such role");
    stage.in_discord(roles(AUDITOR, &[])).await;
    stage.discord_presses_on(AUDITOR, &card, "Approve").await;
    assert_eq!(stage.status(&code_of(&card)).await, "waiting", "Rita has it no more");
    stage.in_discord(roles(AUDITOR, &[ROLE])).await;
    stage.in_discord(DiscordAct::Leave { user: discord_user(EMPLOYEE) }).await;
    stage.discord_says(EMPLOYEE, "withdraw").await;
    assert_eq!(stage.status(&code_of(&card)).await, "waiting", "Erin is nobody there any more");
    stage.discord_presses_on(AUDITOR, &card, "Approve").await;
    assert_eq!(stage.status(&code_of(&card)).await, "active");
}

#[tokio::test]
async fn trust_a4_discord_a_role_that_is_taken_away_unheard_counts_for_an_hour_at_most() {
    let stage = stage().await;
    let (user, roles) = (discord_user(APPROVER), vec![ROLE.to_owned()]);
    stage.in_discord(DiscordAct::Roles { user: user.clone(), roles }).await;
    stage.discord_says(EMPLOYEE, ASKS).await;
    let card = card_in(&stage, DISCORD_CHANNEL);
    stage.change_discord(|state| {
        state.users.iter_mut().filter(|own| own.id == user).for_each(|own| own.roles.clear());
    });
    stage.clock.turn(SignedDuration::from_hours(1));
    stage.is_audited("group_left").await;
    stage.discord_presses_on(APPROVER, &card, "Approve").await;
    assert_eq!(stage.status(&code_of(&card)).await, "waiting", "Ada has no such role any more");
}
