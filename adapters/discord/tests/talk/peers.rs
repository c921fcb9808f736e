//! The same calls with a judge in front of the sandbox, where `tests/peers/prism.sh` started one: Discord's published contract
//! must have nothing to object to.

use countersign_discord::{Delivery, Heard, Origin};
use countersign_domain::ports::{Identity, Place, Posted, Surface, SurfaceKind};
use countersign_sandbox::{DiscordAct, DiscordOptions};
use uuid::Uuid;

use super::stage::{ALICE, CHANNEL, ERIN, GUILD, MALLORY, Stage, card, channel, command, seed};

/// Where the judge listens, and where it expects the sandbox.
fn judge() -> (String, std::net::SocketAddr) {
    let named =
        |variable: &str| std::env::var(variable).unwrap_or_else(|_| panic!("{variable} names no judge"));
    let behind = named("PEER_DISCORD_BEHIND");
    (named("PEER_DISCORD"), behind.parse().unwrap())
}

#[tokio::test]
#[ignore = "tests/peers/prism.sh runs it beside its judge"]
async fn discords_contract_is_kept_by_both_sides() {
    let (front, behind) = judge();
    let options = DiscordOptions { listen: behind, ..DiscordOptions::new("the-bots-token", seed()) };
    let stage = Stage::with(options, Some(front)).await;
    let discord = &stage.discord;
    assert!(discord.register(&command()).await.unwrap());
    assert!(!discord.register(&command()).await.unwrap());
    let identity = |user: &str| Identity::new(SurfaceKind::Discord, "discord", user).unwrap();
    for user in [ERIN, ALICE, MALLORY] {
        assert!(discord.profile(&identity(user)).await.unwrap().is_some(), "{user}");
    }
    assert_eq!(discord.members(GUILD).await.unwrap().unwrap().len(), 2);
    let since = jiff::Timestamp::now();
    let posted = discord.post(&channel(), &card("Waiting"), Uuid::nil()).await.unwrap();
    let talk = discord.post(&Place::direct(&identity(ERIN)), &card("Waiting"), Uuid::max()).await.unwrap();
    assert_ne!(posted.channel, talk.channel);
    assert!(discord.update(&posted, &card("Granted")).await.unwrap());
    assert_eq!(discord.find(&channel(), Uuid::nil()).await.unwrap(), Some(posted.clone()));
    let (user, message) = (ERIN.to_owned(), posted.message);
    stage.sandbox.act(DiscordAct::React { user, message, emoji: "👍".to_owned() }).unwrap();
    let text = format!("<@{}> help", super::stage::APPLICATION);
    let say = DiscordAct::Say { user: ERIN.to_owned(), channel: Some(CHANNEL.to_owned()), text };
    stage.sandbox.act(say).unwrap();
    assert_eq!(discord.missed(&channel(), since).await.unwrap().len(), 1);
    let gone = Posted { message: "7".to_owned(), ..talk };
    assert!(!discord.update(&gone, &card("Over")).await.unwrap());
    interactions(&stage).await;
}

/// Every answer at once, a card for one person alone, its edit, and the sign taken away.
async fn interactions(stage: &Stage) {
    let (user, channel_id) = (ERIN.to_owned(), Some(CHANNEL.to_owned()));
    let only = Place { only: Some(user.clone()), ..channel() };
    let slash = |text: Option<&str>| {
        let (user, channel, text) = (user.clone(), channel_id.clone(), text.map(str::to_owned));
        let id = stage.sandbox.act(DiscordAct::Slash { user, channel, text: text.clone() }).unwrap();
        Delivery::Command { from: origin(&id), text: text.unwrap_or_default(), files: vec![] }
    };
    for text in [Some("help"), None, Some("my access")] {
        let delivery = slash(text);
        let heard = stage.discord.hear(&delivery).unwrap();
        let answer = heard.answer(&command());
        stage.discord.answer(delivery.origin().unwrap(), &answer).await.unwrap();
        let Heard::Did(interaction) = heard else { continue };
        if text == Some("help") {
            let posted = stage.discord.post(&only, &card("Help"), Uuid::nil()).await.unwrap();
            assert_eq!(posted.channel, CHANNEL);
            assert!(stage.discord.update(&posted, &card("More help")).await.unwrap());
        } else {
            stage.discord.settle(&interaction).await.unwrap();
        }
    }
    let typed = DiscordAct::Type { user, channel: channel_id, text: "he".to_owned() };
    let typed = origin(&stage.sandbox.act(typed).unwrap());
    let who = Identity::new(SurfaceKind::Discord, "discord", ERIN).unwrap();
    let suggestions = Heard::Typing { who, text: "he".to_owned() }.answer(&command());
    stage.discord.answer(&typed, &suggestions).await.unwrap();
}

/// How an interaction of the sandbox's is answered.
fn origin(interaction: &str) -> Origin {
    let id = |text: &str| text.parse::<u64>().unwrap();
    Origin {
        interaction: id(interaction).into(),
        token: format!("token-of-interaction-{interaction}").into(),
        application: id(super::stage::APPLICATION).into(),
        guild: Some(id(GUILD).into()),
        channel: id(CHANNEL).into(),
        parent: None,
        user: id(ERIN).into(),
        bot: false,
        roles: vec![],
    }
}
