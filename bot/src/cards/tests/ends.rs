//! A request that came to nothing, or whose access is over.

use super::*;

#[test]
fn denied_by_the_checks_with_every_reason() {
    let form = Form {
        permission: Some("owner".into()),
        repository: Some("no such thing".into()),
        duration: Some("0 days".into()),
        reason: Some("a\u{202E}b".into()),
        ..Form::default()
    };
    let asked = asked(&form);
    let mut violations = asked.faults.clone();
    violations.push(Fault::UnknownRepository { repository: "no such thing".into() }.into());
    let history = vec![
        AccessEvent::Requested { asked: Box::new(asked) },
        AccessEvent::Checked { findings: Box::default(), ruling: None },
        AccessEvent::Denied { proposal: Proposal::Grant, by: None, reason: None, violations, rules: None },
    ];
    insta::assert_snapshot!(seen(&history), @r"
    K7QM2X: Erin asked for access on “no such thing”
    Status: denied
    Asked on: 2026-03-01 12:00 UTC
    “owner” is not a permission: use read, write or admin.
    “0 days” is not a duration I can use: the duration is zero: the shortest is 1 minute.
    The reason holds the invisible character U+202E at place 2, which could mislead readers; please leave it out.
    There is no repository “no such thing” in Bitbucket. Check the spelling.
    You can say: why K7QM2X

    erin: Why?
    ada, ben: sees nothing
    olga, rita: Why?
    mallory: sees nothing
    ");
}

#[test]
fn denied_by_a_person() {
    let denied = denied_by_ada(Proposal::Grant, "not during the freeze");
    insta::assert_snapshot!(seen(&with(waiting(), [denied])), @r"
    K7QM2X: Erin asked for write on payments-api for 2 days
    (why, and under which ticket)
    Holds already: read, as Bitbucket says
    Status: denied
    (when it was asked, and by which rule)
    Denied by Ada: “not during the freeze”
    You can say: why K7QM2X

    erin, ada, ben, olga, rita: Why?
    mallory: sees nothing
    ");
}

#[test]
fn withdrawn_or_without_an_answer() {
    let withdrawn = AccessEvent::Withdrawn { proposal: Proposal::Grant, by: id("erin") };
    let withdrawn = seen(&with(waiting(), [withdrawn]));
    insta::assert_snapshot!(withdrawn, @r"
    K7QM2X: Erin asked for write on payments-api for 2 days
    (why, and under which ticket)
    Holds already: read, as Bitbucket says
    Status: withdrawn
    (when it was asked, and by which rule)
    It was withdrawn by Erin before it was granted; nothing was changed.

    erin, ada, ben, olga, rita: nothing to press
    mallory: sees nothing
    ");
    let lapsed = AccessEvent::Lapsed { proposal: Proposal::Grant };
    let otherwise = withdrawn.replace("Status: withdrawn", "Status: expired").replace(
        "It was withdrawn by Erin before it was granted; nothing was changed.",
        "Nobody countersigned in time. Ask again if it is still needed.",
    );
    assert_eq!(seen(&with(waiting(), [lapsed])), otherwise);
}

#[test]
fn over_by_whatever_ended_it() {
    let expired = seen(&ended(&Ending::Expired));
    insta::assert_snapshot!(expired, @r"
    K7QM2X: Erin had write on payments-api
    (why, and under which ticket)
    Held before: read, as Bitbucket said
    Status: expired
    Countersigned by: Ada and Ben
    (when it was asked, and by which rule)
    Its time is over. The permission was taken back, and that was read back.

    erin, ada, ben, olga, rita: nothing to press
    mallory: sees nothing
    ");
    let given_back = Ending::GivenBack { by: id("erin") };
    let revoked = Ending::Revoked { by: id("olga"), reason: Some("the contract ended".into()) };
    for (ending, status, why) in [
        (given_back, "given back", "Given back by Erin."),
        (revoked, "revoked", "Revoked by Olga (“the contract ended”)."),
    ] {
        let otherwise = expired.replace("Status: expired", &format!("Status: {status}"));
        assert_eq!(seen(&ended(&ending)), otherwise.replace("Its time is over.", why));
    }
}
