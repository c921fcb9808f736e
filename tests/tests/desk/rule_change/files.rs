//! Rules are proposed with a file, in every chat that hands files out.

use std::sync::Arc;

use countersign::demo::Demo;
use countersign::demo::chats::{discord_user, slack_user};
use countersign_discord::Mode;
use countersign_domain::rule_change::tidy;
use countersign_sandbox::discord::DiscordAct;
use countersign_sandbox::slack::{SlackAct, SlackSandbox};
use countersign_sandbox::teams::TeamsAct;
use countersign_sandbox::{Fault, Faults, FileContent, SharedFile};
use countersign_store::MemoryStore;
use countersign_tests::sharing::CHATS;
use countersign_tests::stage::{Stage, tenant};
use countersign_tests::teams::teams_user;
use countersign_tests::until::until;
use jiff::SignedDuration;
use serde_json::{Value, json};

use super::{ADMIN, BEN, EMPLOYEE, in_force, newest, proposal, two_admins, writing_needs};

const SAYS: &str = "rules propose because two pairs of eyes";

async fn stage() -> Stage {
    Stage::with_chats_adapted(Arc::new(MemoryStore::new()), two_admins).await
}

/// As much as may be sent: rules, and a comment that fills the file.
fn largest() -> String {
    let rules = writing_needs(2);
    format!("{rules}//{}\n", "x".repeat(64 * 1024 - rules.len() - 3))
}

#[tokio::test]
async fn rules_are_proposed_with_a_file_in_every_chat() {
    let stage = stage().await;
    for (chat, quorum) in CHATS.into_iter().zip(2..) {
        // What stands in a comment ends no code block, and how a file was saved says nothing.
        let rules = format!("// ``` ````\n{}", writing_needs(quorum));
        let saved = format!("\u{feff}{}", rules.replace('\n', "\r\n"));
        stage.shares(chat, ADMIN, SAYS, SharedFile::text("rules.cedar", &saved)).await;
        let code = newest(&stage).await;
        let open = proposal(&stage, &code).await;
        assert_eq!((&open["status"], &open["text"]), (&json!("waiting"), &json!(tidy(&rules))), "{chat}");
        assert_eq!(open["because"], "two pairs of eyes", "{chat}: {open:#}");
        stage.says(BEN, &format!("approve {code}")).await;
        assert_eq!(in_force(&stage).await.1, tidy(&rules), "{chat}: exactly what was in the file");
    }
    let before = stage.audited("rule_change_requested").await.len();
    let most = largest();
    stage.shares("slack", ADMIN, SAYS, SharedFile::text("rules.cedar", &most)).await;
    assert_eq!(stage.audited("rule_change_requested").await.len(), before + 1, "64 KiB are read");
    assert_eq!(proposal(&stage, &newest(&stage).await).await["text"], tidy(&most));
}

/// The slash command is the only way where Discord delivers over HTTP, and takes a file with it on both.
#[tokio::test]
async fn rules_are_proposed_with_a_file_by_discords_slash_command_also_over_http() {
    for mode in [Mode::Gateway, Mode::Http] {
        let stage = Stage::with_chats_adapted(Arc::new(MemoryStore::new()), |demo| {
            two_admins(demo);
            let acme = demo.config.tenants.get_mut(&tenant()).expect("the demo's tenant");
            acme.discord.as_mut().expect("the demo's Discord").vendor.mode = mode;
        })
        .await;
        if mode == Mode::Http {
            stage.hears_discord_over_http();
        }
        let rules = writing_needs(2);
        let share = |text: &str, file: SharedFile| DiscordAct::SlashShare {
            user: discord_user(ADMIN),
            channel: None,
            text: text.to_owned(),
            file,
        };
        let sent = stage.in_discord(share(SAYS, SharedFile::text("rules.cedar", &rules))).await;
        assert_eq!(stage.discord_answer(&sent).0, 5, "{mode:?}: it is at it");
        let open = proposal(&stage, &newest(&stage).await).await;
        assert_eq!((&open["status"], &open["text"]), (&json!("waiting"), &json!(tidy(&rules))), "{mode:?}");
        assert_eq!(open["because"], "two pairs of eyes", "{mode:?}: {open:#}");
        let none = stage.in_discord(share(SAYS, SharedFile::text("rules.cedar", " \n"))).await;
        let (kind, answer) = stage.discord_answer(&none);
        assert_eq!(kind, 4, "{mode:?}: {answer}");
        assert!(answer.to_string().contains("Nothing stands in rules"), "{mode:?}: {answer}");
    }
}

#[tokio::test]
async fn rules_in_a_file_that_is_not_read_are_told_so_in_words_and_nothing_is_proposed() {
    let stage = stage().await;
    let bytes = |name: &str, media: &str, bytes: &[u8]| SharedFile {
        name: name.to_owned(),
        media: media.to_owned(),
        content: FileContent::Bytes(bytes.to_vec()),
    };
    for chat in CHATS {
        for (file, said) in [
            (SharedFile::text("large.cedar", &format!("{}\n", largest())), "larger than 64 KiB"),
            (bytes("picture.png", "image/png", b"\x89PNG"), "picture.png is no text"),
            (bytes("utf16.cedar", "text/plain", b"// a\n\xff\xfe"), "not written in UTF-8 from line 2 on"),
            (SharedFile::text("nothing.cedar", " \n"), "Nothing stands in nothing.cedar"),
        ] {
            stage.shares(chat, ADMIN, SAYS, file).await;
            let told = stage.sees_in(chat, ADMIN).pop().unwrap_or_default();
            assert!(
                told.contains(said) && told.contains("I have not read the file"),
                "{chat}: {said}: {told}"
            );
        }
        let beside = format!("rules propose ```{}```", writing_needs(3));
        stage.shares(chat, ADMIN, &beside, SharedFile::text("rules.cedar", &writing_needs(4))).await;
        let told = stage.sees_in(chat, ADMIN).pop().unwrap_or_default();
        assert!(told.contains("Send one of the two"), "{chat}: {told}");
    }
    assert_eq!(stage.audited("rule_change_requested").await.len(), 0);
    // A broken file is told line by line, as what is pasted is; and who may not propose is told that.
    let broken = SharedFile::text("rules.cedar", "permit (\n  principal,\n  oops,\n  resource\n);");
    stage.shares("slack", ADMIN, SAYS, broken).await;
    let told = stage.slack_sees(ADMIN).pop().unwrap_or_default();
    assert!(told.contains("line 3"), "{told}");
    stage.shares("slack", EMPLOYEE, SAYS, SharedFile::text("rules.cedar", &writing_needs(2))).await;
    let told = stage.slack_sees(EMPLOYEE).pop().unwrap_or_default();
    assert!(told.contains("do not let you propose"), "{told}");
}

#[tokio::test]
async fn rules_in_a_file_that_the_vendor_does_not_hand_out_are_told_so() {
    let stage = stage().await;
    let file = || SharedFile::text("rules.cedar", &writing_needs(2));
    let refuse = |matching: &str, status| {
        let matching = matching.to_owned();
        let fault = Fault { matching, times: 1, status: Some(status), ..Fault::default() };
        Faults { next: vec![fault], ..Faults::default() }
    };
    stage.slack().order(refuse("GET /files-pri/", 302));
    stage.teams().order(refuse("GET /personal/files/", 404));
    stage.discord().order(refuse("GET /attachments/", 404));
    for chat in CHATS {
        stage.shares(chat, ADMIN, SAYS, file()).await;
        let told = stage.sees_in(chat, ADMIN).pop().unwrap_or_default();
        assert!(
            told.contains("does not hand it out to me") && told.contains("as a code block"),
            "{chat}: {told}"
        );
    }
    stage.slack().order(refuse("GET /files-pri/", 503));
    stage.shares("slack", ADMIN, SAYS, file()).await;
    let told = stage.slack_sees(ADMIN).pop().unwrap_or_default();
    assert!(told.contains("Send it again in a while"), "{told}");
    // In a channel Teams tells a bot no more than that there is a file.
    let talk = Some(countersign::demo::chats::TEAMS_CHANNEL.to_owned());
    let share = TeamsAct::Share { user: teams_user(ADMIN), talk, text: SAYS.to_owned(), file: file() };
    stage.in_teams(share).await;
    let told = stage.teams_sees(ADMIN).pop().unwrap_or_default();
    assert!(told.contains("in our private talk it may"), "{told}");
    assert_eq!(stage.audited("rule_change_requested").await.len(), 0);
    // A file that comes with anything else is nobody's business.
    stage.shares("slack", EMPLOYEE, "help", file()).await;
    let told = stage.slack_sees(EMPLOYEE).pop().unwrap_or_default();
    assert!(!told.contains("file rules.cedar") && told.contains("access"), "{told}");
    let fetched = stage.slack().calls().iter().filter(|call| call.request.contains("/files-pri/")).count();
    assert_eq!(fetched, 2, "and it is not even fetched");
}

#[tokio::test]
async fn rules_in_a_file_elsewhere_are_not_fetched() {
    let stage = stage().await;
    // Whoever writes into the workspace's state may write any address there; the bot's token goes to none of them.
    let elsewhere = format!("{}personal/files/1/download.aspx", stage.teams().base_url());
    let file = json!({"id": "F1", "name": "rules.cedar", "mimetype": "text/plain", "size": 9,
        "url_private": elsewhere, "url_private_download": elsewhere});
    let user = countersign::demo::chats::slack_user(ADMIN);
    let event = json!({"type": "message", "subtype": "file_share", "channel": "D0", "channel_type": "im", "user": user,
        "text": SAYS, "ts": "1772366400.000100", "files": [file]});
    stage.slack().send_event(event).await;
    stage.settle().await;
    let told = stage.slack_sees(ADMIN).pop().unwrap_or_default();
    assert!(told.contains("does not hand it out to me"), "{told}");
    let asked = stage.teams().calls().iter().any(|call| call.request.contains("/personal/files/"));
    assert!(!asked, "another host was asked");
}

/// A file that is handed out with trouble: this often, with this status.
fn trouble(times: u32, status: u16) -> Faults {
    let fault =
        Fault { matching: "GET /files-pri/".to_owned(), times, status: Some(status), ..Fault::default() };
    Faults { next: vec![fault], ..Faults::default() }
}

/// An administrator shares this in Slack where nobody hears it.
async fn shares_unheard(slack: &SlackSandbox, file: SharedFile, faults: Faults) {
    // Slack gives up on what it cannot deliver: what is held back never comes.
    slack.hold();
    let share = SlackAct::Share { user: slack_user(ADMIN), channel: None, text: SAYS.to_owned(), file };
    slack.act(share).await.expect("it can be done in Slack");
    slack.order(faults);
}

async fn restarted(stage: Stage, meanwhile: impl AsyncFnOnce(&SlackSandbox)) -> Stage {
    let meanwhile =
        async |demo: &Demo| meanwhile(&demo.chats.as_ref().expect("a stage with chats").slack).await;
    Box::pin(stage.restarted(meanwhile)).await
}

/// How many proposals there were, and how often it was kept that something was not taken.
async fn outcomes(stage: &Stage) -> (usize, usize) {
    (stage.audited("rule_change_requested").await.len(), stage.audited("interaction_refused").await.len())
}

fn told(stage: &Stage, said: &str) -> usize {
    stage.slack_sees(ADMIN).iter().filter(|text| text.contains(said)).count()
}

#[tokio::test]
async fn rules_in_a_file_that_was_sent_while_the_bot_was_away_are_proposed_once() {
    let stage = stage().await;
    stage.slack_says(ADMIN, "help").await;
    // At first Slack hands nothing out, and nothing is decided.
    shares_unheard(stage.slack(), SharedFile::text("rules.cedar", &writing_needs(2)), trouble(1, 503)).await;
    stage.slack().cut();
    stage.slack_reconnects().await;
    assert_eq!(outcomes(&stage).await, (1, 0));
    // Read again after each start, and gone by then: what was carried out stays what came of it.
    let stage = restarted(stage, async |slack| slack.order(trouble(999, 404))).await;
    assert_eq!(outcomes(&stage).await, (1, 0));
    assert_eq!(told(&stage, "I have not read the file"), 0);
}

#[tokio::test]
async fn what_was_said_after_a_file_that_is_waited_for_is_heard_after_it() {
    let stage = stage().await;
    stage.slack_says(ADMIN, "help").await;
    shares_unheard(stage.slack(), SharedFile::text("rules.cedar", &writing_needs(2)), trouble(1, 503)).await;
    let (user, text) = (slack_user(ADMIN), "rules".to_owned());
    let say = SlackAct::Say { user, channel: None, text, thread: None };
    stage.slack().act(say).await.expect("it can be done in Slack");
    stage.slack().cut();
    stage.slack_reconnects().await;
    let heard = stage.audited("interaction_received").await;
    let said: Vec<_> = heard.iter().filter_map(|entry| entry["data"]["said"]["text"].as_str()).collect();
    let [.., file, after] = said[..] else { panic!("both are heard: {said:#?}") };
    assert!(file.starts_with("rules propose") && after == "rules", "{said:#?}");
}

#[tokio::test]
async fn rules_in_a_file_that_was_sent_while_the_bot_was_away_and_cannot_be_read_are_told_so_once() {
    let picture = SharedFile {
        name: "picture.png".to_owned(),
        media: "image/png".to_owned(),
        content: FileContent::Bytes(b"\x89PNG".to_vec()),
    };
    let gone = SharedFile::text("rules.cedar", &writing_needs(2));
    for (file, faults, said) in [
        (picture, Faults::default(), "picture.png is no text"),
        (gone, trouble(999, 404), "does not hand it out to me"),
    ] {
        let stage = stage().await;
        stage.slack_says(ADMIN, "help").await;
        let stage = restarted(stage, async |slack| shares_unheard(slack, file, faults).await).await;
        assert_eq!((outcomes(&stage).await, told(&stage, said)), ((0, 1), 1), "{said}");
        let stage = restarted(stage, async |slack| slack.order(Faults::default())).await;
        assert_eq!((outcomes(&stage).await, told(&stage, said)), ((0, 1), 1), "{said}: that is over");
    }
}

#[tokio::test]
async fn rules_in_a_file_that_slack_hands_out_to_nobody_for_long_are_told_so_once() {
    let stage = stage().await;
    stage.slack_says(ADMIN, "help").await;
    let file = SharedFile::text("rules.cedar", &writing_needs(2));
    shares_unheard(stage.slack(), file, trouble(999, 503)).await;
    stage.slack().cut();
    let said = "Send it again in a while";
    until("Slack’s file is given up", || {
        stage.clock.turn(SignedDuration::from_secs(1));
        told(&stage, said) > 0
    })
    .await;
    stage.settle().await;
    assert_eq!((outcomes(&stage).await, told(&stage, said)), ((0, 1), 1));
    let fetched = stage.slack().calls().iter().filter(|call| call.request.contains("/files-pri/")).count();
    assert!(fetched > 5, "it was tried again for a while: {fetched}");
}

#[tokio::test]
async fn rules_in_a_file_that_slack_delivers_twice_have_one_outcome() {
    for (status, outcome) in [(503, (0, 1)), (200, (1, 0))] {
        let stage = stage().await;
        if status != 200 {
            stage.slack().order(trouble(1, status));
        }
        stage.slack().deliver_twice(1);
        stage.shares("slack", ADMIN, SAYS, SharedFile::text("rules.cedar", &writing_needs(2))).await;
        assert_eq!(outcomes(&stage).await, outcome, "{status}");
        assert_eq!(told(&stage, "I have not read the file"), outcome.1, "{status}");
        let fetched =
            stage.slack().calls().iter().filter(|call| call.request.contains("/files-pri/")).count();
        assert_eq!(fetched, 1, "{status}: it is read once");
    }
}

#[tokio::test]
async fn rules_in_one_of_two_files_and_in_one_of_another_size_than_is_told_are_told_so() {
    let stage = stage().await;
    let large = format!("{}\n//{}\n", largest(), "x".repeat(9));
    stage.shares("slack", ADMIN, SAYS, SharedFile::text("rules.cedar", &large)).await;
    let before = outcomes(&stage).await;
    let address = format!("{}files-pri/", stage.slack().base_url());
    let told = async |files: Value, number: u32| {
        let event = json!({"type": "message", "subtype": "file_share", "channel": "D0", "channel_type": "im",
            "user": slack_user(ADMIN), "text": SAYS, "ts": format!("1772366400.00010{number}"), "files": files});
        stage.slack().send_event(event).await;
        stage.settle().await;
        stage.slack_sees(ADMIN).pop().unwrap_or_default()
    };
    let file = |name: &str, size: u32| json!({"name": name, "mimetype": "text/plain", "size": size, "url_private": format!("{address}T0-F0/{name}")});
    let several = told(json!([file("a.cedar", 9), file("b.cedar", 9)]), 1).await;
    assert!(several.contains("There are 2 files; send one"), "{several}");
    let none = told(json!({}), 2).await;
    assert!(!none.contains("I have not read the file"), "what is no list of files holds none: {none}");
    assert_eq!(outcomes(&stage).await, (before.0, before.1 + 1));
}
