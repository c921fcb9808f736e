//! The gateway: what people do is kept first, then acknowledged, and nothing is lost when the connection breaks.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use countersign_discord::{Discord, Gateway, GatewayEnd, Link, NotHeard, Unheard};
use countersign_domain::ports::{Act, Feeling, Identity, Place, Surface, SurfaceKind};
use countersign_sandbox::{DiscordAct, DiscordOptions, GatewayTrouble};
use tokio::sync::{oneshot, watch};
use tokio::task::JoinHandle;
use uuid::Uuid;

use super::stage::{APPLICATION, CHANNEL, ERIN, Ears, Stage, breathe, card, channel, command, seed, until};

struct Listening {
    stage: Stage,
    ears: Arc<Ears>,
    link: watch::Receiver<Link>,
    stop: oneshot::Sender<()>,
    task: JoinHandle<Result<(), GatewayEnd>>,
}

async fn listening() -> Listening {
    listening_with(options()).await
}

fn options() -> DiscordOptions {
    DiscordOptions::new("the-bots-token", seed())
}

async fn listening_with(options: DiscordOptions) -> Listening {
    let stage = Stage::with(options, None).await;
    let (ears, link, stop, task) = listen(&stage.discord);
    let mut connected = link.clone();
    connected.wait_for(|link| matches!(link, Link::Connected { .. })).await.unwrap();
    Listening { stage, ears, link, stop, task }
}

/// Looks again and again until it is so, and turns the clock between the looks: serenity waits some seconds before it begins a
/// session anew, and goes by tokio's clock.
async fn turned_until(what: &str, mut so: impl FnMut() -> bool) {
    for _ in 0..5_000 {
        if so() {
            return;
        }
        tokio::time::pause();
        tokio::time::advance(Duration::from_millis(100)).await;
        tokio::time::resume();
        // What the network brings meanwhile is taken in at its own pace.
        breathe().await;
    }
    panic!("never: {what}");
}

type Ended = JoinHandle<Result<(), GatewayEnd>>;

fn listen(discord: &Arc<Discord>) -> (Arc<Ears>, watch::Receiver<Link>, oneshot::Sender<()>, Ended) {
    let gateway = Gateway::new(Arc::clone(discord), command());
    let (link, ears) = (gateway.link(), Arc::new(Ears::default()));
    let (stop, stopped) = oneshot::channel::<()>();
    let listener = Arc::clone(&ears);
    let task = tokio::spawn(async move {
        let stopped = async {
            let _ = stopped.await;
        };
        gateway.run(listener, stopped).await
    });
    (ears, link, stop, task)
}

impl Listening {
    fn act(&self, act: DiscordAct) -> String {
        self.stage.sandbox.act(act).unwrap()
    }

    fn slash(&self, text: &str) -> String {
        let (user, channel) = (ERIN.to_owned(), Some(CHANNEL.to_owned()));
        self.act(DiscordAct::Slash { user, channel, text: Some(text.to_owned()) })
    }

    fn answer(&self, interaction: &str) -> Option<u64> {
        let state = self.stage.sandbox.state();
        state.interactions.iter().find(|found| found.id == interaction)?.answer.as_ref()?["type"].as_u64()
    }

    fn acts(&self) -> Vec<Act> {
        self.ears.kept.lock().unwrap().iter().map(|kept| kept.act.clone()).collect()
    }

    async fn heard(&self, many: usize) {
        until("it is heard", || self.ears.kept.lock().unwrap().len() >= many).await;
    }
}

#[tokio::test]
async fn what_people_do_is_kept_then_acknowledged() {
    let on = listening().await;
    assert_eq!(on.stage.sandbox.state().commands[0]["name"], "countersign");
    let posted = on.stage.discord.post(&channel(), &card("Waiting"), Uuid::nil()).await.unwrap();
    let (user, message) = (ERIN.to_owned(), posted.message.clone());
    let slash = on.slash("my access");
    on.heard(1).await;
    let press =
        DiscordAct::Press { user: user.clone(), message: message.clone(), button: "Approve".to_owned() };
    let press = on.act(press);
    on.heard(2).await;
    let emoji = "👍".to_owned();
    on.act(DiscordAct::React { user: user.clone(), message: message.clone(), emoji: emoji.clone() });
    on.heard(3).await;
    on.act(DiscordAct::Unreact { user: user.clone(), message, emoji });
    on.heard(4).await;
    let text = format!("<@{APPLICATION}> help");
    on.act(DiscordAct::Say { user: user.clone(), channel: Some(CHANNEL.to_owned()), text });
    on.heard(5).await;
    on.act(DiscordAct::Say { user, channel: None, text: "in private".to_owned() });
    on.heard(6).await;
    let feeling = Feeling::Yes;
    let expected = [
        Act::Said("my access".to_owned()),
        Act::Pressed("opaque".to_owned()),
        Act::Reacted { feeling, taken_back: false },
        Act::Reacted { feeling, taken_back: true },
        Act::Said("help".to_owned()),
        Act::Said("in private".to_owned()),
    ];
    assert_eq!(on.acts(), expected);
    assert_eq!(on.ears.kept.lock().unwrap()[1].message, Some(posted));
    until("both are acknowledged", || on.answer(&press).is_some()).await;
    assert_eq!((on.answer(&slash), on.answer(&press)), (Some(5), Some(6)));
    on.stop.send(()).unwrap();
    on.task.await.unwrap().unwrap();
    assert_eq!(*on.link.borrow(), Link::Gap);
}

#[tokio::test]
async fn a_form_is_opened_at_once_and_what_was_filled_in_comes() {
    let on = listening().await;
    let user = ERIN.to_owned();
    let asked = on.act(DiscordAct::Slash { user: user.clone(), channel: None, text: None });
    until("the form is open", || on.answer(&asked) == Some(9)).await;
    let fields = [("repository", "payments-api"), ("permission", "write"), ("reason", "rollout")];
    let fields = fields.map(|(id, value)| (id.to_owned(), value.to_owned())).into();
    on.act(DiscordAct::Submit { user, interaction: asked, fields });
    on.heard(1).await;
    let kept = on.ears.kept.lock().unwrap().clone();
    let Act::Filled(form) = &kept[0].act else { panic!("no form: {kept:?}") };
    assert_eq!(form.get("repository"), Some("payments-api"));
    assert_eq!(kept[0].place, kept[0].direct, "it was in private");
    // In private the card takes the place of the sign that the bot is at it.
    until("the sign is there", || on.stage.sandbox.state().messages.iter().any(|one| one.thinking)).await;
    let erin = Identity::new(SurfaceKind::Discord, "discord", ERIN).unwrap();
    on.stage.discord.post(&Place::direct(&erin), &card("Waiting"), Uuid::nil()).await.unwrap();
    let shown = on.stage.sandbox.state().messages;
    assert_eq!(shown.len(), 1, "{shown:?}");
    assert!(!shown[0].thinking);
}

#[tokio::test]
async fn what_was_not_kept_is_not_acknowledged() {
    let on = listening().await;
    on.ears.deaf.store(true, Ordering::SeqCst);
    let calls = on.stage.sandbox.calls().len();
    let lost = on.slash("help");
    let typed = DiscordAct::Type { user: ERIN.to_owned(), channel: None, text: "he".to_owned() };
    let typed = on.act(typed);
    until("suggestions need no keeping", || on.answer(&typed) == Some(8)).await;
    until("it was to be kept", || on.ears.asked.load(Ordering::SeqCst) == 1).await;
    assert_eq!(on.answer(&lost), None);
    assert_eq!(on.stage.sandbox.calls().len(), calls + 1);
}

#[tokio::test]
async fn nothing_is_lost_when_the_connection_breaks_or_discord_asks_to_reconnect() {
    let on = listening().await;
    for (number, trouble) in [GatewayTrouble::Break, GatewayTrouble::Reconnect].into_iter().enumerate() {
        let before = on.stage.sandbox.connections().1;
        on.stage.sandbox.trouble(trouble);
        on.slash(&format!("said in the gap {number}"));
        until("it came back", || on.stage.sandbox.connections() == (1, before + 1)).await;
        on.heard(number + 1).await;
    }
    let said = [0, 1].map(|number| Act::Said(format!("said in the gap {number}")));
    assert_eq!(on.acts(), said);
    assert_eq!(*on.link.borrow(), Link::Connected { session: 1 }, "the session was resumed");
}

#[tokio::test]
async fn a_session_that_is_over_and_a_silent_connection_are_begun_anew_and_said_so() {
    let on = listening_with(DiscordOptions { heartbeat_ms: 100, ..options() }).await;
    let troubles = [GatewayTrouble::InvalidSession { resumable: false }, GatewayTrouble::Zombie { on: true }];
    for (trouble, begun) in troubles.into_iter().zip(2..) {
        let before = on.stage.sandbox.connections().1;
        on.stage.sandbox.trouble(trouble);
        turned_until(&format!("it came back after {trouble:?}"), || {
            on.stage.sandbox.connections().1 > before
        })
        .await;
        on.stage.sandbox.trouble(GatewayTrouble::Zombie { on: false });
        let is_anew = || matches!(*on.link.borrow(), Link::Connected { session } if session >= begun);
        turned_until(&format!("it says so after {trouble:?}"), is_anew).await;
    }
    on.slash("help");
    on.heard(1).await;
}

#[tokio::test]
async fn the_same_delivery_twice_has_the_same_id_and_reversed_ones_come_both() {
    let on = listening().await;
    on.stage.sandbox.trouble(GatewayTrouble::Duplicate { times: 1 });
    on.slash("twice");
    on.heard(2).await;
    on.stage.sandbox.trouble(GatewayTrouble::Reorder { deliveries: 2 });
    on.slash("first");
    on.slash("second");
    on.heard(4).await;
    let kept = on.ears.kept.lock().unwrap();
    assert_eq!(kept[0].delivery, kept[1].delivery);
    assert_ne!(kept[2].delivery, kept[3].delivery);
}

#[tokio::test]
async fn a_delivery_of_another_server_is_not_heard() {
    let on = listening().await;
    on.stage.sandbox.change(|state| state.guild = "7".to_owned()).unwrap();
    on.slash("help");
    until("it is refused", || !on.ears.unheard.lock().unwrap().is_empty()).await;
    let unheard = on.ears.unheard.lock().unwrap();
    assert!(matches!(unheard[0], Unheard::NotHeard(NotHeard::OtherServer(_))), "{unheard:?}");
    assert!(on.acts().is_empty());
}

#[tokio::test]
async fn the_command_is_registered_only_where_it_changed() {
    let stage = Stage::new().await;
    assert!(stage.discord.register(&command()).await.unwrap());
    assert!(!stage.discord.register(&command()).await.unwrap());
}

#[tokio::test]
async fn a_token_that_discord_does_not_take_ends_it_with_a_reason() {
    let stage = Stage::with(DiscordOptions::new("another-token", seed()), None).await;
    let (_, _, _stop, task) = listen(&stage.discord);
    let end = task.await.unwrap().unwrap_err().to_string();
    assert!(end.contains("discord-token") && !end.contains("the-bots-token"), "{end}");
}
