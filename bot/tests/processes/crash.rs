//! What kill -9 does to a bot under load: nothing that it said is lost, and nothing is done twice.

use std::path::Path;
use std::time::{Duration, Instant};

use crate::support::{Clients, History, Running, log, whole_log};
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use serde_json::Value;

const ROUNDS: u64 = 20;
/// After how many answers the bot is killed, drawn anew in every round.
const ANSWERS: std::ops::RangeInclusive<u32> = 4..=24;
/// How long everything may take to come to rest after the last restart.
const REST: Duration = Duration::from_secs(40);
/// How a request goes on when nobody refuses it.
const COURSE: [&str; 4] = ["checking", "waiting", "granting", "active"];

#[tokio::test]
async fn kill_9_in_the_middle_of_load_loses_nothing_and_repeats_nothing() {
    let (folder, clients) = (tempfile::tempdir().unwrap(), Clients::new());
    for round in 0..ROUNDS {
        let mut bot = Running::start(folder.path());
        everything_acknowledged_is_there(&bot, &clients).await;
        let (speaking, mut told) = clients.load(&bot.address);
        for _ in 0..StdRng::seed_from_u64(round).random_range(ANSWERS) {
            told.recv().await.unwrap();
        }
        bot.kill();
        speaking.join_all().await;
    }
    let bot = Running::start(folder.path());
    everything_acknowledged_is_there(&bot, &clients).await;
    clients.finish(&bot.address).await;
    everything_comes_to_rest(folder.path());
    everything_acknowledged_is_there(&bot, &clients).await;
    let outside = clients.audit(&format!("{}/_sandbox", bot.address)).await;
    let (ended, said) = bot.stop();
    assert!(ended.success(), "{ended}: {said}");

    let history = History::of(&whole_log(folder.path()));
    history.positions_have_no_gap();
    history.nothing_was_repeated(clients.asked());
    history.nothing_was_lost(&clients.acknowledged());
    history.outside_is_as_the_log_says(&outside);
}

async fn everything_acknowledged_is_there(bot: &Running, clients: &Clients) {
    let rank = |status: &str| COURSE.iter().position(|known| *known == status);
    for (code, told) in clients.acknowledged() {
        let request = clients.audit(&format!("{}/api/v1/access-requests/{code}", bot.address)).await;
        let status = request["status"].as_str().unwrap();
        if is_held_already(&request) {
            continue;
        }
        assert!(rank(status).is_some(), "{code} was {told} and is {status}: {request:#}");
        assert!(rank(status) >= rank(&told), "{code} was {told} and is {status}: {request:#}");
    }
}

/// Whether it was denied for nothing but that as much is held: a longer one was granted before this one was looked at.
fn is_held_already(request: &Value) -> bool {
    let denied = request["access"]["denial"]["violations"].as_array();
    denied.is_some_and(|why| !why.is_empty() && why.iter().all(|one| one["code"] == "held_already"))
}

/// Waits until the log says that nothing is left to be done.
fn everything_comes_to_rest(data: &Path) {
    let deadline = Instant::now() + REST;
    loop {
        let open = History::of(&log(data)).open();
        if open.is_empty() {
            return;
        }
        assert!(Instant::now() < deadline, "{} effects are still open: {open:#?}", open.len());
        // The log is that of another process, which tells nobody here of its events: there is only looking again.
        std::thread::sleep(Duration::from_millis(50));
    }
}
