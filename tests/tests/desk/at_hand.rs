//! Commands that are decided on a state somebody has at hand: what came between counts all the same.

use countersign::context::system;
use countersign::engine::Loaded;
use countersign_domain::aggregate::Aggregate as _;
use countersign_domain::envelope::{ActorKind, Cause};
use countersign_domain::names::StreamName;
use countersign_domain::tenant::{People, PeopleCommand, PeopleEvent, Person};
use countersign_tests::stage::{Stage, tenant};
use uuid::Uuid;

fn record(id: &str) -> PeopleCommand {
    let person = Person {
        id: id.parse().expect("an id"),
        kind: ActorKind::Person,
        name: id.to_owned(),
        groups: [].into(),
        roles: [].into(),
        accounts: [].into(),
    };
    PeopleCommand::Record { person }
}

fn cause(stage: &Stage) -> Cause {
    let (id, at) = (Uuid::new_v4(), stage.bot.world.clock.now());
    Cause { actor: system("test"), command: id, correlation: id, causation: id, at }
}

async fn loaded(stage: &Stage) -> Loaded<People> {
    let stream = StreamName::new(&tenant(), People::CATEGORY, tenant().as_str()).expect("a name");
    stage.bot.engine.load(&stream, None).await.expect("the log can be read")
}

/// Carries the command out on what is at hand; what happened.
async fn execute(
    stage: &Stage,
    at_hand: Option<Loaded<People>>,
    cause: &Cause,
    command: PeopleCommand,
) -> Vec<PeopleEvent> {
    let (tenant, command) = (tenant(), || command.clone());
    let done =
        stage.bot.engine.execute_on(at_hand, &tenant, tenant.as_str(), cause, "configure", command).await;
    done.expect("the log answers").expect("nothing speaks against it").events
}

#[tokio::test]
async fn what_came_between_is_seen_before_anything_is_decided_for_good() {
    let stage = Stage::new().await;
    let old = loaded(&stage).await;
    execute(&stage, None, &cause(&stage), record("zoe")).await;
    // Something to do either way: the log says that the revision is of yesterday.
    execute(&stage, Some(old.clone()), &cause(&stage), record("max")).await;
    let now = loaded(&stage).await.state;
    assert!(["zoe", "max"].iter().all(|id| now.people.contains_key(&id.parse().expect("an id"))));
    // "Nothing to do" is said only after looking: whom the old state does not know is removed.
    let zoe = || "zoe".parse().expect("an id");
    let removed = execute(&stage, Some(old), &cause(&stage), PeopleCommand::Remove { id: zoe() }).await;
    assert_eq!(removed, [PeopleEvent::PersonRemoved { id: zoe() }]);
}

#[tokio::test]
async fn the_same_command_on_the_same_old_state_is_carried_out_once_and_answered_twice() {
    let stage = Stage::new().await;
    let (old, cause) = (loaded(&stage).await, cause(&stage));
    let first = execute(&stage, Some(old.clone()), &cause, record("zoe")).await;
    let rev = loaded(&stage).await.rev;
    let again = execute(&stage, Some(old), &cause, record("zoe")).await;
    assert_eq!((first.len(), again), (1, first));
    let here = loaded(&stage).await;
    assert_eq!(here.rev, rev, "nothing was appended");
    // And so it is for whoever has the newest state, by which there is nothing to do.
    assert_eq!(execute(&stage, Some(here), &cause, record("zoe")).await.len(), 1);
}
