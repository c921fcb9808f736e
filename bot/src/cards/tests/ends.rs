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
    ada: sees nothing
    ben: sees nothing
    olga: Why?
    rita: Why?
    mallory: sees nothing
    ");
}

#[test]
fn denied_by_a_person() {
    let denied = AccessEvent::Denied {
        proposal: Proposal::Grant,
        by: Some(id("ada")),
        reason: Some("not during the freeze".into()),
        violations: vec![],
        rules: None,
    };
    insta::assert_snapshot!(seen(&with(waiting(), [denied])), @r"
    K7QM2X: Erin asked for write on payments-api for 2 days
    Why: “rollout'. <b>Approved</b> by Ada, @here”
    Ticket: OPS-17 “Roll out the payments” (To Do) https://tracker.example/OPS-17
    Holds already: read, as Bitbucket says
    Status: denied
    Asked on: 2026-03-01 12:00 UTC
    Rule: write-needs-two, version 3 of the rules: “Production: think twice.”
    Denied by Ada: “not during the freeze”
    You can say: why K7QM2X

    erin: Why?
    ada: Why?
    ben: Why?
    olga: Why?
    rita: Why?
    mallory: sees nothing
    ");
}

#[test]
fn withdrawn() {
    let withdrawn = AccessEvent::Withdrawn { proposal: Proposal::Grant, by: id("erin") };
    insta::assert_snapshot!(seen(&with(waiting(), [withdrawn])), @r"
    K7QM2X: Erin asked for write on payments-api for 2 days
    Why: “rollout'. <b>Approved</b> by Ada, @here”
    Ticket: OPS-17 “Roll out the payments” (To Do) https://tracker.example/OPS-17
    Holds already: read, as Bitbucket says
    Status: withdrawn
    Asked on: 2026-03-01 12:00 UTC
    Rule: write-needs-two, version 3 of the rules: “Production: think twice.”
    It was withdrawn by Erin before it was granted; nothing was changed.

    erin:
    ada:
    ben:
    olga:
    rita:
    mallory: sees nothing
    ");
}

#[test]
fn expired_without_an_answer() {
    let lapsed = AccessEvent::Lapsed { proposal: Proposal::Grant };
    insta::assert_snapshot!(seen(&with(waiting(), [lapsed])), @r"
    K7QM2X: Erin asked for write on payments-api for 2 days
    Why: “rollout'. <b>Approved</b> by Ada, @here”
    Ticket: OPS-17 “Roll out the payments” (To Do) https://tracker.example/OPS-17
    Holds already: read, as Bitbucket says
    Status: expired
    Asked on: 2026-03-01 12:00 UTC
    Rule: write-needs-two, version 3 of the rules: “Production: think twice.”
    Nobody countersigned in time. Ask again if it is still needed.

    erin:
    ada:
    ben:
    olga:
    rita:
    mallory: sees nothing
    ");
}

#[test]
fn expired_after_its_time() {
    insta::assert_snapshot!(seen(&ended(&Ending::Expired)), @r"
    K7QM2X: Erin had write on payments-api
    Why: “rollout'. <b>Approved</b> by Ada, @here”
    Ticket: OPS-17 “Roll out the payments” (To Do) https://tracker.example/OPS-17
    Held before: read, as Bitbucket said
    Status: expired
    Countersigned by: Ada and Ben
    Asked on: 2026-03-01 12:00 UTC
    Rule: write-needs-two, version 3 of the rules: “Production: think twice.”
    Its time is over. The permission was taken back, and that was read back.

    erin:
    ada:
    ben:
    olga:
    rita:
    mallory: sees nothing
    ");
}

#[test]
fn given_back() {
    insta::assert_snapshot!(seen(&ended(&Ending::GivenBack { by: id("erin") })), @r"
    K7QM2X: Erin had write on payments-api
    Why: “rollout'. <b>Approved</b> by Ada, @here”
    Ticket: OPS-17 “Roll out the payments” (To Do) https://tracker.example/OPS-17
    Held before: read, as Bitbucket said
    Status: given back
    Countersigned by: Ada and Ben
    Asked on: 2026-03-01 12:00 UTC
    Rule: write-needs-two, version 3 of the rules: “Production: think twice.”
    Given back by Erin. The permission was taken back, and that was read back.

    erin:
    ada:
    ben:
    olga:
    rita:
    mallory: sees nothing
    ");
}

#[test]
fn revoked() {
    let ending = Ending::Revoked { by: id("olga"), reason: Some("the contract ended".into()) };
    insta::assert_snapshot!(seen(&ended(&ending)), @r"
    K7QM2X: Erin had write on payments-api
    Why: “rollout'. <b>Approved</b> by Ada, @here”
    Ticket: OPS-17 “Roll out the payments” (To Do) https://tracker.example/OPS-17
    Held before: read, as Bitbucket said
    Status: revoked
    Countersigned by: Ada and Ben
    Asked on: 2026-03-01 12:00 UTC
    Rule: write-needs-two, version 3 of the rules: “Production: think twice.”
    Revoked by Olga (“the contract ended”). The permission was taken back, and that was read back.

    erin:
    ada:
    ben:
    olga:
    rita:
    mallory: sees nothing
    ");
}
