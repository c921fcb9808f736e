//! Documents are brought wherever people talk: by a file in a chat, by the page of the console, and looked after by sentences.

use countersign_domain::audience::Acl;
use countersign_sandbox::{FileContent, SharedFile};
use countersign_tests::console::read;
use countersign_tests::sharing::CHATS;
use reqwest::header::{CONTENT_TYPE, COOKIE};

use super::*;

const SAYS: &str = "add document called \"The VPN\" for everybody because it is asked every day";

/// The code of the document that was brought last.
async fn newest(stage: &Stage) -> String {
    let events = stage.audited("document_requested").await;
    events.last().and_then(|event| event["code"].as_str()).expect("somebody brought one").to_owned()
}

async fn brought(stage: &Stage) -> usize {
    stage.audited("document_requested").await.len()
}

async fn stands(stage: &Stage, code: &str) -> Value {
    stage.get(ADMIN, &format!("/api/v1/documents/{code}")).await
}

#[tokio::test]
async fn document_a_file_that_is_sent_in_a_chat_is_read_countersigned_and_answered_from() {
    let (stage, answers) = in_chats().await;
    for (at, chat) in CHATS.into_iter().enumerate() {
        stage.shares(chat, EMPLOYEE, SAYS, SharedFile::text("vpn.txt", VPN)).await;
        assert_eq!(brought(&stage).await, at + 1, "{chat}: {:#?}", stage.sees_in(chat, EMPLOYEE));
        let code = newest(&stage).await;
        let waits = stands(&stage, &code).await;
        assert_eq!((&waits["status"], &waits["title"]), (&"waiting".into(), &"The VPN".into()), "{chat}");
        assert!(
            waits["lines"][0].as_str().unwrap().contains("The VPN is closed on Sundays"),
            "{chat}: {waits:#}"
        );
        let told = stage.sees_in(chat, EMPLOYEE).join("\n");
        assert!(told.contains(&code) && told.contains("everybody here"), "{chat}: {told}");
        stage.says(ADMIN, &format!("approve {code}")).await;
        assert_eq!(stands(&stage, &code).await["status"], "live", "{chat}");
        stage.says(EMPLOYEE, &format!("retire document {code}")).await;
    }
    assert!(answers.indexed().is_empty());
    // What is heard names the file, and nothing that stands in it.
    let heard = stage.audited("interaction_received").await;
    let heard: Vec<_> = heard.iter().filter(|event| event["data"]["said"]["kind"] == "shared").collect();
    assert_eq!(heard.len(), CHATS.len(), "{heard:#?}");
    assert!(heard.iter().all(|event| event["data"]["said"]["file"]["name"] == "vpn.txt"), "{heard:#?}");
    assert!(!format!("{heard:?}").contains("Sundays"), "{heard:#?}");
}

#[tokio::test]
async fn document_a_file_in_a_chat_that_is_none_is_told_so_in_words() {
    let (stage, answers) = in_chats().await;
    let bytes = |name: &str, media: &str, bytes: Vec<u8>| SharedFile {
        name: name.to_owned(),
        media: media.to_owned(),
        content: FileContent::Bytes(bytes),
    };
    for chat in CHATS {
        for (file, says) in [
            (bytes("nothing.txt", "text/plain", vec![]), "Nothing stands in nothing.txt"),
            (bytes("large.txt", "text/plain", vec![b'a'; (1 << 20) + 1]), "larger than 1 MiB"),
        ] {
            stage.shares(chat, EMPLOYEE, SAYS, file).await;
            let told = stage.sees_in(chat, EMPLOYEE).pop().unwrap_or_default();
            assert!(
                told.contains(says) && told.contains("I have not read the file"),
                "{chat}: {says}: {told}"
            );
            assert_eq!(brought(&stage).await, 0, "{chat}: {says}");
        }
    }
    for (file, says) in [
        (
            bytes("program.exe", "application/octet-stream", vec![0xff, 0xfe, 0x00]),
            "I do not read files of this kind",
        ),
        (bytes("pay.pdf", "application/pdf", b"%PDF-1.7 encrypted".to_vec()), "with a password only"),
    ] {
        stage.shares("slack", EMPLOYEE, SAYS, file).await;
        let denied = stands(&stage, &newest(&stage).await).await;
        assert_eq!(denied["status"], "denied", "{denied:#}");
        assert!(denied["violations"][0].as_str().unwrap().contains(says), "{denied:#}");
    }
    let before = brought(&stage).await;
    stage.shares("slack", EMPLOYEE, "add document", SharedFile::text("vpn.txt", VPN)).await;
    let told = stage.slack_sees(EMPLOYEE).pop().unwrap_or_default();
    assert!(told.contains("not said who may read it"), "{told}");
    let without = stage.says(EMPLOYEE, "add document for everybody").await;
    assert!(without.refused && without.text.contains("There is no file with it"), "{without:#?}");
    // A file beside anything else is nobody's business.
    stage.shares("slack", EMPLOYEE, "documents", SharedFile::text("vpn.txt", VPN)).await;
    assert_eq!(brought(&stage).await, before);
    assert!(answers.indexed().is_empty());
}

#[tokio::test]
async fn document_a_next_version_is_sent_in_a_chat_and_takes_the_place_of_the_one_before() {
    let (stage, _) = in_chats().await;
    let first = live(&stage, "name=vpn.txt&title=The%20VPN&groups=approvers", VPN).await;
    let says = format!("add document replacing {first}");
    stage
        .shares("teams", EMPLOYEE, &says, SharedFile::text("vpn2.txt", "The VPN is closed on Mondays.\n"))
        .await;
    let second = newest(&stage).await;
    stage.says(ADMIN, &format!("approve {second}")).await;
    let now = stands(&stage, &second).await;
    assert_eq!((&now["status"], &now["version"]), (&"live".into(), &2.into()), "{now:#}");
    assert_eq!(now["readers"]["groups"][0], "approvers", "nobody more may read it than before: {now:#}");
    assert_eq!(stands(&stage, &first).await["status"], "replaced");
}

#[tokio::test]
async fn document_a_name_with_folders_in_it_is_a_name_and_no_more() {
    let (stage, _) = stage().await;
    let told = bring(&stage, EMPLOYEE, "name=..%2F..%2Fetc%2Fpasswd.txt&groups=*", VPN.as_bytes()).await;
    let waits = stands(&stage, &code(&told)).await;
    assert_eq!((&waits["status"], &waits["title"]), (&"waiting".into(), &"passwd".into()), "{waits:#}");
}

#[tokio::test]
async fn document_fewer_read_it_from_the_moment_it_is_narrowed_and_never_more() {
    let (stage, _) = stage().await;
    let code = live(&stage, "name=vpn.txt&title=The%20VPN&groups=*", VPN).await;
    let refused = stage.says("demo-auditor", &format!("narrow document {code} to approvers")).await;
    assert!(refused.refused, "it is not theirs: {refused:#?}");
    stage.says(EMPLOYEE, &format!("narrow document {code} to approvers")).await;
    let theirs = stage.says(APPROVER, "When is the VPN closed?").await;
    assert!(said(&theirs).contains("closed on Sundays"), "{theirs:#?}");
    let not_theirs = stage.says("demo-auditor", "When is the VPN closed?").await;
    assert!(said(&not_theirs).contains("I do not know"), "{not_theirs:#?}");
    let wider = stage.says(EMPLOYEE, &format!("narrow document {code} to everybody")).await;
    assert!(wider.refused && wider.text.contains("takes a countersignature"), "{wider:#?}");
}

#[tokio::test]
async fn document_that_it_is_still_right_is_said_in_a_sentence_until_a_day() {
    let (stage, _) = stage().await;
    let code = live(&stage, "name=vpn.txt&title=The%20VPN&groups=*", VPN).await;
    let refused = stage.says(EMPLOYEE, &format!("review document {code} until someday")).await;
    assert!(refused.refused, "{refused:#?}");
    stage.says(EMPLOYEE, &format!("review document {code} until 2027-01-31")).await;
    let why = stage.says(EMPLOYEE, &format!("why {code}")).await;
    assert!(why.text.contains("says that it is right, until 2027-01-31"), "{}", why.text);
}

#[tokio::test]
async fn document_who_may_read_a_collection_may_read_what_is_in_it_whatever_it_says() {
    let (stage, _) = with(|settings| {
        settings.collections.insert("payroll".to_owned(), Acl::of(["approvers".to_owned()]));
    })
    .await;
    live(&stage, "name=pay.txt&title=Pay&collection=payroll&groups=*", "The bonus is paid in March.\n").await;
    let theirs = stage.says(APPROVER, "When is the bonus paid?").await;
    assert!(said(&theirs).contains("paid in March"), "{theirs:#?}");
    let not_theirs = stage.says("demo-auditor", "When is the bonus paid?").await;
    assert!(said(&not_theirs).contains("I do not know"), "{not_theirs:#?}");
    // Where nothing is said of a document, what is said of its collection holds.
    let told = bring(&stage, EMPLOYEE, "name=rise.txt&collection=payroll", b"Wages rise in May.\n").await;
    assert_eq!(told["readers"]["groups"][0], "approvers", "{told:#}");
}

#[tokio::test]
async fn document_a_text_is_written_on_the_page_and_stands_there_with_its_state() {
    let (stage, _) = stage().await;
    let session = stage.signs_in(EMPLOYEE).await;
    let fields = [("title", "The VPN"), ("collection", "it"), ("readers", "everybody"), ("text", VPN)];
    session.sends("/documents", &fields).await;
    let code = newest(&stage).await;
    let page = read(&session.page("/documents").await);
    assert!(page.contains("The VPN") && page.contains("waiting") && page.contains(&code), "{page}");
    stage.says(ADMIN, &format!("approve {code}")).await;
    let card = stage.says(APPROVER, "When is the VPN closed?").await;
    assert!(said(&card).contains("closed on Sundays"), "{card:#?}");
    let page = read(&session.page(&format!("/documents?shown={code}")).await);
    assert!(page.contains("live") && page.contains("Next version"), "{page}");
    // What is refused stands where it was written.
    for (readers, text, says) in [
        ("", "Written in vain.", "not said who may read it"),
        ("everybody", " \n", "There is no file with it"),
    ] {
        let page =
            session.sends("/documents", &[("title", "Vain"), ("readers", readers), ("text", text)]).await;
        assert!(page.contains(says) && page.contains("value=\"Vain\""), "{says}: {page}");
    }
}

#[tokio::test]
async fn document_a_file_that_is_chosen_on_the_page_takes_the_way_of_programs() {
    let (stage, _) = stage().await;
    let session = stage.signs_in(EMPLOYEE).await;
    let page = session.page("/documents").await;
    assert!(page.contains("type=\"file\"") && page.contains("<noscript>"), "{page}");
    let send = async |site: &str| {
        let url = stage.url("/api/v1/documents?name=vpn.txt&groups=everybody");
        let request =
            stage.client().post(url).header(COOKIE, session.cookie()).header("sec-fetch-site", site);
        let request = request.header(CONTENT_TYPE, "application/octet-stream").body(VPN);
        let answer = request.send().await.expect("the bot answers");
        stage.settle().await;
        answer.status().as_u16()
    };
    assert_eq!(send("cross-site").await, 403);
    assert_eq!(brought(&stage).await, 0, "a page of somebody else brings nothing");
    assert_eq!(send("same-origin").await, 202);
    assert_eq!(stands(&stage, &newest(&stage).await).await["readers"]["everybody"], true);
}

#[tokio::test]
async fn gaps_a_press_begins_a_document_that_answers_and_shows_nobody_else_what_was_asked() {
    let (stage, _) = stage().await;
    stage.says(EMPLOYEE, "Where is the lift?").await;
    let gaps = stage.says(ADMIN, "gaps").await;
    let press = gaps.buttons.iter().find(|button| button.label == "Document: Where is the lift?");
    let begun = stage.says(ADMIN, &press.unwrap_or_else(|| panic!("no button in {gaps:#?}")).say).await;
    let field = begun.fields.first().and_then(|field| field.link.clone());
    let link = field.unwrap_or_else(|| panic!("no page in {begun:#?}"));
    assert!(begun.text.contains("add document called \"Where is the lift\""), "{begun:#?}");
    let page = stage.signs_in(ADMIN).await.page(&link).await;
    assert!(page.contains("value=\"Where is the lift\"") && page.contains("# Where is the lift?"), "{page}");
    let others = stage.signs_in(APPROVER).await.page(&link).await;
    assert!(!others.contains("lift"), "{others}");
    let answer = [
        ("title", "Where is the lift"),
        ("readers", "*"),
        ("text", "# Where is the lift?\n\nThe lift is behind the stairs."),
    ];
    stage.signs_in(ADMIN).await.sends("/documents", &answer).await;
    // Nobody countersigns their own, and the demo has one administrator: where the rules ask nobody else, it is live at once.
    let code = newest(&stage).await;
    let status = stands(&stage, &code).await["status"].clone();
    assert!(status == "live" || status == "waiting", "{status}");
}
