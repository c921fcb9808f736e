//! Trouble on the wire: what may be concluded from it, and nothing more.

use std::time::Duration;

use countersign_domain::ports::{CallError, CallErrorKind, Permission, PermissionPlan};
use countersign_sandbox::{Drop, Fault, Faults};

use crate::stand::{SECRET, Stand, Who, for_every_forge, secrets};

const NOT_DONE: CallErrorKind = CallErrorKind::NotDone { after: None };

for_every_forge! {
    what_a_status_means_for_reading_and_for_writing
    the_vendors_wish_to_wait_is_passed_on
    a_connection_lost_leaves_a_write_unknown_whether_it_was_done_or_not
    garbage_instead_of_an_answer_is_a_broken_contract
    a_redirect_is_not_followed_with_our_credential
    a_wrong_credential_is_named_never_shown
    a_sick_vendor_is_left_alone_and_tried_again_when_the_time_has_come
}

fn once(matching: &str, fault: Fault) -> Faults {
    Faults { next: vec![Fault { times: 1, matching: matching.to_owned(), ..fault }], ..Faults::default() }
}

fn status(status: u16) -> Fault {
    Fault { status: Some(status), ..Fault::default() }
}

async fn grant(stand: &Stand) -> Result<(), CallError> {
    let erin = stand.miniature.account(Who::Erin);
    let plan = PermissionPlan::between(&erin, "payments-api", None, Some(Permission::Write));
    stand.forge.apply(&plan).await
}

async fn look(stand: &Stand) -> Result<Option<Permission>, CallError> {
    stand.forge.permission(&stand.miniature.account(Who::Erin), "payments-api").await
}

async fn what_a_status_means_for_reading_and_for_writing(stand: &Stand) {
    for (code, reading, writing) in [
        (400, CallErrorKind::Rejected, CallErrorKind::Rejected),
        (500, NOT_DONE, CallErrorKind::Unknown),
        (502, NOT_DONE, CallErrorKind::Unknown),
        (504, NOT_DONE, CallErrorKind::Unknown),
        (503, NOT_DONE, NOT_DONE),
        (429, NOT_DONE, NOT_DONE),
    ] {
        stand.miniature.order(once("", status(code)));
        let error = look(stand).await.unwrap_err();
        assert_eq!((error.kind, error.status), (reading, Some(code)), "reading: {error}");
        look(stand).await.unwrap();
        stand.miniature.order(once("PUT ", status(code)));
        let error = grant(stand).await.unwrap_err();
        assert_eq!((error.kind, error.status), (writing, Some(code)), "writing: {error}");
        look(stand).await.unwrap();
    }
    assert_eq!(stand.miniature.held(Who::Erin, "payments-api"), None);
}

async fn the_vendors_wish_to_wait_is_passed_on(stand: &Stand) {
    let wait = Duration::from_secs(7);
    for code in [429, 503] {
        stand.miniature.order(once("PUT ", Fault { retry_after: Some(7), ..status(code) }));
        assert_eq!(grant(stand).await.unwrap_err().kind, CallErrorKind::NotDone { after: Some(wait) });
        stand.clock.turn(wait);
    }
}

async fn a_connection_lost_leaves_a_write_unknown_whether_it_was_done_or_not(stand: &Stand) {
    for (drop, done) in [(Drop::Before, None), (Drop::After, Some(Permission::Write))] {
        stand.miniature.order(once("PUT ", Fault { drop: Some(drop), ..Fault::default() }));
        let error = grant(stand).await.unwrap_err();
        assert_eq!((error.kind, error.status), (CallErrorKind::Unknown, None), "{error}");
        assert_eq!(stand.miniature.held(Who::Erin, "payments-api"), done);
        assert_eq!(look(stand).await.unwrap(), done, "looking tells which");
    }
}

async fn garbage_instead_of_an_answer_is_a_broken_contract(stand: &Stand) {
    for body in ["{\"permission\":", "<html>", "[]", "{}", ""] {
        stand.miniature.order(once("", Fault { body: Some(body.to_owned()), ..Fault::default() }));
        assert_eq!(look(stand).await.unwrap_err().kind, CallErrorKind::Rejected, "{body}");
    }
}

async fn a_redirect_is_not_followed_with_our_credential(stand: &Stand) {
    let thief = crate::github::stand().await;
    for code in [301, 302, 307] {
        let location = Some(format!("{}/repositories/101", thief.miniature.base_url()));
        stand.miniature.order(once("GET ", Fault { location, ..status(code) }));
        let error = stand.forge.repository("infra").await.unwrap_err();
        assert_eq!(error.kind, CallErrorKind::Rejected, "{code}: {error}");
    }
    assert_eq!(thief.miniature.calls(), Vec::<String>::new());
}

async fn a_wrong_credential_is_named_never_shown(stand: &Stand) {
    let forge = stand.miniature.forge(secrets("stale-token-value"), &stand.outbound);
    let error = forge.repository("infra").await.unwrap_err();
    assert_eq!((error.kind, error.status), (CallErrorKind::Barred, Some(401)));
    assert!(error.detail.contains("store it as the secret `forge-token`"), "{error}");
    let echo =
        format!(r#"{{"message":"{SECRET} is no token","error":{{"message":"{SECRET} is no token"}}}}"#);
    stand.miniature.order(once("", Fault { body: Some(echo), ..status(401) }));
    let error = stand.forge.repository("infra").await.unwrap_err();
    assert!(!error.to_string().contains(SECRET) && !error.to_string().contains("stale-token"), "{error}");
}

async fn a_sick_vendor_is_left_alone_and_tried_again_when_the_time_has_come(stand: &Stand) {
    stand.miniature.order(Faults { next: vec![Fault { times: 3, ..status(503) }], ..Faults::default() });
    for _ in 0..3 {
        look(stand).await.unwrap_err();
    }
    let calls = stand.miniature.calls().len();
    let error = look(stand).await.unwrap_err();
    assert_eq!(error.kind, CallErrorKind::NotDone { after: Some(Duration::from_secs(30)) });
    assert_eq!(stand.miniature.calls().len(), calls, "nobody was called");
    stand.clock.turn(Duration::from_secs(30));
    look(stand).await.unwrap();
}
