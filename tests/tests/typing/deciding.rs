//! What approvers say without a command or with more than its name: it is about what waits, the true reason is said, and a condition
//! is never passed over.

use countersign_domain::card::Card;
use countersign_sandbox::Fault;
use countersign_tests::stage::Stage;
use countersign_tests::typed::{in_december, labels, requests};
use countersign_tests::vendors::trouble;

use crate::{APPROVER, EMPLOYEE, WRITE};

const READ: &str = "access read on infra for 2 hours";

/// Two of the employee's requests that wait: write on payments-api, and read on infra.
async fn two_wait() -> (Stage, [String; 2]) {
    let stage = in_december(Stage::new().await).await;
    let mut codes = [String::new(), String::new()];
    for (code, text) in codes.iter_mut().zip([WRITE, READ]) {
        *code = stage.says(EMPLOYEE, text).await.code.expect("a code").to_string();
    }
    (stage, codes)
}

async fn still_wait(stage: &Stage, codes: &[String; 2], said: &str, card: &Card) {
    for code in codes {
        assert_eq!(stage.status(code).await, "waiting", "{said}: {}", card.text);
    }
    assert_eq!(requests(stage).await, 2, "{said}: {}", card.text);
}

#[tokio::test]
async fn trust_c3_a_decision_in_words_is_asked_about_the_one_that_is_named() {
    let (stage, codes) = two_wait().await;
    for (said, verb) in [
        ("lgtm infra", "countersign"),
        ("infra ok", "countersign"),
        ("yes infra", "countersign"),
        ("👍 infra", "countersign"),
        ("ja, infra", "countersign"),
        ("looks good to me, infra", "countersign"),
        ("no infra", "deny"),
        ("no, infra", "deny"),
        ("infra ablehnen", "deny"),
    ] {
        let card = stage.says(APPROVER, said).await;
        assert_eq!(card.title, format!("Do you want to {verb} this one?"), "{said}: {}", card.text);
        assert!(labels(&card)[0].contains(&codes[1]), "{said}: {}", card.text);
        still_wait(&stage, &codes, said, &card).await;
        stage.says(APPROVER, "never mind").await;
    }
    for (said, reason) in [
        ("reject infra, too long", "too long"),
        ("rechaza infra porque es mucho", "es mucho"),
        ("no infra because it is too long", "it is too long"),
    ] {
        let (stage, codes) = two_wait().await;
        let mut card = stage.says(APPROVER, said).await;
        if card.title.contains('?') {
            assert!(card.title.contains(reason), "{said}: {}", card.text);
            card = stage.says(APPROVER, "yes").await;
        }
        assert_eq!(stage.status(&codes[1]).await, "denied", "{said}: {}", card.text);
        assert_eq!(stage.status(&codes[0]).await, "waiting", "{said}");
        let why = stage.says(EMPLOYEE, &format!("why {}", codes[1])).await;
        assert!(why.text.contains(reason), "{said}: {}", why.text);
    }
    let (stage, codes) = two_wait().await;
    stage.says(APPROVER, "lgtm infra").await;
    stage.says(APPROVER, "yes").await;
    assert_eq!(stage.status(&codes[1]).await, "active");
}

#[tokio::test]
async fn trust_c3_what_an_approver_remarks_never_becomes_their_own_request() {
    for said in [
        "looks wrong to me",
        "ok: looks fine",
        "looks good to me, Bob",
        "the write one",
        "read it",
        "just the infra one",
        "infra",
    ] {
        let (stage, codes) = two_wait().await;
        let card = stage.says(APPROVER, said).await;
        still_wait(&stage, &codes, said, &card).await;
        assert!(!card.text.contains("So far I have"), "{said}: {}", card.text);
        assert!(!card.text.contains("no repository"), "{said}: {}", card.text);
        stage.says(APPROVER, "never mind").await;
    }
    // Nobody can tell whether it is there while the forge does not answer: then it is a request as any other.
    let (stage, codes) = two_wait().await;
    let down = Fault { matching: "GET".to_owned(), times: 99, status: Some(503), ..Fault::default() };
    stage.demo.bitbucket.order(trouble([down]));
    let card = stage.says(APPROVER, "read on web-shop").await;
    assert!(!card.text.contains(&codes[0]) && !card.text.contains(&codes[1]), "{}", card.text);
    // Who wants it says so.
    let (stage, _) = two_wait().await;
    stage.says(APPROVER, "I need read on web-shop for 1 hour").await;
    assert_eq!(requests(&stage).await, 3);
}

#[tokio::test]
async fn trust_c3_what_has_no_place_in_a_decision_is_named_and_asked_about() {
    for (said, told) in [
        ("approve infra for 1 hour only", "“for 1 hour only” has no place in that"),
        ("approve infra until tonight", "“until tonight” has no place in that"),
        ("approve infra tomorrow", "“tomorrow” has no place in that"),
        ("approve infra never", "“never” has no place in that"),
        ("approve 2 hours on payments-api", "“2 hours” has no place in that"),
        ("approve infra if Ada agrees", "“if Ada agrees” has no place in that"),
        ("lgtm infra, but only for 1 hour", "has no place in that"),
        ("approve both for 1 hour", "“for 1 hour” has no place in that"),
        ("approve tomorrow", "“tomorrow” has no place in that"),
        ("approve until tonight", "“until tonight” has no place in that"),
        ("approve it for 1 hour", "“for 1 hour” has no place in that"),
    ] {
        let (stage, codes) = two_wait().await;
        let card = stage.says(APPROVER, said).await;
        assert!(card.title.contains(told), "{said}: {}", card.text);
        still_wait(&stage, &codes, said, &card).await;
    }
    for (said, told) in [
        ("approve write on infra", "There is no write on infra; Erin Employee’s read waits."),
        ("approve infra for Ben", "It is Erin Employee’s, not Ben’s."),
        ("approve Ben's infra", "It is Erin Employee’s, not Ben’s."),
        ("deny write on infra", "There is no write on infra; Erin Employee’s read waits."),
    ] {
        let (stage, codes) = two_wait().await;
        let card = stage.says(APPROVER, said).await;
        assert!(card.title.starts_with(told), "{said}: {}", card.text);
        still_wait(&stage, &codes, said, &card).await;
    }
}

#[tokio::test]
async fn trust_c3_what_goes_on_behind_a_thanks_is_not_passed_over() {
    for said in [
        "approve CODE, thanks, but only after Ada agrees",
        "approve infra, thanks, only for 1 hour",
        "approve CODE thanks but not before Monday",
        "approve CODE, thanks, Tomorrow",
        "approve CODE. Thanks. Tomorrow",
    ] {
        let (stage, codes) = two_wait().await;
        let card = stage.says(APPROVER, &said.replace("CODE", &codes[1])).await;
        still_wait(&stage, &codes, said, &card).await;
    }
}

#[tokio::test]
async fn trust_c3_politeness_and_only_beside_a_name_hold_nothing_up() {
    for said in [
        "approve infra",
        "approve only infra",
        "approve the read on infra please",
        "approve CODE please, thanks Erin",
        "approve Erin's infra, thanks!",
        "approve infra request",
    ] {
        let (stage, codes) = two_wait().await;
        // Who decides by a name was shown what it names.
        stage.says(APPROVER, "status").await;
        let card = stage.says(APPROVER, &said.replace("CODE", &codes[1])).await;
        assert_eq!(stage.status(&codes[1]).await, "active", "{said}: {}", card.text);
        assert_eq!(stage.status(&codes[0]).await, "waiting", "{said}: {}", card.text);
    }
}

#[tokio::test]
async fn trust_c3_neither_an_acknowledgement_nor_an_approval_denies() {
    let (stage, codes) = two_wait().await;
    for said in ["ok", "alright", "got it", "no problem", "approved", "yes"] {
        let card = stage.says(APPROVER, &format!("change {} to 1 hour", codes[0])).await;
        assert!(card.title.starts_with("Only Erin Employee can change"), "{}", card.text);
        let card = stage.says(APPROVER, said).await;
        still_wait(&stage, &codes, said, &card).await;
        stage.says(APPROVER, "never mind").await;
    }
    for said in ["approved", "genehmigt", "lgtm", "looks good to me", "ok", "alright", "ok thanks"] {
        let card = stage.says(APPROVER, "no infra").await;
        assert_eq!(card.title, "Do you want to deny this one?", "{}", card.text);
        let card = stage.says(APPROVER, said).await;
        still_wait(&stage, &codes, said, &card).await;
        stage.says(APPROVER, "never mind").await;
    }
}

#[tokio::test]
async fn trust_c3_a_permission_is_no_yes_and_approve_is_none_to_a_denial() {
    let (stage, codes) = two_wait().await;
    let card = stage.says(EMPLOYEE, "cancel payments-api?").await;
    assert_eq!(card.title, "Do you want to withdraw this one?", "{}", card.text);
    let card = stage.says(EMPLOYEE, "write").await;
    still_wait(&stage, &codes, "write", &card).await;
    stage.says(EMPLOYEE, "never mind").await;

    let doubtful = format!("deny {} because risky, never mind", codes[1]);
    for said in ["write", "read", "approve", "approve it"] {
        let card = stage.says(APPROVER, &doubtful).await;
        assert!(card.title.ends_with('?'), "{}", card.text);
        let card = stage.says(APPROVER, said).await;
        still_wait(&stage, &codes, said, &card).await;
        stage.says(APPROVER, "never mind").await;
    }
    // A yes that says what to do is one to that, and asks for the other.
    stage.says(APPROVER, "no infra").await;
    stage.says(APPROVER, "ja, ablehnen").await;
    let card = stage.says(APPROVER, "not needed").await;
    let card = if card.title.contains('?') { stage.says(APPROVER, "yes").await } else { card };
    assert_eq!(stage.status(&codes[1]).await, "denied", "{}", card.text);
    let card = stage.says(APPROVER, "lgtm payments-api").await;
    assert_eq!(card.title, "Do you want to countersign this one?", "{}", card.text);
    let card = stage.says(APPROVER, "yes, deny it").await;
    assert_eq!(card.title, "Do you want to deny this one?", "{}", card.text);
    assert_eq!(stage.status(&codes[0]).await, "waiting");
}

#[tokio::test]
async fn trust_c3_several_at_once_are_told_that_each_is_done_by_itself() {
    let (stage, codes) = two_wait().await;
    let first = stage.says(APPROVER, "approve").await;
    for (said, told) in [
        ("both", "Each is done by itself."),
        ("1 and 2", "Each is done by itself."),
        ("all of them", "Each is done by itself."),
        ("ok", "There are several."),
        ("yes", "There are several."),
    ] {
        let card = stage.says(APPROVER, said).await;
        assert!(card.text.contains(told), "{said}: {}", card.text);
        assert_eq!(labels(&card), labels(&first), "{said}: {}", card.text);
        still_wait(&stage, &codes, said, &card).await;
    }
    let card = stage.says(APPROVER, "infra").await;
    still_wait(&stage, &codes, "a list shows nothing", &card).await;
    stage.says(APPROVER, "yes").await;
    assert_eq!(stage.status(&codes[1]).await, "active");
    assert_eq!(stage.status(&codes[0]).await, "waiting");
}

#[tokio::test]
async fn trust_c3_a_whole_request_of_an_approver_is_theirs_and_a_permission_names_what_waits() {
    let (stage, codes) = two_wait().await;
    stage.says(APPROVER, "ok, read on infra for 3 hours").await;
    assert_eq!(requests(&stage).await, 3, "it is their own");
    assert_eq!(stage.status(&codes[1]).await, "waiting");
    let card = stage.says(APPROVER, "approve write").await;
    assert!(card.title.ends_with('?'), "{}", card.text);
    assert!(labels(&card)[0].contains(&codes[0]), "{}", card.text);
    assert_eq!(stage.status(&codes[0]).await, "waiting");
}

#[tokio::test]
async fn trust_c3_a_no_with_why_at_a_yes_or_no_is_asked_as_a_denial_and_what_is_decided_is_only_shown() {
    let stage = in_december(Stage::new().await).await;
    let code = stage.says(EMPLOYEE, WRITE).await.code.expect("a code").to_string();
    for (text, why) in [("nein, weil Codefreeze", "Codefreeze"), ("no, porque es viernes", "es viernes")] {
        stage.says(APPROVER, "lgtm").await;
        let card = stage.says(APPROVER, text).await;
        let asked = format!("Do you want to deny this one because “{why}”?");
        assert_eq!(card.title, asked, "{text}: {}", card.text);
        assert_eq!(stage.status(&code).await, "waiting", "{text}");
        stage.says(APPROVER, "cancel").await;
    }
    // Nobody decides on their own, and may want to withdraw it.
    stage.says(EMPLOYEE, &format!("deny {code} because I was wrong")).await;
    stage.says(EMPLOYEE, "yes").await;
    assert_eq!(stage.status(&code).await, "withdrawn");
    let code = stage.says(EMPLOYEE, WRITE).await.code.expect("a code").to_string();
    stage.says(APPROVER, &format!("approve {code}")).await;
    for text in ["CODE ok", "approve CODE if OPS-18 is done"] {
        let card = stage.says(APPROVER, &text.replace("CODE", &code)).await;
        assert!(!card.title.contains("Do you want to"), "{text}: {}", card.text);
        assert_eq!(stage.status(&code).await, "active", "{text}");
    }
}

#[tokio::test]
async fn trust_c3_who_says_that_it_is_good_is_told_that_a_denial_was_asked() {
    let (stage, codes) = two_wait().await;
    for said in ["aprobado", "approved", "lgtm"] {
        stage.says(APPROVER, "no infra").await;
        let card = stage.says(APPROVER, said).await;
        assert!(card.text.contains("I asked whether to deny it"), "{said}: {}", card.text);
        assert!(!card.text.contains("a question for no answer"), "{said}: {}", card.text);
        still_wait(&stage, &codes, said, &card).await;
        stage.says(APPROVER, "never mind").await;
    }
}
