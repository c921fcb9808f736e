//! Who is it? Strangers, links, and names that are anybody's.

use countersign::demo::chats::{SLACK_CHANNEL, slack_user};
use countersign::seed::seed;
use countersign_sandbox::slack::SlackPersonKind;
use countersign_tests::slack::labels;
use countersign_tests::stage::{Stage, tenant};
use jiff::SignedDuration;
use serde_json::json;

use super::{APPROVER, AUDITOR, EMPLOYEE, WRITE, ask};

const NOBODY: &str = "U0NOBODY";

/// A link code from the console, as it is to be said.
async fn link(stage: &Stage, id: &str) -> String {
    let card = stage.says(id, "link").await;
    let field = card.fields.iter().find(|field| field.value.starts_with("link ")).expect("a code");
    field.value.clone()
}

fn somebody_joins(stage: &Stage, user: &str, name: &str, kind: SlackPersonKind) {
    stage.joins_slack(user, name, kind);
    stage.change_slack(|state| {
        state.channels.get_mut(SLACK_CHANNEL).expect("the channel").members.insert(user.to_owned());
    });
}

#[tokio::test]
async fn slack_who_is_unknown_gets_the_way_to_the_link_and_nothing_else() {
    let stage = Stage::with_chats().await;
    let code = ask(&stage, WRITE).await;
    somebody_joins(&stage, NOBODY, "Nobody", SlackPersonKind::Member);
    let (before, card) = (stage.decided().await, stage.slack_channel(SLACK_CHANNEL).remove(0));
    for text in [WRITE, &format!("approve {code}"), "help", "", "status", "link", "link me please"] {
        stage.slack_user_says(NOBODY, None, text).await;
        let told = stage.slack_answer_to(NOBODY);
        assert!(
            told.contains("I do not know you yet") && told.contains("say “link” there"),
            "{text}: {told}"
        );
        assert!(!told.contains(&code), "{told}");
    }
    stage.slack().press(NOBODY, SLACK_CHANNEL, &card.ts, "Approve").await.expect("a button");
    stage.settle().await;
    let whispered = stage.slack_whispers(NOBODY, SLACK_CHANNEL);
    assert!(whispered[0].contains("I do not know you yet"), "{whispered:#?}");
    assert_eq!((stage.decided().await, stage.status(&code).await.as_str()), (before, "waiting"));
    let refused = stage.refused_of_slack().await;
    assert_eq!(refused.len(), 8, "{refused:#?}");
    assert!(refused.iter().all(|why| why == "nobody here is behind this account"));
    assert_eq!(
        stage.audited("interaction_refused").await[0]["actor"]["via"]["identity"],
        "slack/T0ACME/U0NOBODY"
    );
}

#[tokio::test]
async fn slack_guests_programs_and_people_of_other_organisations_are_refused() {
    let stage = Stage::with_chats().await;
    let code = ask(&stage, WRITE).await;
    let before = stage.decided().await;
    somebody_joins(&stage, "U0OTHER", "Otto", SlackPersonKind::External("T0OTHER".to_owned()));
    somebody_joins(&stage, "U0ROBOT", "Robot", SlackPersonKind::Bot);
    stage.change_slack(|state| state.channels.get_mut(SLACK_CHANNEL).expect("the channel").shared = true);
    let said = format!("<@U0BOT> approve {code}");
    stage.slack_user_says("U0OTHER", Some(SLACK_CHANNEL), &said).await;
    let told = stage.slack_whispers("U0OTHER", SLACK_CHANNEL).join("\n");
    assert!(told.contains("you belong to another one"), "{told}");
    stage.slack_user_says("U0ROBOT", Some(SLACK_CHANNEL), &said).await;
    assert_eq!(stage.slack_whispers("U0ROBOT", SLACK_CHANNEL), [""; 0], "two programs would answer for ever");
    let refused = stage.refused_of_slack().await;
    assert_eq!(refused, ["it is from somebody of another organisation", "it is from a program"]);
    assert_eq!((stage.decided().await, stage.status(&code).await.as_str()), (before, "waiting"));
}

#[tokio::test]
async fn slack_a_good_code_links_no_guest() {
    let stage = Stage::with_chats().await;
    somebody_joins(&stage, "U0GUEST", "Gus", SlackPersonKind::Guest);
    let said = link(&stage, AUDITOR).await;
    stage.slack_user_says("U0GUEST", None, &said).await;
    let told = stage.slack_answer_to("U0GUEST");
    assert!(told.contains("you are a guest of it"), "{told}");
    assert_eq!(stage.refused_of_slack().await, ["it is from a guest"]);
    stage.slack_user_says("U0GUEST", None, "status").await;
    assert!(stage.slack_answer_to("U0GUEST").contains("I do not know you yet"));
}

#[tokio::test]
async fn slack_an_account_that_is_switched_off_is_nobodys_from_then_on() {
    let stage = Stage::with_chats().await;
    let code = ask(&stage, WRITE).await;
    let (channel, card) = stage.slack_talk(APPROVER).pop().expect("a card");
    let user = json!({"id": slack_user(APPROVER), "team_id": "T0ACME", "name": "ada", "deleted": true, "profile": {}});
    stage.slack().send_event(json!({"type": "user_change", "user": user})).await;
    stage.settle().await;
    stage.slack_presses_on(APPROVER, &channel, &card, "Approve").await;
    assert_eq!(stage.status(&code).await, "waiting");
    let unbound = stage.audited("account_unbound").await;
    assert_eq!(unbound[0]["data"]["why"], "vendor", "{unbound:#?}");
}

#[tokio::test]
async fn trust_a4_the_admins_are_told_once_that_an_account_was_switched_off_and_what_is_still_there() {
    let stage = Stage::with_chats().await;
    ask(&stage, WRITE).await;
    let user = json!({"id": slack_user(EMPLOYEE), "team_id": "T0ACME", "name": "erin", "deleted": true, "profile": {}});
    stage.slack().send_event(json!({"type": "user_change", "user": user})).await;
    stage.settle().await;
    let told = |stage: &Stage| {
        let all = stage.slack_sees("demo-admin").into_iter();
        let all = all.filter(|text| text.contains("the account of Erin Employee is no member's any more"));
        all.collect::<Vec<_>>()
    };
    let [card] = &told(&stage)[..] else { panic!("once: {:#?}", stage.slack_sees("demo-admin")) };
    assert!(card.contains("with one open request and no access in force"), "{card}");
    assert_eq!(told(&stage.restarted(async |_| {}).await).len(), 1);
}

#[tokio::test]
async fn trust_d5_who_became_a_guest_while_nobody_listened_is_one_at_their_next_act() {
    let stage = Stage::with_chats().await;
    let code = ask(&stage, WRITE).await;
    let (channel, card) = stage.slack_talk(APPROVER).pop().expect("a card");
    let stage = stage
        .restarted(async |demo| {
            let slack = &demo.chats.as_ref().expect("a stage with chats").slack;
            slack
                .change(|state| {
                    let ada = state.users.iter_mut().find(|person| person.id == slack_user(APPROVER));
                    ada.expect("the approver").kind = SlackPersonKind::Guest;
                })
                .expect("the sandbox keeps its state");
        })
        .await;
    stage.slack_presses_on(APPROVER, &channel, &card, "Approve").await;
    assert_eq!(stage.status(&code).await, "waiting");
    assert_eq!(stage.audited("account_unbound").await[0]["data"]["why"], "vendor");
    assert_eq!(stage.refused_of_slack().await, ["it is from a guest"]);
}

#[tokio::test]
async fn slack_a_name_is_nobodys_proof() {
    let stage = Stage::with_chats().await;
    stage.change_slack(|state| {
        let user = slack_user(EMPLOYEE);
        let own = state.users.iter_mut().find(|person| person.id == user).expect("the employee");
        own.name = "Ada Approver".to_owned();
    });
    let user = json!({"id": slack_user(EMPLOYEE), "team_id": "T0ACME", "name": "ada.approver",
        "real_name": "Ada Approver", "profile": {"display_name": "Ada Approver"}});
    stage.slack().send_event(json!({"type": "user_change", "user": user})).await;
    let code = ask(&stage, WRITE).await;
    let card = stage.slack_channel(SLACK_CHANNEL).remove(0);
    assert!(card.text.contains("Erin Employee asks for"), "{}", card.text);
    let before = stage.decided().await;
    stage.slack_presses_on(EMPLOYEE, SLACK_CHANNEL, &card, "Approve").await;
    assert_eq!((stage.decided().await, stage.status(&code).await.as_str()), (before, "waiting"));
}

#[tokio::test]
async fn slack_a_link_code_is_good_once_and_for_ten_minutes() {
    let stage = Stage::with_chats().await;
    somebody_joins(&stage, NOBODY, "Rita on her phone", SlackPersonKind::Member);
    somebody_joins(&stage, "U0THIEF", "Thief", SlackPersonKind::Member);
    let said = link(&stage, AUDITOR).await;
    stage.slack_user_says(NOBODY, None, &said).await;
    let told = stage.slack_answer_to(NOBODY);
    assert!(told.contains("you are Rita Auditor from now on"), "{told}");
    let bound = stage.audited("account_bound").await.pop().expect("an event");
    assert_eq!(bound["data"]["by"], "code");
    assert_eq!(bound["data"]["principal"], AUDITOR);
    assert!(!bound.to_string().contains(said.trim_start_matches("link ")), "the code itself is kept nowhere");

    stage.slack_user_says("U0THIEF", None, &said).await;
    let told = stage.slack_answer_to("U0THIEF");
    assert!(told.contains("This link code is not good"), "{told}");
    stage.slack_user_says("U0THIEF", None, "status").await;
    assert!(stage.slack_answer_to("U0THIEF").contains("I do not know you yet"));

    let said = link(&stage, AUDITOR).await;
    stage.later(SignedDuration::from_mins(10)).await;
    stage.slack_user_says("U0THIEF", None, &said).await;
    let told = stage.slack_answer_to("U0THIEF");
    assert!(told.contains("This link code is not good"), "{told}");
    stage.slack_user_says(NOBODY, None, "status").await;
    assert!(stage.slack_answer_to(NOBODY).contains("Nothing is open"), "the first one is still known");
}

#[tokio::test]
async fn trust_b5_five_wrong_link_codes_lock_the_account_also_through_a_restart() {
    let stage = Stage::with_chats().await;
    somebody_joins(&stage, "U0THIEF", "Thief", SlackPersonKind::Member);
    let said = link(&stage, AUDITOR).await;
    for wrong in 0..5 {
        stage.slack_user_says("U0THIEF", None, &format!("link BCDFG-HJKM{wrong}")).await;
        assert!(stage.slack_answer_to("U0THIEF").contains("This link code is not good"));
    }
    let stage = stage.restarted(async |_| {}).await;
    for more in [said.as_str(), "link BCDFG-HJKMN", said.as_str()] {
        stage.slack_user_says("U0THIEF", None, more).await;
        let told = stage.slack_answer_to("U0THIEF");
        assert!(told.contains("Too many wrong codes") && told.contains("until"), "{told}");
    }
    assert_eq!(stage.audited("link_missed").await.len(), 5, "what is not looked at is no try");
    assert!(stage.audited("account_bound").await.iter().all(|bound| bound["data"]["by"] != "code"));
    stage.later(SignedDuration::from_hours(1)).await;
    let said = link(&stage, AUDITOR).await;
    stage.slack_user_says("U0THIEF", None, &said).await;
    assert!(stage.slack_answer_to("U0THIEF").contains("you are Rita Auditor from now on"));
}

#[tokio::test]
async fn trust_b2_who_says_too_much_in_a_chat_is_told_so() {
    let stage = Stage::with_chats().await;
    stage.slack_says(APPROVER, &"please ".repeat(20_000)).await;
    let told = stage.slack_sees(APPROVER).join("\n");
    assert!(told.contains("That is too much at once"), "{told}");
    let heard = stage.audited("interaction_received").await.pop().expect("it was heard");
    assert!(heard.to_string().len() < 6_000, "nobody keeps what nobody reads");
}

#[tokio::test]
async fn slack_a_link_that_comes_twice_links_once_and_is_answered_once() {
    let stage = Stage::with_chats().await;
    somebody_joins(&stage, NOBODY, "Rita on her phone", SlackPersonKind::Member);
    let said = link(&stage, AUDITOR).await;
    stage.slack().deliver_twice(1);
    stage.slack_user_says(NOBODY, None, &said).await;
    assert_eq!(stage.slack_talk_with(NOBODY).len(), 1, "{:#?}", stage.slack_talk_with(NOBODY));
    let log = stage.log_after(None).await;
    let kept: Vec<_> = log.iter().map(|envelope| envelope.data.get().to_owned()).collect();
    let secret = said.trim_start_matches("link ");
    assert!(kept.iter().all(|data| !data.contains(secret)), "the code is kept nowhere");
}

#[tokio::test]
async fn slack_who_is_unlinked_stays_so_through_a_restart() {
    let stage = Stage::with_chats().await;
    let code = ask(&stage, WRITE).await;
    let (channel, card) = stage.slack_talk(APPROVER).pop().expect("a card");
    stage.slack_says(APPROVER, "unlink").await;
    let told = stage.slack_sees(APPROVER).join("\n");
    assert!(told.contains("I forgot who is behind the Slack account U0APPROVER"), "{told}");
    stage.slack_presses_on(APPROVER, &channel, &card, "Approve").await;
    assert_eq!(stage.status(&code).await, "waiting");
    // What the program does at its start.
    let (bot, config) = (&stage.bot, &stage.demo.config.tenants[&tenant()]);
    seed(&bot.world, &bot.engine, &bot.directory, &tenant(), config).await.expect("the tenant is seeded");
    stage.slack_presses_on(APPROVER, &channel, &card, "Approve").await;
    assert_eq!(stage.status(&code).await, "waiting", "the configuration does not link them again");
    let said = link(&stage, APPROVER).await;
    stage.slack_says(APPROVER, &said).await;
    stage.slack_presses_on(APPROVER, &channel, &card, "Approve").await;
    assert_eq!(stage.status(&code).await, "active", "a code does");
}

#[tokio::test]
async fn slack_the_card_of_who_is_removed_is_without_buttons() {
    let stage = Stage::with_chats().await;
    let code = ask(&stage, WRITE).await;
    let (channel, card) = stage.slack_talk(APPROVER).pop().expect("a card");
    let mut config = stage.demo.config.tenants[&tenant()].clone();
    config.people.retain(|person| person.id.as_str() != APPROVER);
    let bot = &stage.bot;
    seed(&bot.world, &bot.engine, &bot.directory, &tenant(), &config).await.expect("the tenant is seeded");
    stage.slack_presses_on(APPROVER, &channel, &card, "Approve").await;
    assert_eq!(stage.status(&code).await, "waiting", "removals count at once");
    stage.slack_denies("demo-approver2", "").await;
    let (_, card) = stage.slack_talk(APPROVER).remove(0);
    assert_eq!(labels(&card), [""; 0]);
}

#[tokio::test]
async fn trust_d6_the_audit_tells_who_was_mentioned_by_name_and_the_event_stays_as_it_was() {
    let stage = Stage::with_chats().await;
    stage.joins_slack("U0STRANGER", "Sam", SlackPersonKind::Member);
    let mention = format!(
        "access read on infra for <@{}> because they and <@U0STRANGER> rotate it",
        slack_user(APPROVER)
    );
    stage.slack_says(EMPLOYEE, &mention).await;
    let entry = stage.audited("interaction_received").await.pop().expect("an entry");
    let told = entry["summary"].as_str().expect("a sentence");
    assert!(told.contains("for @Ada Approver because"), "{told}");
    assert!(told.contains("the Slack account U0STRANGER"), "of whom nothing is known: {told}");
    assert!(!told.contains("slack/T"), "{told}");
    let kept = entry["data"].to_string();
    assert!(
        kept.contains(&format!("@slack/T0ACME/{}", slack_user(APPROVER))),
        "the event is as it was: {kept}"
    );
}

#[tokio::test]
async fn trust_b2_a_code_that_was_not_looked_at_is_no_success() {
    let stage = Stage::with_chats().await;
    stage.slack_says(AUDITOR, "link BCDFG-HJKMN").await;
    let told = stage.slack_answer(AUDITOR);
    assert!(
        told.contains("I know you here already") && told.contains("no link code was looked at"),
        "{told}"
    );
    assert!(!told.contains("from now on"), "{told}");
}

#[tokio::test]
async fn slack_an_administrator_unlinks_somebodys_account_by_their_name() {
    let stage = Stage::with_chats().await;
    stage.slack_says(APPROVER, "help").await;
    for name in ["Ada Approver", "demo-approver"] {
        let card = stage.says("demo-admin", &format!("unlink {name}")).await;
        assert_eq!(card.title, "Which chat account shall I forget?", "{name}: {}", card.text);
        assert!(
            card.buttons.iter().all(|button| button.label.contains("Ada Approver")),
            "{:?}",
            card.buttons
        );
        let nobody = stage.says(AUDITOR, &format!("unlink {name}")).await;
        assert!(nobody.text.contains("is linked to you"), "{name}: {}", nobody.text);
    }
    let before = stage.audited("account_unbound").await.len();
    stage.says("demo-admin", "unlink Ada Approver").await;
    stage.says("demo-admin", "1").await;
    assert_eq!(stage.audited("account_unbound").await.len(), before + 1);
}

#[tokio::test]
async fn trust_b2_who_asks_who_they_are_is_told_so_and_given_no_link_code() {
    let stage = Stage::new().await;
    let card = stage.says(AUDITOR, "who am i?").await;
    assert!(card.text.contains("(demo-auditor)"), "{}", card.text);
    assert!(!card.text.contains("link code") && !card.refused, "{}", card.text);
    assert_eq!(stage.audited("link_offered").await.len(), 0);
}
