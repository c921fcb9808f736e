//! The same calls with a judge in front of the sandbox, where `tests/peers/prism.sh` started one: Slack's published contract
//! must have nothing to object to.

use std::net::SocketAddr;

use countersign_domain::access::FORM;
use countersign_domain::ports::{Identity, Place, Surface, SurfaceKind};
use countersign_sandbox::slack::{SlackAct, SlackGroup, SlackPersonKind, SlackTokens};
use countersign_sandbox::{SlackOptions, SlackSandbox, SlackState};
use countersign_slack::{FormContext, HomeSection, form, home};
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use crate::support::{World, card, config};

const TEAM: &str = "T0ACME00001";
const CHANNEL: &str = "C0OPS00001";
const ERIN: &str = "U0ERIN";
const ADAM: &str = "U0ADAM";
const GROUP: &str = "S0LEADS001";

/// Where the judge listens, and where it expects the sandbox.
fn judge() -> (String, SocketAddr) {
    let named =
        |variable: &str| std::env::var(variable).unwrap_or_else(|_| panic!("{variable} names no judge"));
    let behind = named("PEER_SLACK_BEHIND");
    (named("PEER_SLACK"), behind.parse().unwrap())
}

/// A workspace with ids of the length that Slack's have.
fn people() -> SlackState {
    let mut state = SlackState::new(TEAM)
        .with(ERIN, "Erin", SlackPersonKind::Member)
        .with(ADAM, "Adam", SlackPersonKind::Member)
        .with("U0GUEST", "Gus", SlackPersonKind::Guest)
        .with_channel(CHANNEL, "ops", &[ERIN]);
    (state.bot.id, state.bot.app) = ("B0BOT00001".to_owned(), "A0APP00001".to_owned());
    let users = vec![ERIN.to_owned(), ADAM.to_owned()];
    state.groups.insert(GROUP.to_owned(), SlackGroup { handle: "leads".to_owned(), users });
    state
}

#[tokio::test]
#[ignore = "tests/peers/prism.sh runs it beside its judge"]
async fn slacks_contract_is_kept_by_both_sides() {
    let (front, behind) = judge();
    let options = SlackOptions { listen: behind, ..SlackOptions::new(SlackTokens::example(), people()) };
    let server = SlackSandbox::start(options).await.unwrap();
    let config = countersign_slack::SlackConfig { team: TEAM.to_owned(), ..config(front) };
    let world = World::of(server, &config);
    let slack = &world.slack;
    assert_eq!(slack.team().await.unwrap().id, TEAM);
    let identity = |user: &str| Identity::new(SurfaceKind::Slack, TEAM, user).unwrap();
    let channel = Place::channel(SurfaceKind::Slack, TEAM, CHANNEL);
    for user in [ERIN, ADAM, "U0GUEST", "U0BOT"] {
        assert!(slack.profile(&identity(user)).await.unwrap().is_some(), "{user}");
    }
    assert_eq!(slack.profile(&identity("U0NOBODY")).await.unwrap(), None);
    assert_eq!(slack.members(GROUP).await.unwrap().unwrap(), [ERIN, ADAM]);

    let posted = slack.post(&channel, &card("Waiting"), Uuid::from_u128(1)).await.unwrap();
    let thread = Place { thread: Some(posted.message.clone()), ..channel.clone() };
    slack.post(&thread, &card("Answer"), Uuid::from_u128(2)).await.unwrap();
    let aside = Place { only: Some(ERIN.to_owned()), ..thread.clone() };
    slack.post(&aside, &card("For Erin"), Uuid::from_u128(3)).await.unwrap();
    let direct = Place::direct(&identity(ADAM));
    slack.post(&direct, &card("For Adam"), Uuid::from_u128(4)).await.unwrap();
    assert!(slack.update(&posted, &card("Granted")).await.unwrap());
    let gone =
        countersign_domain::ports::Posted { message: "1700000000.000001".to_owned(), ..posted.clone() };
    assert!(!slack.update(&gone, &card("Over")).await.unwrap());
    assert_eq!(slack.find(&channel, Uuid::from_u128(1)).await.unwrap(), Some(posted));
    assert!(slack.find(&thread, Uuid::from_u128(2)).await.unwrap().is_some());

    world.server.say(ADAM, None, "help").await.unwrap();
    let since = Timestamp::now() - SignedDuration::from_mins(1);
    assert_eq!(slack.missed(&direct, since).await.unwrap().len(), 1);
    views(&world, &channel).await;
}

/// The Home tab, and a form that is opened, changed, and changed once too often.
async fn views(world: &World, place: &Place) {
    let section = HomeSection { title: "Waiting for you", cards: &[card("Waiting")], empty: "" };
    world.slack.publish(ERIN, home(&[section])).await.unwrap();
    let shown = || form(&FORM, FormContext { place, intro: "Hello.", faults: &[] }, &FORM.begun(None));
    let trigger = crate::surface::trigger(
        world,
        SlackAct::Command { user: ERIN.to_owned(), channel: None, text: String::new() },
    );
    let view = world.slack.open(&trigger.await, shown()).await.unwrap();
    let hash = world.server.state().views[&view].hash.clone();
    assert!(world.slack.reopen(&view, Some(&hash), shown()).await.unwrap());
    assert!(!world.slack.reopen(&view, Some(&hash), shown()).await.unwrap());
}
