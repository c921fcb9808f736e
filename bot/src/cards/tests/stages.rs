//! A request in every status: its whole card as who asked sees it, and what each kind of viewer can press.

use super::*;

#[test]
fn checking() {
    insta::assert_snapshot!(seen(&requested()), @r"
    K7QM2X: Erin asks for write on payments-api for 2 days
    Why: “rollout'. <b>Approved</b> by Ada, @here”
    Ticket: OPS-17
    Status: checking
    Asked on: 2026-03-01 12:00 UTC
    I am checking user, repository, ticket and rules; this card will change.
    You can say: withdraw K7QM2X

    erin: Withdraw
    ada, ben: sees nothing
    olga, rita: nothing to press
    mallory: sees nothing
    ");
}

#[test]
fn waiting_for_countersignatures() {
    insta::assert_snapshot!(seen(&waiting()), @r"
    K7QM2X: Erin asks for write on payments-api for 2 days
    (why, and under which ticket)
    Holds already: read, as Bitbucket says; this makes it write
    Status: waiting, 0 of 2 countersigned
    May countersign: Ada and Ben (the group approvers)
    Waits until: 2026-03-04 12:00 UTC
    (when it was asked, and by which rule)
    Receipt: e537c49f
    You can say: withdraw K7QM2X

    erin: Withdraw
    ada, ben: Approve, Deny
    olga, rita: nothing to press
    mallory: sees nothing
    ");
}

#[test]
fn half_countersigned_and_escalated() {
    let receipt = Digest::of(b"what was shown");
    let more = [signed(id("ada"), receipt), AccessEvent::Escalated { to: vec!["group:admins".into()] }];
    insta::assert_snapshot!(seen(&with(waiting(), more)), @r"
    K7QM2X: Erin asks for write on payments-api for 2 days
    (why, and under which ticket)
    Holds already: read, as Bitbucket says; this makes it write
    Status: waiting, 1 of 2 countersigned
    Countersigned by: Ada
    May countersign: Ben and Olga (the group admins or the group approvers)
    Waits until: 2026-03-04 12:00 UTC
    (when it was asked, and by which rule)
    Receipt: e537c49f
    Nobody answered for long, so more people were asked.
    You can say: withdraw K7QM2X

    erin: Withdraw
    ada: Take it back
    ben, olga: Approve, Deny
    rita: nothing to press
    mallory: sees nothing
    ");
}

#[test]
fn granting() {
    insta::assert_snapshot!(seen(&approved()), @r"
    K7QM2X: Erin gets write on payments-api for 2 days
    (why, and under which ticket)
    Held before: read, as Bitbucket said
    Status: granting
    Countersigned by: Ada and Ben
    (when it was asked, and by which rule)
    Approved. I am setting the permission, and read it back before I call it granted.
    You can say: give back K7QM2X

    erin: Give back
    ada, ben, olga: Revoke
    rita: nothing to press
    mallory: sees nothing
    ");
}

#[test]
fn in_force() {
    insta::assert_snapshot!(seen(&active()), @r"
    K7QM2X: Erin has write on payments-api
    (why, and under which ticket)
    Held before: read, as Bitbucket said
    Status: active
    Countersigned by: Ada and Ben
    (when it was asked, and by which rule)
    Granted on 2026-03-01 12:00 UTC, and read back. It ends by itself on 2026-03-03 12:00 UTC.
    You can say: extend K7QM2X for 1 day · give back K7QM2X

    erin: Extend by a day, Give back
    ada, ben, olga: Revoke
    rita: nothing to press
    mallory: sees nothing
    ");
}

#[test]
fn in_force_with_an_extension_proposed() {
    let history = with(active(), [proposed(Proposal::Extension(Longer::by(60)))]);
    insta::assert_snapshot!(seen(&history), @r"
    K7QM2X: Erin asks for 1 hour more of write on payments-api
    (why, and under which ticket)
    Held before: read, as Bitbucket said
    Status: active, an extension waits, 0 of 2 countersigned
    May countersign: Ada and Ben (the group approvers)
    Waits until: 2026-03-04 12:00 UTC
    (when it was asked, and by which rule)
    Receipt: 5f072b81
    Granted on 2026-03-01 12:00 UTC, and read back. It ends by itself on 2026-03-03 12:00 UTC; with this extension, on 2026-03-03 13:00 UTC.
    You can say: withdraw K7QM2X · give back K7QM2X

    erin: Withdraw the extension, Give back
    ada, ben: Approve, Deny, Revoke
    olga: Revoke
    rita: nothing to press
    mallory: sees nothing
    ");
}

#[test]
fn in_force_with_an_extension_denied() {
    let proposal = Proposal::Extension(Longer::by(60));
    let denied = [proposed(proposal), denied_by_ada(proposal, "two days are enough")];
    let before = "An extension was asked for and denied:\nDenied by Ada: “two days are enough”\nYou can say";
    assert_eq!(seen(&with(active(), denied)), seen(&active()).replace("You can say", before));
}

#[test]
fn ending() {
    let ending = Ending::GivenBack { by: id("erin") };
    insta::assert_snapshot!(seen(&with(active(), [AccessEvent::Own(GrantEvent::Ending { ending })])), @r"
    K7QM2X: Erin has write on payments-api
    (why, and under which ticket)
    Held before: read, as Bitbucket said
    Status: ending
    Countersigned by: Ada and Ben
    (when it was asked, and by which rule)
    I am taking the permission back: given back by Erin.

    erin, ada, ben, olga, rita: nothing to press
    mallory: sees nothing
    ");
}

#[test]
fn why_a_countersignature_counts_no_more_is_said_while_none_counts_and_what_has_changed_only_where_it_has() {
    let changed = |present| AccessEvent::EvidenceChanged {
        findings: Box::new(Findings { present, ..findings() }),
        differences: vec![],
        voided: vec![],
    };
    let countersigned = |by| signed(id(by), Digest::of(b"what was shown"));
    let rules = || AccessEvent::Rechecked { terms: Box::new(Terms { version: 4, ..terms() }) };
    let there_and_back = || [changed(None), changed(findings().present)];
    let said = |then: Vec<AccessEvent>| {
        let lines = seen_by(&with(waiting(), then), "ada", noon()).lines;
        let of_that = |line: &String| line.contains("first shown") || line.contains("count");
        lines.into_iter().filter(of_that).collect::<Vec<_>>()
    };
    let mut then = there_and_back().to_vec();
    assert_eq!(said(then.clone()), [""; 0]);
    then.push(countersigned("ben"));
    assert_eq!(said(then.clone()), [""; 0]);
    then.push(rules());
    let by_rules = "A countersignature counts no more: the rules say something else of this by now.";
    assert_eq!(said(then.clone()), [by_rules]);
    then.push(countersigned("ada"));
    assert_eq!(said(then), [""; 0], "it never stands below one that counts");
    let then = [vec![countersigned("ben")], there_and_back().to_vec()].concat();
    let by_evidence =
        "What was countersigned before counts for nothing: what is shown here has changed since.";
    assert_eq!(said(then.clone()), [by_evidence]);
    // Each cause by itself: what the one took is not counted with the other.
    let then = [then, vec![countersigned("ada"), rules()]].concat();
    assert_eq!(said(then.clone()), [format!("{by_evidence} {by_rules}")]);
    let signer = AccessEvent::CountersignatureVoided { by: id("zoe") };
    let by_signer = "A countersignature counts no more: whoever gave it may not give one any more.";
    let then = [then, vec![countersigned("zoe"), signer]].concat();
    assert_eq!(said(then), [format!("{by_evidence} {by_rules} {by_signer}")]);
}

#[test]
fn failed_while_granting() {
    let failed = AccessEvent::Failed {
        phase: Phase::Granting,
        why: "Bitbucket answered 403: the token\nmay not administer payments-api".into(),
        given_up: false,
    };
    insta::assert_snapshot!(seen(&with(approved(), [failed])), @r"
    K7QM2X: Erin asked for write on payments-api for 2 days
    (why, and under which ticket)
    Held before: read, as Bitbucket said
    Status: failed
    Countersigned by: Ada and Ben
    (when it was asked, and by which rule)
    Setting the permission did not work: Bitbucket answered 403: the token may not administer payments-api
    Nothing is lost: an admin can have it tried again, or say how it ends.
    You can say: give back K7QM2X · why K7QM2X

    erin: Give back, Why?
    ada, ben: Revoke, Why?
    olga: Revoke, See what is parked, Why?
    rita: Why?
    mallory: sees nothing
    ");
}
