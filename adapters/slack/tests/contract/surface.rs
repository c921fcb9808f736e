//! Cards posted, found, updated; people and groups; what was missed; trouble.

use countersign_domain::access::FORM;
use countersign_domain::ports::{Act, CallErrorKind, Place, Stranger, Surface, SurfaceKind};
use countersign_sandbox::slack::SlackAct;
use countersign_sandbox::{Drop, Fault, Faults};
use countersign_slack::{Delivery, FormContext, HomeSection, Trigger, form, home};
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use crate::support::{TEAM, World, aside, card, identity, ops};

const KEY: Uuid = Uuid::from_u128(7);

fn order(fault: Fault) -> Faults {
    Faults { latency_ms: 0, next: vec![fault] }
}

#[tokio::test]
async fn a_card_in_a_channel_is_found_by_its_key_and_updated_in_its_place() {
    let world = World::start().await;
    let posted = world.slack.post(&ops(), &card("Waiting"), KEY).await.unwrap();
    world.slack.post(&ops(), &card("Another"), Uuid::from_u128(8)).await.unwrap();
    assert_eq!(world.slack.find(&ops(), KEY).await.unwrap(), Some(posted.clone()));
    assert_eq!(world.slack.find(&ops(), Uuid::from_u128(9)).await.unwrap(), None);
    assert!(world.slack.update(&posted, &card("Granted")).await.unwrap());
    let state = world.server.state();
    let shown = state.message("C0OPS", &posted.message).unwrap();
    assert_eq!(
        (shown.text.as_str(), &shown.blocks[0]["text"]["text"]),
        ("Granted in words", &"Granted".into())
    );
    assert_eq!(shown.blocks[2]["elements"][0]["value"], "opaque-reference");
    assert_eq!(world.slack.find(&ops(), KEY).await.unwrap(), Some(posted), "the key stays with the message");
}

#[tokio::test]
async fn a_card_in_a_thread_is_found_there() {
    let world = World::start().await;
    let first = world.slack.post(&ops(), &card("First"), Uuid::from_u128(1)).await.unwrap();
    let thread = Place { thread: Some(first.message), ..ops() };
    let posted = world.slack.post(&thread, &card("Answer"), KEY).await.unwrap();
    assert_eq!(world.slack.find(&thread, KEY).await.unwrap(), Some(posted));
}

#[tokio::test]
async fn a_private_talk_is_opened_once() {
    let world = World::start().await;
    let direct = Place::direct(&identity("U0ERIN"));
    let posted = world.slack.post(&direct, &card("One"), KEY).await.unwrap();
    world.slack.post(&direct, &card("Two"), Uuid::from_u128(8)).await.unwrap();
    assert_eq!(world.methods(), ["conversations.open", "chat.postMessage", "chat.postMessage"]);
    assert_eq!(world.slack.find(&direct, KEY).await.unwrap(), Some(posted));
}

#[tokio::test]
async fn trust_d1_a_private_talk_that_is_gone_is_opened_anew() {
    let world = World::start().await;
    let direct = Place::direct(&identity("U0ERIN"));
    let before = world.slack.post(&direct, &card("One"), KEY).await.unwrap();
    world
        .server
        .change(|state| {
            state.channels.remove(&before.channel);
        })
        .unwrap();
    let after = world.slack.post(&direct, &card("Two"), Uuid::from_u128(8)).await.unwrap();
    assert_ne!(after.channel, before.channel);
    assert!(world.server.state().message(&after.channel, &after.message).is_some());
    assert!(!world.slack.update(&before, &card("One")).await.unwrap(), "what was there before is gone");
}

#[tokio::test]
async fn trust_d1_a_channel_that_fails_holds_up_no_other() {
    let world = World::start().await;
    let fault = Fault {
        matching: "POST /api/chat.postMessage".to_owned(),
        times: 5,
        status: Some(500),
        ..Fault::default()
    };
    world.server.order(order(fault));
    for _ in 0..5 {
        world.slack.post(&ops(), &card("One"), KEY).await.unwrap_err();
    }
    let calls = world.methods().len();
    let held = world.slack.post(&ops(), &card("One"), KEY).await.unwrap_err();
    assert!(matches!(held.kind, CallErrorKind::NotDone { after: Some(_) }), "{held}");
    assert_eq!(world.methods().len(), calls, "that channel is left alone");
    world.slack.post(&Place::direct(&identity("U0ERIN")), &card("Two"), Uuid::from_u128(8)).await.unwrap();
    world.clock.turn(SignedDuration::from_secs(30));
    world.slack.post(&ops(), &card("One"), KEY).await.unwrap();
}

#[tokio::test]
async fn a_card_for_one_is_seen_by_one_and_comes_in_private_where_slack_cannot_do_that() {
    let world = World::start().await;
    let seen = world.slack.post(&aside("U0ERIN"), &card("For Erin"), KEY).await.unwrap();
    assert_eq!(seen.channel, "C0OPS");
    assert_eq!(world.server.state().channels["C0OPS"].messages[0].only.as_deref(), Some("U0ERIN"));
    assert!(
        !world.slack.update(&seen, &card("New")).await.unwrap(),
        "what one person sees alone cannot be changed"
    );
    let private = world.slack.post(&aside("U0ADAM"), &card("For Adam"), KEY).await.unwrap();
    assert_eq!(world.server.state().channels[&private.channel].name, "U0ADAM");
}

#[tokio::test]
async fn a_message_that_is_gone_is_not_updated() {
    let world = World::start().await;
    let mut posted = world.slack.post(&ops(), &card("Waiting"), KEY).await.unwrap();
    posted.message = "1.000001".to_owned();
    assert!(!world.slack.update(&posted, &card("Granted")).await.unwrap());
}

#[tokio::test]
async fn slack_says_who_somebody_is() {
    let world = World::start().await;
    let stranger = async |user: &str| world.slack.profile(&identity(user)).await.unwrap().unwrap().stranger;
    assert_eq!(stranger("U0ERIN").await, None);
    assert_eq!(stranger("U0GUEST").await, Some(Stranger::Guest));
    assert_eq!(stranger("U0BOT2").await, Some(Stranger::Bot));
    assert_eq!(stranger("U0BOT").await, Some(Stranger::Bot));
    assert_eq!(stranger("U0GONE").await, Some(Stranger::Deactivated));
    assert_eq!(stranger("U0EXT").await, Some(Stranger::External));
    assert_eq!(world.slack.profile(&identity("U0NOBODY")).await.unwrap(), None);
    assert_eq!(world.slack.members("S0LEADS").await.unwrap().unwrap(), ["U0ERIN", "U0ADAM"]);
    assert_eq!(world.slack.members("S0NONE").await.unwrap(), None);
}

#[tokio::test]
async fn what_was_said_while_nobody_listened_is_read_oldest_first() {
    let world = World::start().await;
    let before = Timestamp::now() - SignedDuration::from_secs(5);
    let talk = world.server.say("U0ERIN", None, "help").await.unwrap();
    world.server.say("U0ERIN", None, "who am I").await.unwrap();
    world.server.say("U0ERIN", Some("C0OPS"), "just talking").await.unwrap();
    world.server.say("U0ERIN", Some("C0OPS"), "<@U0BOT> list").await.unwrap();
    world.server.say("U0BOT2", Some("C0OPS"), "<@U0BOT> beep").await.unwrap();
    world.slack.post(&ops(), &card("Ours"), KEY).await.unwrap();
    let said = |missed: Vec<countersign_domain::ports::Missed>| -> Vec<Act> {
        missed.into_iter().map(|missed| missed.interaction.act).collect()
    };
    let direct = Place::channel(SurfaceKind::Slack, TEAM, &talk.channel.unwrap());
    let missed = world.slack.missed(&direct, before).await.unwrap();
    assert_eq!(said(missed), [Act::Said("help".to_owned()), Act::Said("who am I".to_owned())]);
    let missed = world.slack.missed(&ops(), before).await.unwrap();
    assert_eq!(missed[0].interaction.act, Act::Said("list".to_owned()));
    assert_eq!(
        said(world.slack.missed(&ops(), Timestamp::now() + SignedDuration::from_secs(60)).await.unwrap()),
        []
    );
}

#[tokio::test]
async fn trouble_is_told_as_what_may_be_concluded() {
    let world = World::start().await;
    let post = || Some("POST /api/chat.postMessage".to_owned());
    let fault = || Fault { matching: post().unwrap(), times: 1, ..Fault::default() };
    let kind = async || world.slack.post(&ops(), &card("One"), KEY).await.unwrap_err().kind;
    world.server.order(order(Fault { status: Some(429), retry_after: Some(7), ..fault() }));
    assert_eq!(kind().await, CallErrorKind::NotDone { after: Some(std::time::Duration::from_secs(7)) });
    world.server.order(order(Fault { status: Some(500), ..fault() }));
    assert_eq!(kind().await, CallErrorKind::Unknown);
    world
        .server
        .order(order(Fault { body: Some(r#"{"ok":false,"error":"ratelimited"}"#.to_owned()), ..fault() }));
    assert_eq!(kind().await, CallErrorKind::NotDone { after: None });
    world.server.order(order(Fault { drop: Some(Drop::After), ..fault() }));
    assert_eq!(kind().await, CallErrorKind::Unknown);
    assert!(world.slack.find(&ops(), KEY).await.unwrap().is_some(), "the lost answer was a post");
}

#[tokio::test]
async fn nothing_is_sent_to_another_workspace() {
    let world = World::start().await;
    let elsewhere = Place::channel(SurfaceKind::Slack, "T0OTHER", "C0OPS");
    let error = world.slack.post(&elsewhere, &card("One"), KEY).await.unwrap_err();
    assert_eq!(error.kind, CallErrorKind::Rejected);
    assert_eq!(world.methods(), Vec::<String>::new());
}

#[tokio::test]
async fn our_form_and_our_home_are_taken() {
    let world = World::start().await;
    let place = ops();
    let about = FormContext { place: &place, intro: "Hello.", faults: &[] };
    let mut filled = FORM.begun(None);
    filled.fields.insert("permission".to_owned(), "write".to_owned());
    let section =
        HomeSection { title: "Waiting for you", cards: &[card("Waiting"), card("Another")], empty: "" };
    world.slack.publish("U0ERIN", home(&[section])).await.unwrap();
    assert_eq!(world.server.state().homes["U0ERIN"].view["type"], "home");
    let act = SlackAct::Command { user: "U0ERIN".to_owned(), channel: None, text: String::new() };
    let trigger = trigger(&world, act).await;
    let view = world.slack.open(&trigger, form(&FORM, about, &filled)).await.unwrap();
    assert!(
        world.slack.open(&trigger, form(&FORM, about, &filled)).await.is_err(),
        "a trigger opens one form"
    );
    let hash = world.server.state().views[&view].hash.clone();
    assert!(world.slack.reopen(&view, Some(&hash), form(&FORM, about, &filled)).await.unwrap());
    assert!(
        !world.slack.reopen(&view, Some(&hash), form(&FORM, about, &filled)).await.unwrap(),
        "it was changed since"
    );
}

/// What lets a form be opened after this. The sandbox gives a trigger with what somebody does; over HTTP nobody answers here,
/// and it is read from the delivery.
pub(crate) async fn trigger(world: &World, act: SlackAct) -> Trigger {
    let reader = countersign_slack::Reader::new(world.server.state().team);
    let (sent, mut seen) = tokio::sync::mpsc::unbounded_channel();
    let url = crate::deliveries::receiver(sent).await;
    world.server.deliver_to(Some(countersign_sandbox::slack::SlackTarget { url, secret: "x".to_owned() }));
    assert!(world.server.act(act).await.unwrap().answer.unwrap().acknowledged);
    let (_, body) = seen.recv().await.unwrap();
    let fields: serde_json::Map<_, _> =
        url::form_urlencoded::parse(&body).map(|(name, value)| (name.into_owned(), value.into())).collect();
    let delivery = reader.socket(countersign_slack::Envelope::SlashCommands, &fields.into()).unwrap();
    let Delivery::OpenForm(open) = delivery else { panic!("{delivery:?}") };
    open.trigger
}
