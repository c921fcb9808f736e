//! The same calls with a judge in front of the sandbox, where `tests/peers/prism.sh` started one: Discord's published contract
//! must have nothing to object to.

use countersign_domain::ports::{Identity, Place, Surface, SurfaceKind};
use countersign_sandbox::{DiscordAct, DiscordOptions};
use uuid::Uuid;

use super::stage::{ALICE, CHANNEL, ERIN, GUILD, MALLORY, Stage, card, channel, command, seed};

/// Where the judge listens, and where it expects the sandbox.
fn judge() -> Option<(String, std::net::SocketAddr)> {
    let front = std::env::var("COUNTERSIGN_PEER_DISCORD").ok()?;
    let behind = std::env::var("COUNTERSIGN_PEER_DISCORD_BEHIND").ok()?;
    Some((front, behind.parse().unwrap()))
}

#[tokio::test]
async fn discords_contract_is_kept_by_both_sides() {
    let Some((front, behind)) = judge() else { return };
    let options = DiscordOptions { listen: behind, ..DiscordOptions::new("the-bots-token", seed()) };
    let stage = Stage::with(options, Some(front)).await;
    let discord = &stage.discord;
    assert!(discord.register(&command()).await.unwrap());
    assert!(!discord.register(&command()).await.unwrap());
    let identity = |user: &str| Identity::new(SurfaceKind::Discord, "discord", user).unwrap();
    for user in [ERIN, ALICE, MALLORY] {
        assert!(discord.profile(&identity(user)).await.unwrap().is_some(), "{user}");
    }
    assert_eq!(discord.members(GUILD).await.unwrap().len(), 2);
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
    let unknown = discord.update(&talk_gone(&talk), &card("Over")).await.unwrap();
    assert!(!unknown);
}

fn talk_gone(talk: &countersign_domain::ports::Posted) -> countersign_domain::ports::Posted {
    countersign_domain::ports::Posted { message: "7".to_owned(), ..talk.clone() }
}
