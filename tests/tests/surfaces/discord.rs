//! Discord: people ask, countersign and are told where they talk, by the gateway and by signed HTTP.

mod deciding;
mod groups;

use std::sync::Arc;

use countersign::config::TenantConfig;
use countersign::demo::chats::{DISCORD_APPLICATION, DISCORD_CHANNEL, DISCORD_GENERAL, discord_user};
use countersign_discord::Mode;
use countersign_domain::rules::EXAMPLE;
use countersign_sandbox::discord::{DiscordMessage, DiscordUser, SignedDelivery};
use countersign_sandbox::{DiscordAct, Fault, Faults, GatewayTrouble};
use countersign_store::MemoryStore;
use countersign_tests::discord::{labels, shown};
use countersign_tests::stage::Stage;
use jiff::SignedDuration;

const EMPLOYEE: &str = "demo-employee";
const APPROVER: &str = "demo-approver";
const APPROVER2: &str = "demo-approver2";
const ADMIN: &str = "demo-admin";
const AUDITOR: &str = "demo-auditor";
const ASKS: &str = "access write on payments-api for 2 days ticket OPS-17 because rollout";

/// The code in the newest card that somebody sees in private.
fn code(stage: &Stage, id: &str) -> String {
    code_of(&stage.discord_talk(id).pop().expect("the bot said something"))
}

fn code_of(message: &DiscordMessage) -> String {
    message.content.split([':', ' ', '\\']).next().expect("a code").to_owned()
}

/// The last card that everybody sees in a channel.
fn card_in(stage: &Stage, channel: &str) -> Arc<DiscordMessage> {
    let all = stage.discord_channel(channel, "nobody");
    all.into_iter().rfind(|message| message.only.is_none()).expect("a card in the channel")
}

/// How many events of this type there are.
async fn events(stage: &Stage, kind: &str) -> usize {
    stage.log_after(None).await.iter().filter(|event| event.kind == *kind).count()
}

async fn furnished(furnish: impl FnOnce(&mut TenantConfig)) -> Stage {
    Stage::with_discord(Arc::new(MemoryStore::new()), furnish).await
}

#[tokio::test]
async fn discord_a_form_becomes_an_access_by_two_countersignatures_and_is_given_back() {
    let stage = Stage::on_discord().await;
    let user = discord_user(EMPLOYEE);
    let opened = stage.discord_slash(EMPLOYEE, None, "").await;
    assert_eq!(stage.discord_answer(&opened).0, 9, "the form is opened");
    let filled = |permission: &str| {
        let fields = [
            ("permission", permission),
            ("repository", "infra"),
            ("duration", "3 hours"),
            ("ticket", "OPS-18"),
            ("reason", "the certificates expire"),
        ];
        let fields = fields.map(|(id, value)| (id.to_owned(), value.to_owned())).into();
        DiscordAct::Submit { user: user.clone(), interaction: opened.clone(), fields }
    };
    let wrong = stage.in_discord(filled("ownership")).await;
    let (kind, answer) = stage.discord_answer(&wrong);
    assert_eq!(
        (kind, answer["data"]["flags"].as_u64()),
        (4, Some(64)),
        "said at once, to them alone: {answer}"
    );
    assert!(answer.to_string().contains("ownership on infra for 3 hours"), "{answer}");

    stage.in_discord(filled("admin")).await;
    let code = code(&stage, EMPLOYEE);
    assert_eq!(stage.status(&code).await, "waiting");
    stage.discord_presses(APPROVER, "Approve").await;
    assert_eq!(stage.status(&code).await, "waiting");
    stage.discord_presses(APPROVER2, "Approve").await;
    assert_eq!(stage.status(&code).await, "active");
    assert_eq!(stage.held(EMPLOYEE, "infra").as_deref(), Some("admin"));
    let told = stage.discord_sees(EMPLOYEE).join("\n---\n");
    assert!(told.contains("Granted: "), "{told}");

    stage.later(SignedDuration::from_mins(136)).await;
    let told = stage.discord_sees(EMPLOYEE).join("\n---\n");
    assert!(told.contains("It ends soon: "), "{told}");
    stage.discord_presses(EMPLOYEE, "Give back").await;
    assert_eq!(stage.status(&code).await, "given_back");
    assert_eq!(stage.held(EMPLOYEE, "infra"), None);
    let talk = stage.discord_talk(EMPLOYEE);
    let is_news = |text: &str| ["Granted: ", "It ends soon: "].iter().any(|news| text.contains(news));
    let news: Vec<_> = talk.iter().filter(|message| is_news(&shown(message))).collect();
    assert_eq!(news.len(), 2, "what was told stays said: {talk:#?}");
    for message in news {
        assert_eq!(labels(message), [""; 0], "what is over can be neither extended nor given back");
        let said = shown(message);
        assert!(said.contains("The permission was taken back") && !said.contains("I am taking"), "{said}");
    }
}

#[tokio::test]
async fn discord_one_request_is_one_card_wherever_it_is_shown() {
    let stage = Stage::on_discord().await;
    stage.discord_says(EMPLOYEE, ASKS).await;
    let code = code(&stage, EMPLOYEE);
    let cards = || {
        let own = [EMPLOYEE, APPROVER, APPROVER2, ADMIN].into_iter().map(|id| stage.discord_sees(id));
        own.chain([vec![shown(&card_in(&stage, DISCORD_CHANNEL))]]).collect::<Vec<_>>()
    };
    for card in cards() {
        assert_eq!(card.len(), 1, "{card:#?}");
        assert!(card[0].contains("waiting, 0 of 1 countersigned"), "{card:#?}");
    }
    stage.discord_presses(APPROVER, "Approve").await;
    for card in cards() {
        assert!(card[0].contains(&code) && card[0].contains("Status: active"), "{card:#?}");
    }
    assert_eq!(labels(&card_in(&stage, DISCORD_CHANNEL)), [""; 0], "what is decided cannot be decided again");
}

#[tokio::test]
async fn discord_who_may_not_countersign_is_told_so_alone_and_nothing_changes() {
    let stage = Stage::on_discord().await;
    stage.discord_slash(ADMIN, Some(DISCORD_GENERAL), ASKS).await;
    let card = card_in(&stage, DISCORD_CHANNEL);
    let code = code_of(&card);
    assert_eq!(code_of(&card_in(&stage, DISCORD_GENERAL)), code, "the card is where they asked");
    let waiting = |stage: &Stage| stage.discord().state().messages.iter().any(|message| message.thinking);
    assert!(!waiting(&stage), "nobody sees for ever that the bot is at it");
    for (id, why) in [(ADMIN, "their own request"), (AUDITOR, "")] {
        stage.discord_presses_on(id, &card, "Approve").await;
        let answer = stage.discord_channel(DISCORD_CHANNEL, id).pop().expect("an answer");
        assert_eq!(answer.only, Some(discord_user(id)), "said to them alone: {answer:#?}");
        assert!(shown(&answer).contains(why), "{}", shown(&answer));
    }
    assert_eq!(stage.status(&code).await, "waiting");
    assert_eq!(events(&stage, "access_countersigned").await, 0);
    stage.discord_presses_on(APPROVER, &card, "Approve").await;
    assert_eq!(stage.status(&code).await, "active");
}

#[tokio::test]
async fn discord_who_is_nobody_here_is_told_how_to_be_known_and_programs_are_told_nothing() {
    let stage = Stage::on_discord().await;
    stage.change_discord(|state| {
        let user =
            |id: &str| DiscordUser { id: id.to_owned(), username: id.to_owned(), ..DiscordUser::default() };
        state.users.push(user("4001"));
        state.users.push(DiscordUser { elsewhere: true, ..user("4002") });
        state.users.push(DiscordUser { bot: true, ..user("4003") });
    });
    let slash = |text: Option<&str>| {
        let (user, channel) = ("4001".to_owned(), Some(DISCORD_GENERAL.to_owned()));
        DiscordAct::Slash { user, channel, text: text.map(str::to_owned) }
    };
    for text in [Some(ASKS), None] {
        let asked = stage.in_discord(slash(text)).await;
        let (kind, answer) = stage.discord_answer(&asked);
        assert_eq!((kind, answer["data"]["flags"].as_u64()), (4, Some(64)), "{answer}");
        assert!(answer.to_string().contains("I do not know you yet"), "{answer}");
    }
    let spoken = stage.discord().state().messages.len();
    let text = format!("<@{DISCORD_APPLICATION}> {ASKS}");
    let (user, channel) = ("4003".to_owned(), Some(DISCORD_GENERAL.to_owned()));
    stage.in_discord(DiscordAct::Say { user, channel, text }).await;
    assert_eq!(stage.discord().state().messages.len(), spoken + 1, "a program is not answered");

    let link = stage.says(EMPLOYEE, "link").await;
    let link = link.fields[0].value.clone();
    let (user, text) = ("4002".to_owned(), link.clone());
    stage.in_discord(DiscordAct::Say { user, channel: None, text }).await;
    let told = shown(stage.discord().state().messages.last().expect("an answer"));
    assert!(told.contains("I cannot work for you here"), "{told}");
    stage.in_discord(slash(Some(&link))).await;
    let told = shown(stage.discord().state().messages.last().expect("an answer"));
    assert!(told.contains("I know you now"), "{told}");
    assert_eq!(events(&stage, "interaction_refused").await, 4);
    assert_eq!(events(&stage, "access_requested").await, 0);
}

#[tokio::test]
async fn discord_the_same_twice_counts_once_and_the_order_does_not_matter() {
    let stage = Stage::on_discord().await;
    stage.discord().trouble(GatewayTrouble::Duplicate { times: 1 });
    stage.discord_slash(EMPLOYEE, None, ASKS).await;
    assert_eq!(events(&stage, "access_requested").await, 1);
    let code = code(&stage, EMPLOYEE);
    stage.discord().trouble(GatewayTrouble::Reorder { deliveries: 2 });
    for (id, button) in [(APPROVER, "Approve"), (APPROVER2, "Approve")] {
        let (user, message) = (discord_user(id), stage.discord_talk(id).remove(0).id.clone());
        let press = DiscordAct::Press { user, message, button: button.to_owned() };
        stage.discord().act(press).expect("the button is there");
    }
    stage.settle().await;
    assert_eq!(stage.status(&code).await, "active");
    assert_eq!(events(&stage, "access_countersigned").await, 1);
}

#[tokio::test]
async fn discord_what_is_edited_or_deleted_later_changes_nothing() {
    let stage = Stage::on_discord().await;
    let message = stage.discord_says(EMPLOYEE, ASKS).await;
    let code = code(&stage, EMPLOYEE);
    let text = "access admin on infra ticket OPS-18".to_owned();
    stage.in_discord(DiscordAct::Edit { message: message.clone(), text }).await;
    stage.in_discord(DiscordAct::Delete { message }).await;
    assert_eq!(events(&stage, "access_requested").await, 1);
    let card = card_in(&stage, DISCORD_CHANNEL).id.clone();
    stage.in_discord(DiscordAct::Delete { message: card.clone() }).await;
    stage.discord_presses(APPROVER, "Approve").await;
    assert_eq!(stage.status(&code).await, "active");
    let anew = card_in(&stage, DISCORD_CHANNEL);
    assert!(anew.id != card && shown(&anew).contains("Status: active"), "{anew:#?}");
}

#[tokio::test]
async fn discord_the_longest_emoji_fit_and_mean_nothing() {
    let stage = Stage::on_discord().await;
    let (family, person) = ("👩🏽‍❤️‍💋‍👨🏿", "👩🏽");
    let reason = person.repeat(250);
    stage
        .discord_says(EMPLOYEE, &format!("access write on payments-api ticket OPS-17 because {reason}"))
        .await;
    let card = card_in(&stage, DISCORD_CHANNEL);
    assert!(shown(&card).contains(&reason), "{card:#?}");
    let (user, message) = (discord_user(APPROVER), card.id.clone());
    for emoji in [family.to_owned(), "👍".repeat(1_000), "a".repeat(10_000), "👎🏿".to_owned()] {
        let (user, message) = (user.clone(), message.clone());
        stage.in_discord(DiscordAct::React { user, message, emoji }).await;
    }
    assert_eq!(stage.status(&code_of(&card)).await, "waiting");
}

#[tokio::test]
async fn discord_a_reaction_countersigns_only_where_the_rule_says_so_and_can_be_taken_back() {
    let stage =
        furnished(|acme| acme.rules = EXAMPLE.replace(r#"@id("admin")"#, "@id(\"admin\")\n@reaction")).await;
    let react = |id: &str, message: &str| {
        let (user, message) = (discord_user(id), message.to_owned());
        DiscordAct::React { user, message, emoji: "👍🏽".to_owned() }
    };
    stage.discord_says(EMPLOYEE, ASKS).await;
    let plain = card_in(&stage, DISCORD_CHANNEL);
    stage.in_discord(react(APPROVER, &plain.id)).await;
    assert_eq!(stage.status(&code_of(&plain)).await, "waiting", "this rule wants a button");

    stage.discord_says(EMPLOYEE, "access admin on infra for 1 hour ticket OPS-18 because certificates").await;
    let card = card_in(&stage, DISCORD_CHANNEL);
    let so_far = || shown(&card_in(&stage, DISCORD_CHANNEL));
    for _ in 0..2 {
        stage.in_discord(react(EMPLOYEE, &card.id)).await;
        stage.in_discord(react(AUDITOR, &card.id)).await;
        assert!(so_far().contains("waiting, 0 of 2 countersigned"), "{}", so_far());
        stage.in_discord(react(APPROVER, &card.id)).await;
        assert!(so_far().contains("waiting, 1 of 2 countersigned"), "{}", so_far());
        let (user, message) = (discord_user(APPROVER), card.id.clone());
        stage.in_discord(DiscordAct::Unreact { user, message, emoji: "👍🏽".to_owned() }).await;
        assert!(so_far().contains("waiting, 0 of 2 countersigned"), "{}", so_far());
    }
    stage.in_discord(react(APPROVER, &card.id)).await;
    stage.in_discord(react(APPROVER2, &card.id)).await;
    assert_eq!(stage.status(&code_of(&card)).await, "active");
}

#[tokio::test]
async fn discord_what_was_said_in_private_while_the_connection_was_gone_is_done_once() {
    let stage = Stage::on_discord().await;
    stage.discord_says(EMPLOYEE, "help").await;
    let before = events(&stage, "interaction_received").await;
    stage.discord().trouble(GatewayTrouble::InvalidSession { resumable: false });
    let (user, text) = (discord_user(EMPLOYEE), ASKS.to_owned());
    stage.discord().act(DiscordAct::Say { user, channel: None, text }).expect("they say it");
    stage.settle().await;
    assert_eq!(events(&stage, "access_requested").await, 1);
    assert_eq!(events(&stage, "interaction_received").await, before + 1, "what was heard before counts once");
    stage.discord().trouble(GatewayTrouble::Break);
    stage.settle().await;
    assert_eq!(events(&stage, "interaction_received").await, before + 1);
}

#[tokio::test]
async fn discord_after_fifteen_minutes_the_bot_answers_in_its_own_name() {
    let stage = Stage::on_discord().await;
    let asked = stage.discord_slash(EMPLOYEE, Some(DISCORD_GENERAL), ASKS).await;
    let card = card_in(&stage, DISCORD_GENERAL);
    let wait = Fault {
        matching: "POST /api/v10/webhooks".to_owned(),
        times: 1,
        status: Some(429),
        retry_after: Some(1_200),
        ..Fault::default()
    };
    stage.discord().order(Faults { next: vec![wait], ..Faults::default() });
    let help = stage.discord_slash(EMPLOYEE, Some(DISCORD_GENERAL), "help").await;
    let private = stage.discord_talk(EMPLOYEE).len();
    for interaction in [&asked, &help] {
        stage.discord().expire(interaction);
    }
    stage.later(SignedDuration::from_mins(21)).await;
    stage.calm().await;
    let talk = stage.discord_sees(EMPLOYEE);
    assert_eq!(talk.len(), private + 1, "what can be shown to them alone there no more, is said in private");
    assert!(talk[private].contains("What I can do"), "{talk:#?}");
    stage.discord_presses(APPROVER, "Approve").await;
    let now = card_in(&stage, DISCORD_GENERAL);
    assert!(now.id == card.id && shown(&now).contains("Status: active"), "{now:#?}");
}

#[tokio::test]
async fn discord_commands_and_repositories_are_suggested() {
    let stage = Stage::on_discord().await;
    let typed = |text: &str| DiscordAct::Type {
        user: discord_user(EMPLOYEE),
        channel: Some(DISCORD_GENERAL.to_owned()),
        text: text.to_owned(),
    };
    for (text, expected) in [("with", "withdraw"), ("access write on pay", "access write on payments-api")] {
        let id = stage.in_discord(typed(text)).await;
        let (kind, answer) = stage.discord_answer(&id);
        assert_eq!((kind, answer["data"]["choices"][0]["value"].as_str()), (8, Some(expected)), "{answer}");
    }
}

async fn over_http() -> Stage {
    let http = |acme: &mut TenantConfig| {
        acme.discord.as_mut().expect("the demo's Discord").vendor.mode = Mode::Http;
    };
    let stage = furnished(http).await;
    stage.hears_discord_over_http();
    stage
}

/// Posts a delivery as it was, or changed; the status and the kind of the answer.
async fn posted(stage: &Stage, delivery: &SignedDelivery) -> (u16, Option<u64>) {
    let request = stage
        .client()
        .post(stage.url("/webhooks/discord/acme"))
        .header("x-signature-ed25519", &delivery.signature)
        .header("x-signature-timestamp", &delivery.timestamp)
        .body(delivery.body.clone());
    let answer = request.send().await.expect("the bot answers");
    let status = answer.status().as_u16();
    stage.settle().await;
    let body: serde_json::Value = answer.json().await.expect("JSON");
    (status, body["type"].as_u64())
}

#[tokio::test]
async fn discord_over_http_everything_works_that_is_no_message_and_no_reaction() {
    let stage = over_http().await;
    let ping = stage.discord().ping().expect("Discord asks");
    stage.settle().await;
    assert_eq!(stage.discord_answer(&ping).0, 1);
    let opened = stage.discord_slash(EMPLOYEE, Some(DISCORD_GENERAL), "").await;
    assert_eq!(stage.discord_answer(&opened).0, 9);
    let asked = stage.discord_slash(EMPLOYEE, Some(DISCORD_GENERAL), ASKS).await;
    stage.calm().await;
    assert_eq!(stage.discord_answer(&asked).0, 5);
    let card = card_in(&stage, DISCORD_GENERAL);
    let press = stage.discord_presses_on(EMPLOYEE, &card, "Approve").await;
    stage.calm().await;
    assert_eq!(stage.discord_answer(&press).0, 6);
    let answer = stage.discord_channel(DISCORD_GENERAL, EMPLOYEE).pop().expect("an answer");
    assert_eq!(answer.only, Some(discord_user(EMPLOYEE)), "{answer:#?}");
    stage.discord_presses_on(APPROVER, &card, "Approve").await;
    assert_eq!(stage.status(&code_of(&card)).await, "active");
}

#[tokio::test]
async fn discord_over_http_what_is_forged_replayed_or_old_changes_nothing() {
    let stage = over_http().await;
    stage.discord_slash(EMPLOYEE, Some(DISCORD_GENERAL), ASKS).await;
    let code = code_of(&card_in(&stage, DISCORD_GENERAL));
    let deliveries = stage.discord().deliveries();
    let good = deliveries.iter().find(|delivery| delivery.body.contains("OPS-17")).expect("the delivery");
    let history = stage.history(&code).await;
    let received = events(&stage, "interaction_received").await;

    assert_eq!(posted(&stage, good).await, (200, Some(5)), "the same again is answered the same");
    let body = good.body.replace("payments-api", "infra");
    let forged = [
        SignedDelivery { body, ..good.clone() },
        SignedDelivery { signature: "0".repeat(128), ..good.clone() },
        SignedDelivery { timestamp: "1".to_owned(), ..good.clone() },
    ];
    for forged in &forged {
        assert_eq!(posted(&stage, forged).await.0, 401);
    }
    stage.clock.turn(SignedDuration::from_mins(6));
    stage.discord().deliver_to(None);
    assert_eq!(posted(&stage, good).await.0, 401, "what is old is no proof any more");
    assert_eq!(stage.refused("webhook_rejected", "webhook discord").await, 4);
    assert_eq!(events(&stage, "interaction_received").await, received);
    assert_eq!(stage.history(&code).await, history);
}

#[tokio::test]
async fn trust_c5_discord_denying_asks_for_the_reason_in_a_form() {
    let stage = Stage::on_discord().await;
    stage.discord_says(EMPLOYEE, ASKS).await;
    let code = code(&stage, EMPLOYEE);
    let card = stage.discord_talk(APPROVER).pop().expect("a card");
    let pressed = stage.discord_presses_on(APPROVER, &card, "Deny").await;
    assert_eq!(stage.discord_answer(&pressed).0, 9, "a form");
    assert_eq!(stage.status(&code).await, "waiting", "nothing is decided before the form is sent");
    let fields = [("reason".to_owned(), "not during the freeze".to_owned())].into();
    let user = discord_user(APPROVER);
    stage.in_discord(DiscordAct::Submit { user, interaction: pressed, fields }).await;
    assert_eq!(stage.status(&code).await, "denied");
    let told = stage.discord_sees(EMPLOYEE).join("\n---\n");
    assert!(told.contains("Denied by Ada Approver: “not during the freeze”"), "{told}");
}

#[tokio::test]
async fn trust_e3_discord_a_denial_is_told_to_who_asked_and_to_nobody_else() {
    let stage = Stage::on_discord().await;
    stage.discord_says(EMPLOYEE, ASKS).await;
    let code = code(&stage, EMPLOYEE);
    let others = [APPROVER, APPROVER2, ADMIN, AUDITOR];
    let shared = || stage.discord_channel(DISCORD_CHANNEL, "nobody").len();
    let quiet = || [APPROVER2, ADMIN, AUDITOR].map(|id| stage.discord_sees(id).len());
    let before = (stage.discord_sees(EMPLOYEE).len(), quiet(), shared());
    stage.discord_says(APPROVER, &format!("deny {code} because not during the freeze")).await;
    let seen = stage.discord_sees(EMPLOYEE);
    assert_eq!(seen.len(), before.0 + 1, "one message more, so that they are told: {seen:#?}");
    let told = seen.last().expect("a message");
    assert!(told.contains(&format!("Denied: {code}: ")), "{told}");
    assert!(told.contains("Denied by Ada Approver: “not during the freeze”"), "who and why: {told}");
    assert_eq!((quiet(), shared()), (before.1, before.2), "nobody else");
    for id in others {
        let seen = stage.discord_sees(id).join("\n");
        assert!(!seen.contains(&format!("Denied: {code}")), "{id}: {seen}");
    }
}
