//! What nobody can do to the rules, or to the bot by way of them: alone, many times, or between one moment and the next.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;
use countersign::context::system;
use countersign::engine::Engine;
use countersign_domain::envelope::Cause;
use countersign_domain::ports::{Append, Appended, EventStore, StoreError};
use countersign_domain::tenant::{People, PeopleCommand};
use countersign_tests::stores::{Behind, Front};
use uuid::Uuid;

use super::*;

/// A store in which something happens once, right after a bot has said that it is about to put rules in force.
#[derive(Default)]
struct Meanwhile {
    inner: MemoryStore,
    engine: OnceLock<(Engine, Cause, PeopleCommand)>,
    happened: AtomicBool,
}

#[async_trait]
impl Front for Meanwhile {
    fn store(&self) -> &dyn EventStore {
        &self.inner
    }

    async fn append(&self, append: Append) -> Result<Appended, StoreError> {
        let is_about_to = |append: &Append| {
            let mut events = append.events.iter();
            events.any(|event| event.kind == "effect_attempted" && event.data.get().contains("put_in_force"))
        };
        let now = is_about_to(&append);
        let appended = self.inner.append(append).await;
        if let Some((engine, cause, command)) = self.engine.get().filter(|_| now)
            && !self.happened.swap(true, Ordering::SeqCst)
        {
            let (acme, command) = (tenant(), || command.clone());
            let done = engine.execute::<People>(&acme, acme.as_str(), cause, "test", command);
            done.await.expect("the log takes it").expect("nothing speaks against it");
        }
        appended
    }
}

/// Has this happen between the plan to put rules in force and their publication.
fn meanwhile(stage: &Stage, store: &Behind<Meanwhile>, command: PeopleCommand) {
    let (id, at) = (Uuid::from_u128(7), stage.bot.world.clock.now());
    let cause = Cause { actor: system("test"), command: id, correlation: id, causation: id, at };
    store
        .0
        .engine
        .set((stage.bot.engine.clone(), cause, command))
        .unwrap_or_else(|_| panic!("it is set once"));
}

#[tokio::test]
async fn rules_of_an_administrator_removed_between_plan_and_publication_do_not_come_into_force() {
    let store = Arc::new(Behind(Meanwhile::default()));
    let stage = Stage::adapted(store.clone(), two_admins).await;
    let gone = ADMIN.parse().expect("an id");
    meanwhile(&stage, &store, PeopleCommand::Remove { id: gone });
    let code = propose(&stage, ADMIN, &writing_needs(2)).await;
    stage.says(BEN, &format!("approve {code}")).await;
    stage.settle().await;
    assert!(store.0.happened.load(Ordering::SeqCst), "it was about to be put in force");
    assert_eq!(in_force(&stage).await.0, 1);
    let stands = stage.get(BEN, &format!("/api/v1/rules/proposals/{code}")).await;
    assert!(stands["status"] == "denied" || stands["status"] == "not_published", "{stands:#}");
}

#[tokio::test]
async fn rules_put_forward_alone_wait_for_the_administrator_who_came_before_they_were_published() {
    let store = Arc::new(Behind(Meanwhile::default()));
    let stage = Stage::adapted(store.clone(), |_| {}).await;
    let ben = stage.person(BEN).await;
    let person = Person { roles: [Role::Admin].into(), ..ben };
    meanwhile(&stage, &store, PeopleCommand::Record { person });
    let code = propose(&stage, ADMIN, &writing_needs(2)).await;
    assert!(store.0.happened.load(Ordering::SeqCst), "it was about to be put in force");
    assert_eq!(
        (in_force(&stage).await.0, proposal(&stage, &code).await["status"].clone()),
        (1, json!("waiting"))
    );
    stage.says(BEN, &format!("approve {code}")).await;
    stage.settle().await;
    assert_eq!(in_force(&stage).await, (2, writing_needs(2)), "{:#}", proposal(&stage, &code).await);
    let published = stage.audited("rules_published").await.pop().expect("an event");
    assert!(
        published["summary"].as_str().is_some_and(|said| !said.contains("nobody countersigned")),
        "{published:#}"
    );
}

#[tokio::test]
async fn rules_pasted_with_a_question_are_not_proposed_and_a_mention_in_them_is_what_was_written() {
    let stage = Stage::with_chats_adapted(Arc::new(MemoryStore::new()), |_| {}).await;
    let text = "// Asked for by <@U1>.\n@auto permit (principal, action, resource);\n";
    for question in ["rules propose?", "Rules propose, please?"] {
        let card = stage.says(ADMIN, &format!("{question}\n```\n{text}```")).await;
        assert_eq!(in_force(&stage).await.0, 1, "{question}: {}", card.text);
    }
    stage.says(ADMIN, &format!("rules propose\n```\n{text}```")).await;
    assert_eq!(in_force(&stage).await, (2, text.to_owned()));
}

/// Rules in which a string has as many lines as a text can have.
fn of_many_lines(sign: &str, lines: usize) -> String {
    let string = format!("{sign}\n").repeat(lines);
    format!(
        "@id(\"long\")\n@auto\npermit (principal, action == Action::\"read\", resource) when {{ principal.kind != \"{string}\" }};\n"
    )
}

#[tokio::test]
async fn rules_of_many_lines_are_refused_where_they_are_new_and_harmless_where_they_are_in_force() {
    let lines = 60_000;
    let long = of_many_lines("a", lines);
    // Somebody began with them, before anybody counted.
    let stage = Stage::adapted(Arc::new(MemoryStore::new()), |demo| {
        two_admins(demo);
        let acme = demo.config.tenants.get_mut(&tenant()).expect("the demo's tenant");
        acme.rules.clone_from(&long);
    })
    .await;
    assert_eq!(in_force(&stage).await.0, 1);
    let new = json!({ "text": of_many_lines("b", lines) });
    let told = stage.post(ADMIN, "/api/v1/rules/proposals", &new).await;
    assert_eq!(told["violations"][0]["code"], "rule_set_faults", "{told:.300}");
    assert!(told.to_string().contains("line 3, column"), "{told:.500}");
    // What takes their place is compared with all of them.
    let short = "@id(\"long\")\n@auto\npermit (principal, action == Action::\"read\", resource);\n";
    let code = propose(&stage, ADMIN, short).await;
    let open = proposal(&stage, &code).await;
    assert_eq!(open["status"], "waiting", "{}", open["denied"]);
    let card = stage.says(BEN, &format!("status {code}")).await;
    let more = card.lines.iter().find(|line| line.contains("more lines change")).expect("it says so");
    // One line is new, and all but the first two are gone, the last of which ends the string.
    assert!(more.starts_with(&format!("{} more lines change", 1 + (lines + 1) - 24)), "{more}");
    assert!(
        card.fields.iter().any(|field| field.link.as_deref() == Some(&*format!("/rules?proposal={code}")))
    );
    stage.says(BEN, &format!("approve {code}")).await;
    assert_eq!(in_force(&stage).await, (2, short.to_owned()));
    // And they can be gone back to, for they were in force.
    let back = stage.says(ADMIN, "rules back to 1").await;
    assert!(!back.refused, "{}", back.text);
}

#[tokio::test]
async fn rules_proposed_twice_are_one_proposal() {
    let stage = stage().await;
    let code = propose(&stage, ADMIN, &writing_needs(2)).await;
    for (by, text) in
        [(ADMIN, writing_needs(2)), (ADMIN, writing_needs(2).replace('\n', "\r\n")), (BEN, writing_needs(2))]
    {
        assert_eq!(propose(&stage, by, &text).await, code, "{by}");
    }
    assert_eq!(stage.audited("rule_change_requested").await.len(), 1);
    assert_ne!(propose(&stage, ADMIN, &writing_needs(3)).await, code);
    // Once it is over, it can be proposed anew.
    stage.says(ADMIN, &format!("withdraw {code}")).await;
    assert_ne!(propose(&stage, ADMIN, &writing_needs(2)).await, code);
}

#[tokio::test]
async fn rules_can_be_proposed_so_often_and_no_more_until_something_is_decided() {
    let stage = stage().await;
    let mut codes = Vec::new();
    for quorum in 2..7 {
        codes.push(propose(&stage, ADMIN, &writing_needs(quorum)).await);
    }
    let more = json!({ "text": writing_needs(7) });
    let told = stage.post(ADMIN, "/api/v1/rules/proposals", &more).await;
    assert_eq!(told["violations"][0]["code"], "many_proposals", "{told:#}");
    assert!(told.to_string().contains("5 proposals of rules of yours wait already"), "{told:#}");
    let same = json!({ "text": writing_needs(2) });
    assert_eq!(
        stage.post(ADMIN, "/api/v1/rules/proposals", &same).await["code"],
        codes[0].as_str(),
        "it waits already"
    );
    propose(&stage, BEN, &writing_needs(7)).await;
    stage.says(ADMIN, &format!("withdraw {}", codes[0])).await;
    propose(&stage, ADMIN, &writing_needs(8)).await;
}

#[tokio::test]
async fn rules_that_were_refused_stay_refused_where_the_same_is_heard_once_more() {
    let stage = stage().await;
    let say = async || {
        let request = stage.client().post(stage.url("/api/v1/chat")).bearer_auth(ADMIN);
        let request = request.header("x-request-id", Uuid::from_u128(7).to_string());
        let answer = request.json(&json!({ "text": "rules back to 2" })).send().await.expect("an answer");
        let answer: Value = answer.json().await.expect("JSON");
        stage.settle().await;
        answer["cards"][0]["text"].as_str().expect("a text").to_owned()
    };
    let refused = say().await;
    assert!(refused.contains("There is no version 2"), "{refused}");
    for quorum in [2, 3] {
        let next = propose(&stage, ADMIN, &writing_needs(quorum)).await;
        stage.says(BEN, &format!("approve {next}")).await;
    }
    assert_eq!(say().await, refused, "there is one by now");
    assert_eq!(stage.audited("rule_change_requested").await.len(), 2);
}
