//! How often the log is read for a sentence: the request that it names once, whatever is done with it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use countersign::context::Context;
use countersign::duties::Duties;
use countersign::world::World;
use countersign_domain::aggregate::Aggregate as _;
use countersign_domain::envelope::{Envelope, Position};
use countersign_domain::names::StreamName;
use countersign_domain::ports::{EventStore, StoreError};
use countersign_domain::question::Questions;
use countersign_domain::request::{CATEGORY, Code};
use countersign_domain::roster::Duty;
use countersign_domain::tenant::{People, Rulebook};
use countersign_store::{MemoryRosters, MemoryStore};
use countersign_tests::acting::form;
use countersign_tests::stage::Stage;
use countersign_tests::stores::{Behind, Front};
use countersign_tests::vendors::{Vendor as _, account};

const EMPLOYEE: &str = "demo-employee";
const APPROVER: &str = "demo-approver";
const APPROVER2: &str = "demo-approver2";
const ADMIN: &str = "demo-admin";

/// What was read.
#[derive(Debug, Default, Clone)]
struct Reads {
    /// How often each stream was.
    streams: BTreeMap<StreamName, usize>,
    /// How often the whole log was, from some place on, or some places of it.
    log: usize,
}

tokio::task_local! {
    /// What was read by who counts.
    static READS: Arc<Mutex<Reads>>;
}

/// A log that counts what is read of it while somebody counts.
struct Counted(MemoryStore);

/// Counts where somebody does: what the bot does by itself beside the sentence is not counted.
fn count(read: impl FnOnce(&mut Reads)) {
    let _ = READS.try_with(|reads| read(&mut reads.lock().expect("nobody panics with it")));
}

#[async_trait]
impl Front for Counted {
    fn store(&self) -> &dyn EventStore {
        &self.0
    }

    async fn read_stream(
        &self,
        stream: &StreamName,
        from: u64,
        limit: usize,
    ) -> Result<Vec<Envelope>, StoreError> {
        count(|reads| *reads.streams.entry(stream.clone()).or_default() += 1);
        self.0.read_stream(stream, from, limit).await
    }

    async fn read_all(&self, after: Option<Position>, limit: usize) -> Result<Vec<Envelope>, StoreError> {
        count(|reads| reads.log += 1);
        self.0.read_all(after, limit).await
    }

    async fn read_at(&self, positions: &[Position]) -> Result<Vec<Envelope>, StoreError> {
        count(|reads| reads.log += 1);
        self.0.read_at(positions).await
    }
}

/// Where something is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Said {
    /// In a chat, where it stands in the log before it is answered.
    InChat,
    /// At the console, by the API or in the terminal, where it does not.
    Elsewhere,
}

const ANYWHERE: [Said; 2] = [Said::InChat, Said::Elsewhere];

/// Says something, and counts.
async fn reads_of(stage: &Stage, said: Said, who: &str, text: &str) -> Reads {
    let heard = match said {
        Said::InChat => stage.bot.world.store.head().await.expect("the log's end"),
        Said::Elsewhere => None,
    };
    let context = Context { heard, ..stage.context(who).await };
    // An answer does not wait for what follows: only what it takes to give it is counted.
    let chat = stage.bot.chat.clone().with_patience(Duration::ZERO);
    let reads = Arc::default();
    let cards = READS.scope(Arc::clone(&reads), chat.say(&context, text)).await.expect("it answers");
    assert!(cards.iter().all(|card| !card.refused), "{text}: {cards:?}");
    stage.settle().await;
    reads.lock().expect("nobody panics with it").clone()
}

async fn stage() -> Stage {
    Stage::on(Arc::new(Behind(Counted(MemoryStore::new())))).await
}

/// Each is said in turn; of the request that it names it reads the stream so often, of every other stream once at most, and of all of
/// them together, or of the log, no more than that.
async fn each_reads(stage: &Stage, said: Said, own: usize, sentences: &[(&str, String)]) {
    for (who, sentence) in sentences {
        let Reads { streams, log } = Box::pin(reads_of(stage, said, who, sentence)).await;
        let (requests, others): (Vec<_>, Vec<_>) =
            streams.into_iter().partition(|(stream, _)| stream.category() == CATEGORY);
        let of_its_own: usize = requests.iter().map(|(_, count)| count).sum();
        assert_eq!(of_its_own, own, "{sentence}, {said:?}: {requests:?}");
        assert!(others.iter().all(|(_, count)| *count == 1), "{sentence}, {said:?}: {others:?}");
        assert_eq!(log, 0, "{sentence}, {said:?}: nobody goes through the log for an answer");
        // What is proposed anew has no stream yet; whether the same was refused before is read in its place.
        assert!(others.len() <= MOST_OF_OTHERS + 1 - own, "{sentence}, {said:?}: {others:?}");
    }
}

/// The people, and the rules.
const MOST_OF_OTHERS: usize = 2;

#[tokio::test]
async fn a_sentence_reads_the_request_that_it_names_once_wherever_it_is_said() {
    for said in ANYWHERE {
        Box::pin(sentences_about_requests(said)).await;
    }
}

async fn sentences_about_requests(said: Said) {
    let stage = stage().await;
    let asked = async |repository: &str, ticket: &str| {
        stage.ask(EMPLOYEE, &form("write", repository, "2 days", ticket)).await
    };
    let first = asked("payments-api", "OPS-17").await;
    let other = asked("web-shop", "OPS-18").await;
    let third = asked("infra", "OPS-19").await;
    let of = |who, sentence: &str, code: &Code| (who, sentence.replace("CODE", &code.to_string()));
    each_reads(
        &stage,
        said,
        1,
        &[
            of(EMPLOYEE, "status CODE", &first),
            of(EMPLOYEE, "why CODE", &first),
            of(EMPLOYEE, "who can approve CODE", &first),
            of(EMPLOYEE, "ask everybody about CODE", &first),
            of(APPROVER, "approve CODE", &first),
            of(APPROVER, "deny CODE because of the freeze", &other),
            of(EMPLOYEE, "withdraw CODE", &third),
            // It is in force by now.
            of(EMPLOYEE, "extend CODE by 1 day", &first),
            of(ADMIN, "revoke CODE because of an incident", &first),
        ],
    )
    .await;
}

/// The bot as one of several, of which no other is there now.
fn one_of_several(world: &mut World) {
    let (rosters, clock) = (Arc::<MemoryRosters>::default(), Arc::clone(&world.clock));
    let (me, term) = (world.worker.clone(), Duration::from_mins(1));
    world.duties = Arc::new(Duties::shared(rosters, clock, me, term, Duty::work().collect()));
}

#[tokio::test]
async fn of_several_bots_one_reads_at_the_console_as_well_whether_another_asked_something_back() {
    let store = Arc::new(Behind(Counted(MemoryStore::new())));
    let stage = Stage::arranged(store, |_| {}, one_of_several).await;
    let code = stage.ask(EMPLOYEE, &form("write", "payments-api", "2 days", "OPS-17")).await;
    let sentence = format!("approve {code}");
    let Reads { streams, log } = Box::pin(reads_of(&stage, Said::Elsewhere, APPROVER, &sentence)).await;
    let read: Vec<_> = streams.iter().map(|(stream, count)| (stream.category(), *count)).collect();
    let each_once = [People::CATEGORY, Questions::CATEGORY, CATEGORY, Rulebook::CATEGORY];
    assert_eq!((read, log), (each_once.map(|category| (category, 1)).to_vec(), 0));
}

#[tokio::test]
async fn what_the_rules_decide_alone_after_vendors_were_asked_they_decide_as_they_are_then() {
    let stage = stage().await;
    stage.publish("@id(\"open\") @auto permit (principal, action, resource);").await;
    let code = stage.ask(EMPLOYEE, &form("write", "payments-api", "2 days", "OPS-17")).await;
    let sentence = format!("extend {code} by 1 day");
    let Reads { streams, .. } = Box::pin(reads_of(&stage, Said::InChat, EMPLOYEE, &sentence)).await;
    for category in [People::CATEGORY, Rulebook::CATEGORY] {
        let counts = streams.iter().filter(|(stream, _)| stream.category() == category);
        assert_eq!(counts.map(|(_, count)| *count).collect::<Vec<_>>(), [2], "{category}: {streams:?}");
    }
}

#[tokio::test]
async fn a_press_and_what_is_taken_or_given_back_read_their_request_once() {
    for said in ANYWHERE {
        Box::pin(presses(said)).await;
    }
}

async fn presses(said: Said) {
    let stage = stage().await;
    let first = stage.ask(EMPLOYEE, &form("write", "payments-api", "2 days", "OPS-17")).await;
    let second = stage.ask(EMPLOYEE, &form("admin", "infra", "2 days", "OPS-18")).await;
    // A button says the whole sentence, with the receipt of what it stands under.
    let card = stage.says(APPROVER, &format!("status {first}")).await;
    let press = card.buttons.iter().find(|button| button.say.contains("receipt")).expect("a button");
    each_reads(
        &stage,
        said,
        1,
        &[
            (APPROVER, press.say.clone()),
            (EMPLOYEE, format!("give back {first}")),
            (APPROVER, format!("approve {second}")),
            (APPROVER, format!("take back {second}")),
        ],
    )
    .await;
}

#[tokio::test]
async fn what_is_proposed_of_rules_and_of_the_forge_reads_nothing_of_what_is_not_there_yet() {
    for said in ANYWHERE {
        Box::pin(proposals(said)).await;
    }
}

async fn proposals(said: Said) {
    let stage = stage().await;
    let rules = "@id(\"open\") @auto permit (principal, action, resource);";
    stage.publish(rules).await;
    stage.set_by_hand(&account(APPROVER2), "payments-api", Some("admin"));
    stage.says(ADMIN, "compare access").await;
    each_reads(
        &stage,
        said,
        0,
        &[
            (ADMIN, "repair access revert all because of an incident".to_owned()),
            (ADMIN, "rules back to 1 because nobody is asked".to_owned()),
        ],
    )
    .await;
}
