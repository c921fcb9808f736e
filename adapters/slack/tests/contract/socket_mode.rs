//! Socket Mode: deliveries, acknowledgements, reconnection.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use countersign_domain::ports::Act;
use countersign_sandbox::slack::SlackAct;
use countersign_slack::{Delivery, SocketMode, Unreadable};
use serde_json::{Value, json};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;

use crate::support::{World, card, config, ops, secrets, tenant};

struct Listening {
    mode: Arc<SocketMode>,
    said: mpsc::UnboundedReceiver<String>,
    stop: oneshot::Sender<()>,
    task: JoinHandle<()>,
}

/// Listens; every first delivery fails if `moody`.
async fn listen(world: &World, moody: bool) -> Listening {
    let config = config(world.server.base_url());
    let mode = Arc::new(SocketMode::new(&config, &tenant(), &world.outbound, secrets()).unwrap());
    let (sent, said) = mpsc::unbounded_channel();
    let (stop, stopped) = oneshot::channel::<()>();
    let running = Arc::clone(&mode);
    let times = Arc::new(AtomicUsize::new(0));
    let task = tokio::spawn(async move {
        let handler = |delivery: Result<Delivery, Unreadable>| {
            let (sent, times) = (sent.clone(), Arc::clone(&times));
            async move {
                if moody && times.fetch_add(1, Ordering::SeqCst) == 0 {
                    return Err("the disk is full".to_owned());
                }
                Ok(answer(&delivery.map_err(|error| error.to_string())?, &sent))
            }
        };
        let stopped = async {
            let _ = stopped.await;
        };
        running.run(handler, stopped).await;
    });
    world.server.connected(1).await;
    Listening { mode, said, stop, task }
}

fn answer(delivery: &Delivery, sent: &mpsc::UnboundedSender<String>) -> Option<Value> {
    let (told, answer) = match delivery {
        Delivery::Interaction(interaction) => match &interaction.act {
            Act::Said(text) => (text.clone(), None),
            Act::Pressed(reference) => (format!("pressed {reference}"), None),
            other => (format!("{other:?}"), None),
        },
        Delivery::Home { .. } => ("home".to_owned(), None),
        Delivery::OpenForm(open) => (format!("form {:?}", open.about), Some(json!({"text": "soon"}))),
        _ => ("else".to_owned(), None),
    };
    sent.send(told).unwrap();
    answer
}

impl Listening {
    async fn hears(&mut self) -> String {
        self.said.recv().await.unwrap()
    }

    async fn end(self) {
        self.stop.send(()).unwrap();
        self.task.await.unwrap();
        assert!(!self.mode.connection().borrow().connected);
    }
}

#[tokio::test]
async fn what_people_do_is_heard_and_acknowledged() {
    let world = World::start().await;
    let mut bot = listen(&world, false).await;
    world.server.say("U0ERIN", None, "help").await.unwrap();
    assert_eq!(bot.hears().await, "help");
    let posted =
        countersign_domain::ports::Surface::post(&world.slack, &ops(), &card("One"), uuid::Uuid::nil())
            .await
            .unwrap();
    let pressed = world.server.press("U0ERIN", "C0OPS", &posted.message, "Approve").await.unwrap();
    assert!(pressed.answer.unwrap().acknowledged);
    assert_eq!(bot.hears().await, "pressed opaque-reference");
    let reaction = |name: &str| SlackAct::React {
        user: "U0ERIN".to_owned(),
        channel: "C0OPS".to_owned(),
        ts: posted.message.clone(),
        name: name.to_owned(),
    };
    world.server.act(reaction("+1::skin-tone-3")).await.unwrap();
    assert_eq!(bot.hears().await, "Reacted { feeling: Yes, taken_back: false }");
    let act = SlackAct::Command {
        user: "U0ERIN".to_owned(),
        channel: Some("C0OPS".to_owned()),
        text: String::new(),
    };
    let opened = world.server.act(act).await.unwrap().answer.unwrap();
    assert_eq!(
        opened.body,
        Some(json!({"text": "soon"})),
        "what the handler answers goes with the acknowledgement"
    );
    world.server.settled().await;
    assert!(world.server.deliveries().iter().all(|delivery| delivery.acknowledged));
    bot.end().await;
}

#[tokio::test]
async fn what_could_not_be_kept_is_left_unacknowledged_and_comes_again() {
    let world = World::start().await;
    let mut bot = listen(&world, true).await;
    world.server.say("U0ERIN", None, "help").await.unwrap();
    let hurry = async {
        loop {
            tokio::task::yield_now().await;
            world.server.hurry();
        }
    };
    tokio::select! {
        said = bot.hears() => assert_eq!(said, "help"),
        () = hurry => {}
    }
    bot.end().await;
}

#[tokio::test]
async fn a_new_connection_is_open_before_the_old_one_is_closed() {
    let world = World::start().await;
    let mut bot = listen(&world, false).await;
    world.server.disconnect("refresh_requested");
    world.server.connected(2).await;
    let connection = bot.mode.connection();
    assert_eq!((connection.borrow().connected, connection.borrow().gap_since), (true, None));
    world.server.say("U0ERIN", None, "still there?").await.unwrap();
    assert_eq!(bot.hears().await, "still there?");
    bot.end().await;
}

#[tokio::test]
async fn after_a_cut_it_connects_again_and_says_since_when_it_heard_nothing() {
    let world = World::start().await;
    let mut bot = listen(&world, false).await;
    let mut connection = bot.mode.connection();
    connection.wait_for(|now| now.connected).await.unwrap();
    world.server.cut();
    connection.wait_for(|now| now.gap_since.is_some()).await.unwrap();
    connection.wait_for(|now| now.connected).await.unwrap();
    world.server.connected(1).await;
    world.server.say("U0ERIN", None, "back").await.unwrap();
    assert_eq!(bot.hears().await, "back");
    bot.end().await;
}

#[tokio::test]
async fn duplicates_and_another_order_arrive_as_they_are() {
    let world = World::start().await;
    let mut bot = listen(&world, false).await;
    world.server.hold();
    for text in ["one", "two"] {
        world.server.say("U0ERIN", None, text).await.unwrap();
    }
    world.server.settled().await;
    world.server.deliver_twice(1);
    world.server.release().await;
    let mut heard = vec![];
    for _ in 0..3 {
        heard.push(bot.hears().await);
    }
    heard.sort_unstable();
    assert!(heard == ["one", "one", "two"] || heard == ["one", "two", "two"], "{heard:?}");
    bot.end().await;
}
