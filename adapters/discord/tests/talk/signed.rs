//! Interactions that Discord posts, signed: checked, read, answered within the body.

use std::sync::Arc;

use countersign_discord::{Heard, Inbound, read};
use countersign_domain::ports::{Act, Place, Surface};
use countersign_sandbox::{DiscordAct, DiscordOptions};
use http::HeaderMap;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use uuid::Uuid;

use super::stage::{CHANNEL, ERIN, Stage, card, channel, command, seed, until};

/// A bot's address, as small as can be: one request a connection.
async fn listen(stage: &Arc<Stage>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}/discord", listener.local_addr().unwrap());
    let inbound = Inbound::new(&stage.sandbox.public_key(), stage.clock.clone()).unwrap();
    let stage = Arc::clone(stage);
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut request = Vec::new();
            let body = loop {
                let mut more = [0; 4096];
                let read = stream.read(&mut more).await.unwrap();
                request.extend_from_slice(&more[..read]);
                if let Some(body) = whole(&request) {
                    break body;
                }
            };
            let verified = inbound.verify(&headers(&request), &body).unwrap();
            let delivery = read(verified).unwrap();
            let heard = stage.discord.hear(&delivery).unwrap();
            let answer = heard.answer(&command());
            if let Some(to) = delivery.origin() {
                stage.discord.answered(to.interaction, &answer);
            }
            let answer = answer.body().to_string();
            let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\n";
            let answer = format!("{head}content-length: {}\r\n\r\n{answer}", answer.len());
            stream.write_all(answer.as_bytes()).await.unwrap();
        }
    });
    address
}

fn head(request: &[u8]) -> Option<&str> {
    let end = request.windows(4).position(|window| window == b"\r\n\r\n")?;
    std::str::from_utf8(&request[..end]).ok()
}

fn headers(request: &[u8]) -> HeaderMap {
    let lines = head(request).unwrap().lines().skip(1).filter_map(|line| line.split_once(": "));
    lines.map(|(name, value)| (name.parse::<http::HeaderName>().unwrap(), value.parse().unwrap())).collect()
}

fn whole(request: &[u8]) -> Option<Vec<u8>> {
    let from = head(request)?.len() + 4;
    let length: usize = headers(request)["content-length"].to_str().ok()?.parse().ok()?;
    request.get(from..from + length).map(<[u8]>::to_vec)
}

#[tokio::test]
async fn what_discord_posts_is_checked_read_and_answered() {
    let stage = Arc::new(Stage::with(DiscordOptions::new("the-bots-token", seed()), None).await);
    stage.sandbox.deliver_to(Some(listen(&stage).await));
    let ping = stage.sandbox.ping().unwrap();
    let typed = stage
        .sandbox
        .act(DiscordAct::Type {
            user: ERIN.to_owned(),
            channel: Some(CHANNEL.to_owned()),
            text: "my".to_owned(),
        })
        .unwrap();
    let slash = |text: Option<&str>| {
        let (user, channel) = (ERIN.to_owned(), Some(CHANNEL.to_owned()));
        stage.sandbox.act(DiscordAct::Slash { user, channel, text: text.map(str::to_owned) }).unwrap()
    };
    let (form, help) = (slash(None), slash(Some("help")));
    until("all are answered", || stage.sandbox.deliveries().len() == 4).await;
    let state = stage.sandbox.state();
    let answer =
        |id: &str| state.interactions.iter().find(|found| found.id == id).unwrap().answer.clone().unwrap();
    assert_eq!(answer(&ping)["type"], 1);
    assert_eq!(answer(&typed)["data"]["choices"][0]["value"], "my access");
    assert_eq!(answer(&form)["type"], 9);
    assert_eq!(answer(&help)["type"], 5);
    assert!(state.interactions.iter().all(|found| found.answered_after_ms.unwrap() < 3_000));
}

#[tokio::test]
async fn an_answer_for_one_person_takes_the_place_of_the_sign_and_is_edited_with_its_token() {
    let stage = Arc::new(Stage::with(DiscordOptions::new("the-bots-token", seed()), None).await);
    stage.sandbox.deliver_to(Some(listen(&stage).await));
    let text = Some("help".to_owned());
    let slash = DiscordAct::Slash { user: ERIN.to_owned(), channel: Some(CHANNEL.to_owned()), text };
    let asked = stage.sandbox.act(slash.clone()).unwrap();
    until("it is answered", || stage.sandbox.deliveries().len() == 1).await;
    let to = Place { only: Some(ERIN.to_owned()), ..channel() };
    let posted = stage.discord.post(&to, &card("Help"), Uuid::nil()).await.unwrap();
    assert!(stage.discord.update(&posted, &card("More help")).await.unwrap());
    let shown = stage.sandbox.state().messages;
    assert_eq!(shown.len(), 1);
    assert_eq!((shown[0].only.as_deref(), shown[0].thinking), (Some(ERIN), false));
    assert_eq!(shown[0].embeds[0]["title"], "More help");
    // The token is good no more: then it is said in private.
    stage.sandbox.expire(&asked);
    let later = stage.discord.post(&to, &card("Later"), Uuid::max()).await.unwrap();
    assert_ne!(later.channel, CHANNEL);
    // Nothing for this person alone came of it: the sign goes.
    stage.sandbox.act(slash).unwrap();
    until("it is answered", || stage.sandbox.deliveries().len() == 2).await;
    assert!(stage.sandbox.state().messages.iter().any(|message| message.thinking));
    let said = interaction(&stage);
    stage.discord.settle(&said).await.unwrap();
    assert!(!stage.sandbox.state().messages.iter().any(|message| message.thinking));
}

/// What the last interaction says in the port's words, for those who settle it.
fn interaction(stage: &Stage) -> countersign_domain::ports::Interaction {
    let last = stage.sandbox.state().interactions.pop().unwrap();
    let identity = format!("discord/discord/{}", last.user).parse().unwrap();
    countersign_domain::ports::Interaction {
        delivery: last.id.clone(),
        stranger: None,
        place: channel(),
        direct: Place::direct(&identity),
        identity,
        message: None,
        act: Act::Said("help".to_owned()),
    }
}

#[test]
fn what_is_heard_has_its_answer() {
    assert_eq!(Heard::Ping.answer(&command()).body()["type"], 1);
}
