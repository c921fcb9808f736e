//! An operator says how a parked effect ends, on every surface: the effect is closed, its request and card follow, the audit
//! says by whom, and nobody else can.

use clap::Parser as _;
use countersign::cli::{Cli, Refused, run};
use countersign_domain::effect::EffectState;
use countersign_projections::request;
use countersign_sandbox::{Fault, Faults};
use countersign_tests::stage::{Stage, tenant};
use countersign_tests::vendors::{Vendor as _, account, trouble};
use jiff::SignedDuration;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{ADMIN, APPROVER, EMPLOYEE, alarms, told};

const WRITE: &str = "access write on payments-api for 2 days ticket OPS-17 because rollout";

/// Where an operator says it.
#[derive(Debug, Clone, Copy)]
enum Way {
    Http,
    Terminal,
    Chat,
}

const WAYS: [(Way, &str); 3] = [(Way::Http, "api"), (Way::Terminal, "terminal"), (Way::Chat, "slack")];

/// Somebody resolves an effect; what they are told.
async fn resolves(stage: &Stage, way: Way, id: &str, effect: Uuid, resolution: &str, note: &str) -> String {
    let said = match way {
        Way::Http => {
            let body = json!({ "resolution": resolution, "note": note });
            stage.post(id, &format!("/api/v1/effects/{effect}/resolve"), &body).await.to_string()
        }
        Way::Terminal => in_the_terminal(stage, id, effect, resolution, note).await,
        Way::Chat => {
            stage.slack_says(id, &format!("resolve {effect} as {resolution} because {note}")).await;
            stage.slack_answer(id)
        }
    };
    stage.settle().await;
    said
}

/// The command of the terminal, as the program runs it; what it says where it does not work.
async fn in_the_terminal(stage: &Stage, token: &str, effect: Uuid, resolution: &str, note: &str) -> String {
    let (effect, url) = (effect.to_string(), stage.url(""));
    let words = ["countersign", "effects", "resolve", &effect, resolution, "--note", note];
    let whole = words.into_iter().chain(["--url", &url, "--token", token]);
    let command = Cli::try_parse_from(whole).expect("a command of the terminal");
    let done = tokio::task::spawn_blocking(|| run(command)).await.expect("it does not panic");
    match done {
        Ok(()) => String::new(),
        Err(error) => error.downcast_ref().map_or_else(|| error.to_string(), |Refused(said)| said.clone()),
    }
}

/// A request whose permission Bitbucket refuses to set; the request's code, and the parked effect.
async fn refused_grant(stage: &Stage) -> (String, Uuid) {
    stage.slack_says(EMPLOYEE, WRITE).await;
    let code = stage.slack_answer(EMPLOYEE).split(':').next().expect("a code").to_owned();
    stage.demo.bitbucket.order(endless("PUT /2.0/repositories"));
    stage.slack_presses(APPROVER, "Approve").await;
    assert_eq!(stage.status(&code).await, "failed");
    (code, parked(stage))
}

fn parked(stage: &Stage) -> Uuid {
    let parked = stage.effects(EffectState::Parked);
    let [one] = &parked[..] else { panic!("one is parked: {parked:#?}") };
    one.id
}

fn endless(matching: &str) -> Faults {
    let matching = matching.to_owned();
    trouble([Fault { matching, times: 100_000, status: Some(400), ..Fault::default() }])
}

/// What the audit says of how effects were resolved: who, where, how, why.
async fn audited(stage: &Stage) -> Vec<[Value; 4]> {
    let entries = stage.audited("effect_resolved").await.into_iter();
    let of = |entry: Value| {
        let (actor, data) = (&entry["actor"], &entry["data"]);
        assert_eq!(data["by"], actor["id"], "{entry:#}");
        [actor["id"].clone(), actor["surface"].clone(), data["resolution"].clone(), data["note"].clone()]
    };
    entries.map(of).collect()
}

/// The card of the request, as it stands in its asker's private talk.
fn card(stage: &Stage, code: &str) -> String {
    let own = stage.slack_sees(EMPLOYEE).into_iter().find(|text| text.starts_with(&format!("{code}:")));
    own.unwrap_or_else(|| panic!("no card of {code}: {:#?}", stage.slack_sees(EMPLOYEE)))
}

/// Nobody can look at the forge or change anything there.
fn nobody_gets_in(stage: &Stage) {
    stage.demo.bitbucket.order(endless("GET /2.0/repositories"));
}

#[tokio::test]
async fn trust_a7_what_an_operator_says_was_done_is_looked_at_where_it_can_be() {
    for (way, _) in WAYS {
        let stage = Stage::with_chats().await;
        let (code, effect) = refused_grant(&stage).await;
        let said = resolves(&stage, way, ADMIN, effect, "done", "I set it by hand").await;
        assert!(
            said.contains("that is not done: nothing is there, and it should be write"),
            "{way:?}: {said}"
        );
        assert_eq!((parked(&stage), stage.status(&code).await.as_str()), (effect, "failed"), "{way:?}");
        stage.set_by_hand(&account(EMPLOYEE), "payments-api", Some("write"));
        resolves(&stage, way, ADMIN, effect, "done", "I set it by hand").await;
        assert_eq!(stage.status(&code).await, "active", "{way:?}");
        let card = card(&stage, &code);
        assert!(card.contains("read back") && !card.contains("by hand"), "{way:?}: it was looked at: {card}");
        // Its end as well.
        stage.demo.bitbucket.order(endless("DELETE /2.0/repositories"));
        stage.later(SignedDuration::from_hours(48)).await;
        let effect = parked(&stage);
        let said = resolves(&stage, way, ADMIN, effect, "done", "I took it away").await;
        assert!(
            said.contains("that is not done: write is there, and it should be nothing"),
            "{way:?}: {said}"
        );
        let in_force = async || {
            let grants = stage.get("demo-auditor", "/api/v1/grants").await;
            grants["items"].as_array().map(Vec::len)
        };
        assert_eq!((parked(&stage), in_force().await), (effect, Some(1)), "{way:?}: it counts as in force");
        stage.set_by_hand(&account(EMPLOYEE), "payments-api", None);
        resolves(&stage, way, ADMIN, effect, "done", "I took it away").await;
        assert_eq!((stage.status(&code).await.as_str(), in_force().await), ("expired", Some(0)), "{way:?}");
        let log = stage.audited("effect_resolved").await;
        let looked = log.iter().filter(|entry| entry["data"]["outcome"]["kind"] == "permission_is").count();
        assert_eq!(looked, 2, "{way:?}: the audit says that it was looked at: {log:#?}");
    }
}

#[tokio::test]
async fn trust_a7_a_word_that_nobody_could_check_is_told_as_that_on_card_ticket_and_audit() {
    let stage = Stage::with_chats().await;
    let (code, effect) = refused_grant(&stage).await;
    nobody_gets_in(&stage);
    resolves(&stage, Way::Http, ADMIN, effect, "done", "I set it by hand").await;
    assert_eq!(stage.status(&code).await, "active", "it counts as in force");
    assert!(card(&stage, &code).contains("by hand, as an operator says (nobody has looked)"));
    let (_, comments) = stage.ticket("OPS-17");
    let said = "An operator says that they set it by hand; nobody has looked.";
    assert!(comments.iter().any(|comment| comment.contains(said)), "{comments:#?}");
    // Its end is nobody's word: it is looked at until it was read back.
    stage.says(EMPLOYEE, &format!("give back {code}")).await;
    resolves(&stage, Way::Http, ADMIN, parked(&stage), "done", "I took it away").await;
    let said = "An administrator says that taking the permission back was done by hand: “I took it away”.";
    let card = card(&stage, &code);
    assert!(card.contains(said) && card.contains("It counts as in force until it was read back"), "{card}");
    let (_, comments) = stage.ticket("OPS-17");
    assert!(comments.iter().any(|comment| comment.contains(said)), "{comments:#?}");
    let story = stage.says(EMPLOYEE, &format!("why {code}")).await.text;
    assert!(story.contains(said), "{story}");
    let audited = async |kind: &str, said: &str| {
        let entries = stage.audited(kind).await.into_iter();
        let told = |entry: &Value| entry["summary"].as_str().is_some_and(|summary| summary.contains(said));
        entries.filter(told).count()
    };
    assert_eq!(audited("effect_resolved", "nobody has looked").await, 1);
    assert_eq!(audited("effect_vouched", "it is looked at until that is read back").await, 1);
    // Once somebody can look again, what was not so is found and ended.
    stage.demo.bitbucket.order(Faults::default());
    stage.set_by_hand(&account(EMPLOYEE), "payments-api", Some("write"));
    stage.later(SignedDuration::from_hours(1)).await;
    assert_eq!(
        (stage.held(EMPLOYEE, "payments-api"), stage.status(&code).await.as_str()),
        (None, "given_back")
    );
    let (_, comments) = stage.ticket("OPS-17");
    assert!(
        !comments.last().is_some_and(|comment| comment.contains("word")),
        "it was read back: {comments:#?}"
    );
}

#[tokio::test]
async fn trust_a7_who_says_it_again_is_looked_at_again_and_what_is_seen_not_to_be_done_is_refused() {
    for (way, _) in WAYS {
        let stage = Stage::with_chats().await;
        let (code, effect) = refused_end(&stage).await;
        nobody_gets_in(&stage);
        resolves(&stage, way, ADMIN, effect, "done", "I took it away").await;
        // It was another's that they took away, and now somebody can look.
        stage.demo.bitbucket.order(endless("DELETE /2.0/repositories"));
        stage.later(SignedDuration::from_mins(5)).await;
        let said = resolves(&stage, way, ADMIN, effect, "done", "I did").await;
        assert!(said.contains("that is not done: write is there"), "{way:?}: {said}");
        stage.set_by_hand(&account(EMPLOYEE), "payments-api", None);
        resolves(&stage, way, ADMIN, effect, "done", "now I did").await;
        assert_eq!(stage.status(&code).await, "expired", "{way:?}: at once, and not in an hour");
    }
}

/// The access of Erin whose end Bitbucket refuses: its code, and the parked effect.
async fn refused_end(stage: &Stage) -> (String, Uuid) {
    stage.slack_says(EMPLOYEE, WRITE).await;
    let code = stage.slack_answer(EMPLOYEE).split(':').next().expect("a code").to_owned();
    stage.slack_presses(APPROVER, "Approve").await;
    stage.demo.bitbucket.order(endless("DELETE /2.0/repositories"));
    stage.later(SignedDuration::from_hours(48)).await;
    (code, parked(stage))
}

/// Everywhere where somebody looks, the access counts as in force, its end as an alarm, and nobody has to say anything again.
async fn counts_as_in_force(stage: &Stage, code: &str) {
    let now = stage.clock_now();
    for path in ["/api/v1/grants".to_owned(), format!("/api/v1/grants?at={now}")] {
        let grants = stage.get("demo-auditor", &path).await;
        assert_eq!(grants["items"][0]["code"], code, "{path}: {grants:#}");
    }
    assert!(stage.says(EMPLOYEE, "my access").await.text.contains(code));
    assert!(stage.says(ADMIN, "who has write on payments-api").await.text.contains("Erin Employee"));
    assert_eq!(
        (stage.status(code).await.as_str(), alarms(stage).await),
        ("failed", vec!["ending".to_owned()])
    );
    // What the metrics show: the accesses in force, and those of them that should have ended.
    let rows = stage.bot.world.projections.rows(request::NAME);
    let in_force = request::in_force_count(&*rows, &tenant()).expect("the read model answers");
    let endings = request::not_undone(&*rows, &tenant()).expect("the read model answers");
    assert_eq!((in_force, endings), (1, 1));
    assert_eq!(stage.effects(EffectState::Parked), vec![], "it is looked at by itself");
}

#[tokio::test]
async fn trust_a7_what_an_operator_says_has_ended_is_in_force_until_that_was_read_back() {
    for (way, _) in WAYS {
        let stage = Stage::with_chats().await;
        let (code, effect) = refused_end(&stage).await;
        nobody_gets_in(&stage);
        let said = resolves(&stage, way, ADMIN, effect, "done", "I took it away").await;
        let plain = "The access counts as in force until I have read back that it is gone.";
        assert!(said.contains(plain) || matches!(way, Way::Terminal), "{way:?}: {said}");
        counts_as_in_force(&stage, &code).await;
        // However long the forge is away, nobody has to say it again, and who runs the bot is reminded of it.
        stage.later(SignedDuration::from_hours(25)).await;
        counts_as_in_force(&stage, &code).await;
        let title = format!("{code} has ended, and the access is still there since");
        let reminded = told(&stage, ADMIN).into_iter().find(|text| text.starts_with(&title));
        assert!(
            reminded.as_ref().is_some_and(|text| text.contains("says that it was taken away by hand")),
            "{way:?}: {reminded:?}"
        );
        stage.demo.bitbucket.order(Faults::default());
        stage.set_by_hand(&account(EMPLOYEE), "payments-api", None);
        stage.later(SignedDuration::from_hours(1)).await;
        assert_eq!(
            (stage.status(&code).await.as_str(), alarms(&stage).await),
            ("expired", vec![]),
            "{way:?}"
        );
        let grants = stage.get("demo-auditor", "/api/v1/grants").await;
        assert_eq!(grants["items"].as_array().map(Vec::len), Some(0), "{way:?}");
        let card = card(&stage, &code);
        assert!(card.contains("that was read back") && !card.contains("by hand"), "{way:?}: {card}");
    }
}

#[tokio::test]
async fn trust_a7_where_the_word_was_wrong_it_is_tried_again_and_waits_for_an_operator_as_before() {
    let stage = Stage::with_chats().await;
    let (code, effect) = refused_end(&stage).await;
    nobody_gets_in(&stage);
    resolves(&stage, Way::Http, ADMIN, effect, "done", "I took it away").await;
    counts_as_in_force(&stage, &code).await;
    // The forge can be read, and still does not let the bot take it away.
    stage.demo.bitbucket.order(endless("DELETE /2.0/repositories"));
    stage.later(SignedDuration::from_hours(1)).await;
    assert_eq!((parked(&stage), stage.status(&code).await.as_str()), (effect, "failed"));
    let card = card(&stage, &code);
    assert!(card.contains("did not work") && !card.contains("says that"), "{card}");
    let said = resolves(&stage, Way::Http, ADMIN, effect, "done", "I took it away").await;
    assert!(said.contains("that is not done: write is there"), "{said}");
    assert_eq!(alarms(&stage).await, ["ending"]);
}

#[tokio::test]
async fn trust_e3_what_was_done_by_hand_is_done_wherever_an_administrator_says_so() {
    for (way, surface) in WAYS {
        let stage = Stage::with_chats().await;
        let (code, effect) = refused_grant(&stage).await;
        nobody_gets_in(&stage);
        assert!(card(&stage, &code).contains("Status: failed"), "{way:?}");
        resolves(&stage, way, ADMIN, effect, "done", "I set it by hand").await;
        assert_eq!(stage.effects(EffectState::Resolved).len(), 1, "{way:?}: the effect is closed");
        assert_eq!(stage.effects(EffectState::Parked), vec![], "{way:?}");
        assert_eq!(stage.status(&code).await, "active", "{way:?}: the request follows");
        let card = card(&stage, &code);
        assert!(card.contains("Status: active"), "{way:?}: its card follows: {card}");
        let granted = told(&stage, EMPLOYEE).iter().any(|text| text.starts_with("Granted: "));
        assert!(granted, "{way:?}: who asked is told");
        let story = stage.says(EMPLOYEE, &format!("why {code}")).await.text;
        for said in [&card, &story] {
            assert!(
                said.contains("by hand") && !said.contains("read back"),
                "{way:?}: nobody read it: {said}"
            );
        }
        let by = [ADMIN, surface, "done", "I set it by hand"].map(Value::from);
        assert_eq!(audited(&stage).await, [by], "{way:?}: the audit says by whom");
    }
}

#[tokio::test]
async fn trust_e3_what_is_given_up_is_not_granted_and_nobody_is_told_that_it_is_tried_again() {
    for (way, surface) in WAYS {
        let stage = Stage::with_chats().await;
        let (code, effect) = refused_grant(&stage).await;
        resolves(&stage, way, ADMIN, effect, "abandoned", "it moves next week").await;
        assert_eq!(stage.effects(EffectState::Resolved).len(), 1, "{way:?}: the effect is closed");
        assert_eq!(stage.status(&code).await, "failed", "{way:?}");
        assert_eq!(stage.held(EMPLOYEE, "payments-api"), None, "{way:?}: nothing was set");
        let card = card(&stage, &code);
        let said = "Setting the permission was given up by an administrator: “it moves next week”.";
        assert!(card.contains(said) && card.contains("Ask again"), "{way:?}: the card says so: {card}");
        assert!(!card.contains("tried again"), "{way:?}: nothing tries it any more: {card}");
        let (_, comments) = stage.ticket("OPS-17");
        assert!(comments.iter().any(|comment| comment.contains("was given up")), "{way:?}: {comments:#?}");
        let by = [ADMIN, surface, "abandoned", "it moves next week"].map(Value::from);
        assert_eq!(audited(&stage).await, [by], "{way:?}: the audit says by whom");
        // The same can be asked for again.
        stage.demo.bitbucket.order(Faults::default());
        stage.slack_says(EMPLOYEE, WRITE).await;
        stage.slack_presses(APPROVER, "Approve").await;
        assert_eq!(stage.held(EMPLOYEE, "payments-api").as_deref(), Some("write"), "{way:?}");
    }
}

#[tokio::test]
async fn trust_e3_nobody_but_an_administrator_says_how_a_parked_effect_ends() {
    let stage = Stage::with_chats().await;
    let (code, effect) = refused_grant(&stage).await;
    for (way, _) in WAYS {
        for id in [EMPLOYEE, APPROVER] {
            for resolution in ["done", "abandoned"] {
                let said = resolves(&stage, way, id, effect, resolution, "I say so").await;
                assert!(said.contains("it takes an admin"), "{way:?} {id}: they are told why: {said}");
            }
        }
    }
    assert_eq!((parked(&stage), stage.status(&code).await.as_str()), (effect, "failed"));
    assert_eq!(audited(&stage).await, Vec::<[Value; 4]>::new());
    // An administrator says it once, of what nobody can look at.
    nobody_gets_in(&stage);
    for (way, _) in WAYS {
        resolves(&stage, way, ADMIN, effect, "done", "I set it by hand").await;
    }
    assert_eq!(audited(&stage).await.len(), 1);
}

#[tokio::test]
async fn trust_e3_an_access_whose_end_is_given_up_stays_in_force_until_somebody_has_taken_it_away() {
    for (way, _) in WAYS {
        // Whatever they say of it, it ends when that was read back.
        for (resolution, status, in_force) in [("abandoned", "failed", 1), ("done", "failed", 1)] {
            let stage = Stage::with_chats().await;
            stage.slack_says(EMPLOYEE, WRITE).await;
            let code = stage.slack_answer(EMPLOYEE).split(':').next().expect("a code").to_owned();
            stage.slack_presses(APPROVER, "Approve").await;
            stage.demo.bitbucket.order(endless("DELETE /2.0/repositories"));
            stage.later(SignedDuration::from_hours(48)).await;
            nobody_gets_in(&stage);
            resolves(&stage, way, ADMIN, parked(&stage), resolution, "by hand").await;
            assert_eq!(stage.status(&code).await, status, "{way:?} {resolution}");
            let grants = stage.get("demo-auditor", "/api/v1/grants").await;
            assert_eq!(grants["items"].as_array().map(Vec::len), Some(in_force), "{way:?} {resolution}");
            let card = card(&stage, &code);
            assert_eq!(card.contains("It counts as in force"), in_force == 1, "{way:?}: {card}");
            if resolution == "done" {
                assert!(
                    card.contains("says that taking the permission back was done by hand"),
                    "{way:?}: {card}"
                );
            }
        }
    }
}

#[tokio::test]
async fn trust_c8_nobody_had_what_was_never_set() {
    let stage = Stage::with_chats().await;
    let (code, _) = refused_grant(&stage).await;
    stage.demo.bitbucket.order(Faults::default());
    stage.says(EMPLOYEE, &format!("give back {code}")).await;
    stage.settle().await;
    assert_eq!(stage.status(&code).await, "given_back");
    let card = stage.says(EMPLOYEE, &format!("status {code}")).await.text;
    assert!(card.contains("asked for write") && card.contains("It was never granted"), "{card}");
    assert!(!card.contains("taken back") && !card.contains(" had "), "{card}");
    let (_, comments) = stage.ticket("OPS-17");
    assert!(!comments.iter().any(|comment| comment.contains("taken back")), "{comments:#?}");
}
