//! Cards are posted, found, put in order; people and what they said are found.

use std::time::Duration;

use countersign_domain::ports::{
    Act, CallErrorKind, Clock as _, Identity, Place, Posted, Stranger, Surface, SurfaceKind,
};
use countersign_outbound::BreakerState;
use countersign_sandbox::discord::DiscordRole;
use countersign_sandbox::{DiscordAct, Drop, Fault, Faults};
use jiff::SignedDuration;
use uuid::Uuid;

use super::stage::{ALICE, APPLICATION, CHANNEL, ERIN, GUILD, MALLORY, ROLE, Stage, card, channel};

fn identity(user: &str) -> Identity {
    Identity::new(SurfaceKind::Discord, "discord", user).unwrap()
}

fn key(byte: u8) -> Uuid {
    Uuid::from_bytes([byte; 16])
}

#[tokio::test]
async fn a_card_is_posted_found_again_and_put_in_order() {
    let stage = Stage::new().await;
    let posted = stage.discord.post(&channel(), &card("Waiting"), key(1)).await.unwrap();
    assert_eq!(posted.channel, CHANNEL);
    assert_eq!(stage.discord.find(&channel(), key(1)).await.unwrap(), Some(posted.clone()));
    assert_eq!(stage.discord.find(&channel(), key(2)).await.unwrap(), None);
    assert!(stage.discord.update(&posted, &card("Granted")).await.unwrap());
    let shown = stage.sandbox.state().messages;
    assert_eq!(shown.len(), 1);
    assert_eq!(shown[0].embeds[0]["title"], "Granted");
    stage.sandbox.act(DiscordAct::Delete { message: posted.message.clone() }).unwrap();
    assert!(!stage.discord.update(&posted, &card("Over")).await.unwrap(), "the message is gone");
    let elsewhere = Posted { channel: "7".to_owned(), ..posted };
    assert!(!stage.discord.update(&elsewhere, &card("Over")).await.unwrap(), "so is the channel");
}

#[tokio::test]
async fn a_post_whose_answer_was_lost_is_there_once() {
    let stage = Stage::new().await;
    let lost = Fault { matching: "POST".to_owned(), times: 1, drop: Some(Drop::After), ..Fault::default() };
    stage.sandbox.order(Faults { latency_ms: 0, next: vec![lost] });
    let error = stage.discord.post(&channel(), &card("Waiting"), key(1)).await.unwrap_err();
    assert_eq!(error.kind, CallErrorKind::Unknown);
    let again = stage.discord.post(&channel(), &card("Waiting"), key(1)).await.unwrap();
    assert_eq!(stage.discord.find(&channel(), key(1)).await.unwrap(), Some(again));
    assert_eq!(stage.sandbox.state().messages.len(), 1);
}

#[tokio::test]
async fn a_private_talk_is_opened_once() {
    let stage = Stage::new().await;
    let to = Place::direct(&identity(ERIN));
    let first = stage.discord.post(&to, &card("One"), key(1)).await.unwrap();
    let second = stage.discord.post(&to, &card("Two"), key(2)).await.unwrap();
    assert_eq!(first.channel, second.channel);
    let opened =
        stage.sandbox.calls().into_iter().filter(|call| call.request.ends_with("/users/@me/channels"));
    assert_eq!(opened.count(), 1);
    let nobody = stage.discord.post(&Place::direct(&identity("77")), &card("One"), key(3)).await.unwrap_err();
    assert_eq!(nobody.kind, CallErrorKind::Rejected);
}

#[tokio::test]
async fn trust_d1_a_private_talk_that_is_gone_is_opened_anew() {
    let stage = Stage::new().await;
    let to = Place::direct(&identity(ERIN));
    let before = stage.discord.post(&to, &card("One"), key(1)).await.unwrap();
    stage.sandbox.change(|state| state.channels.retain(|channel| channel.id != before.channel)).unwrap();
    let after = stage.discord.post(&to, &card("Two"), key(2)).await.unwrap();
    assert_ne!(after.channel, before.channel);
}

#[tokio::test]
async fn trust_d1_a_channel_that_fails_holds_up_no_other() {
    let stage = Stage::new().await;
    let path = format!("POST /api/v10/channels/{CHANNEL}/messages");
    let fault = Fault { matching: path, times: 5, status: Some(500), ..Fault::default() };
    stage.sandbox.order(Faults { latency_ms: 0, next: vec![fault] });
    for _ in 0..5 {
        stage.discord.post(&channel(), &card("One"), key(1)).await.unwrap_err();
    }
    let calls = stage.sandbox.calls().len();
    let held = stage.discord.post(&channel(), &card("One"), key(1)).await.unwrap_err();
    assert!(matches!(held.kind, CallErrorKind::NotDone { after: Some(_) }), "{held}");
    assert_eq!(stage.sandbox.calls().len(), calls, "that channel is left alone");
    let seen = stage.outbound.breakers();
    let [view] = &seen[..] else { panic!("one vendor: {seen:?}") };
    assert_eq!((view.vendor.as_str(), view.parts), ("discord", 1), "and that is seen: {view:?}");
    assert!(stage.outbound.breakers_of("discord", &"acme".parse().unwrap()).is_open(stage.clock.now()));
    stage.discord.post(&Place::direct(&identity(ERIN)), &card("Two"), key(2)).await.unwrap();
    stage.clock.turn(SignedDuration::from_secs(30));
    stage.discord.post(&channel(), &card("One"), key(1)).await.unwrap();
}

#[tokio::test]
async fn trust_d5_a_discord_that_is_dead_is_seen_where_all_vendors_are() {
    let stage = Stage::new().await;
    let dead = Fault { times: 20, status: Some(503), ..Fault::default() };
    stage.sandbox.order(Faults { latency_ms: 0, next: vec![dead] });
    for _ in 0..5 {
        stage.discord.post(&channel(), &card("One"), key(1)).await.unwrap_err();
    }
    let seen = stage.outbound.breakers();
    assert!(seen.iter().any(|view| view.vendor == "discord" && view.state == BreakerState::Open), "{seen:?}");
}

#[tokio::test]
async fn for_one_person_only_it_is_said_in_private_where_no_token_is_held() {
    let stage = Stage::new().await;
    let to = Place { only: Some(ERIN.to_owned()), ..channel() };
    let posted = stage.discord.post(&to, &card("For you"), key(1)).await.unwrap();
    assert_ne!(posted.channel, CHANNEL);
    assert_eq!(stage.sandbox.state().channels.last().unwrap().with.as_deref(), Some(ERIN));
}

#[tokio::test]
async fn a_channel_in_which_the_bot_may_not_write_is_told_before_it_tries() {
    let stage = Stage::new().await;
    assert_eq!(stage.discord.obstacle(&channel()).await.unwrap(), None);
    stage.sandbox.change(|state| state.channels[0].silent = true).unwrap();
    let obstacle = stage.discord.obstacle(&channel()).await.unwrap().unwrap();
    assert!(obstacle.contains("may not write"), "{obstacle}");
    assert!(stage.discord.post(&channel(), &card("Waiting"), key(1)).await.is_err());
}

#[tokio::test]
async fn a_thread_is_spoken_in() {
    let stage = Stage::new().await;
    stage
        .sandbox
        .change(|state| {
            let mut thread = state.channels[0].clone();
            (thread.id, thread.thread_of) = ("25".to_owned(), Some(CHANNEL.to_owned()));
            state.channels.push(thread);
        })
        .unwrap();
    let to = Place { thread: Some("25".to_owned()), ..channel() };
    assert_eq!(stage.discord.post(&to, &card("There"), key(1)).await.unwrap().channel, "25");
}

#[tokio::test]
async fn when_discord_asks_to_slow_down_nothing_is_asked_there_until_then() {
    let stage = Stage::new().await;
    stage.sandbox.slow_down("POST", 30);
    let after = Some(Duration::from_secs(30));
    let slow = stage.discord.post(&channel(), &card("One"), key(1)).await.unwrap_err();
    assert_eq!((slow.kind, slow.status), (CallErrorKind::NotDone { after }, Some(429)));
    let calls = stage.sandbox.calls().len();
    let held = stage.discord.post(&channel(), &card("One"), key(1)).await.unwrap_err();
    assert_eq!(held.kind, CallErrorKind::NotDone { after });
    assert_eq!(stage.sandbox.calls().len(), calls, "Discord was not asked");
    stage.clock.turn(SignedDuration::from_secs(30));
    assert!(stage.discord.post(&channel(), &card("One"), key(1)).await.is_ok());
}

#[tokio::test]
async fn a_wrong_token_is_named_not_shown() {
    let stage = Stage::new().await;
    let refused = Fault {
        status: Some(401),
        body: Some(r#"{"message":"401: Unauthorized the-bots-token","code":0}"#.to_owned()),
        times: 1,
        ..Fault::default()
    };
    stage.sandbox.order(Faults { latency_ms: 0, next: vec![refused] });
    let error = stage.discord.members(ROLE).await.unwrap_err();
    assert_eq!(error.kind, CallErrorKind::Barred);
    assert!(error.detail.contains("discord-token") && !error.detail.contains("the-bots-token"), "{error}");
}

#[tokio::test]
async fn people_are_known_by_their_id_and_strangers_are_named_so() {
    let stage = Stage::new().await;
    stage
        .sandbox
        .change(|state| {
            state.users[2].nick = Some("Alice of Ops".to_owned());
            state.users[1].pending = true;
        })
        .unwrap();
    let profile = async |user| stage.discord.profile(&identity(user)).await.unwrap();
    let alice = profile(ALICE).await.unwrap();
    assert_eq!((alice.name.as_str(), alice.email, alice.stranger), ("Alice of Ops", None, None));
    assert_eq!(profile(ERIN).await.unwrap().stranger, Some(Stranger::Guest));
    assert_eq!(profile(MALLORY).await.unwrap().stranger, Some(Stranger::External));
    assert_eq!(profile(APPLICATION).await.unwrap().stranger, Some(Stranger::Bot));
    assert_eq!(profile("77").await, None);
    assert_eq!(profile("not-a-number").await, None);
}

#[tokio::test]
async fn a_roles_members_are_listed_page_by_page() {
    let stage = Stage::new().await;
    let members = async |role| stage.discord.members(role).await.unwrap();
    assert_eq!(members(ROLE).await.unwrap(), [ALICE]);
    assert_eq!(members(GUILD).await.unwrap(), [ERIN, ALICE], "everybody but the bot");
    stage
        .sandbox
        .change(|state| {
            for number in 1..=1_500_u64 {
                let id = (40_000_000_000_000_000 + number).to_string();
                *state = std::mem::take(state).person(&id, "One of many", &[ROLE]);
            }
        })
        .unwrap();
    assert_eq!(members(ROLE).await.unwrap().len(), 1_501);
    assert_eq!((members("ops").await, members("77").await), (None, None), "there are no such roles");
    stage
        .sandbox
        .change(|state| state.roles.push(DiscordRole { id: "77".to_owned(), name: "Ops".to_owned() }))
        .unwrap();
    assert_eq!(members("77").await, Some(vec![]), "nobody has it");
}

#[tokio::test]
async fn what_was_missed_is_read_oldest_first_page_by_page() {
    let stage = Stage::new().await;
    let say = |channel: Option<&str>, text: &str| {
        let (user, channel) = (ERIN.to_owned(), channel.map(str::to_owned));
        stage.sandbox.act(DiscordAct::Say { user, channel, text: text.to_owned() }).unwrap()
    };
    let since = jiff::Timestamp::now();
    say(Some(CHANNEL), "not for the bot");
    let first = say(Some(CHANNEL), &format!("<@{APPLICATION}> help"));
    let missed = stage.discord.missed(&channel(), since).await.unwrap();
    assert_eq!(missed.len(), 1);
    assert_eq!(missed[0].interaction.delivery, first);
    assert_eq!(missed[0].interaction.act, Act::Said("help".to_owned()));
    for number in 0..230 {
        say(None, &number.to_string());
    }
    let missed = stage.discord.missed(&Place::direct(&identity(ERIN)), since).await.unwrap();
    let said = missed.iter().map(|missed| missed.interaction.act.clone());
    assert!(said.eq((0..230).map(|number| Act::Said(number.to_string()))));
}
