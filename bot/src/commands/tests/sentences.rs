//! What plain sentences of several languages mean, and what nobody means by them.

use super::*;

#[test]
fn plain_sentences_mean_what_the_commands_mean() {
    let said = [
        "I need write access to payments-api for 2 days, ticket OPS-17, because of the rollout",
        "can I get read on web-shop please?",
        "please give demo-approver admin on infra for 3h",
        "Hi Countersign, could I have write access on payments-api for two days under ticket OPS-17 to fix the build?",
        "grant me admin on infra for 1h 30m",
        "I'd like to have write on infra, ticket OPS-18, because the disk is full",
        "access write to payments-api for Ada Approver for 2 days",
        "i need access to infra",
        "who can approve K7QM2X?",
        "who could countersign #k7q-m2x",
        "what access do I have?",
        "why was K7QM2X denied?",
        "what happened to K7QM2X",
        "I don't need K7QM2X any more",
        "I don’t need k7qm2x anymore, thanks!",
        "give K7QM2X back",
        "extend K7QM2X by 12h",
        "I need K7QM2X for 2 days longer",
        "Please approve K7QM2X",
        "/approve K7QM2X",
        "reject K7QM2X because the ticket is closed",
        "cancel my request K7QM2X",
        "what is waiting for me?",
        "status",
        "help give back",
        "I need help",
    ];
    let table: Vec<_> = said.iter().map(|text| format!("{text}\n    {}", meant(text))).collect();
    insta::assert_snapshot!(table.join("\n"), @r"
    I need write access to payments-api for 2 days, ticket OPS-17, because of the rollout
        access: KEY=OPS-17; duration=2 days; permission=write; reason=the rollout; repository=payments-api
    can I get read on web-shop please?
        access: permission=read; repository=web-shop
    please give demo-approver admin on infra for 3h
        access: duration=3h; permission=admin; repository=infra; user=demo-approver
    Hi Countersign, could I have write access on payments-api for two days under ticket OPS-17 to fix the build?
        access: KEY=OPS-17; duration=two days; permission=write; reason=fix the build?; repository=payments-api
    grant me admin on infra for 1h 30m
        access: duration=1h 30m; permission=admin; repository=infra
    I'd like to have write on infra, ticket OPS-18, because the disk is full
        access: KEY=OPS-18; permission=write; reason=the disk is full; repository=infra
    access write to payments-api for Ada Approver for 2 days
        access: duration=2 days; permission=write; repository=payments-api; user=Ada Approver
    i need access to infra
        access: repository=infra (missing: permission)
    who can approve K7QM2X?
        who can approve: code=K7QM2X
    who could countersign #k7q-m2x
        who can approve: code=#k7q-m2x
    what access do I have?
        my access:
    why was K7QM2X denied?
        why: code=K7QM2X
    what happened to K7QM2X
        why: code=K7QM2X
    I don't need K7QM2X any more
        give back: code=K7QM2X
    I don’t need k7qm2x anymore, thanks!
        give back: code=k7qm2x
    give K7QM2X back
        give back: code=K7QM2X
    extend K7QM2X by 12h
        extend: code=K7QM2X; duration=12h
    I need K7QM2X for 2 days longer
        extend: code=K7QM2X; duration=2 days
    Please approve K7QM2X
        approve: code=K7QM2X
    /approve K7QM2X
        approve: code=K7QM2X
    reject K7QM2X because the ticket is closed
        deny: code=K7QM2X; reason=the ticket is closed
    cancel my request K7QM2X
        withdraw: code=K7QM2X
    what is waiting for me?
        status:
    status
        status:
    help give back
        help: command=give back
    I need help
        help:
    ");
}

#[test]
fn what_is_not_meant_is_not_done() {
    let said = [
        "don't approve K7QM2X",
        "I need to talk to you",
        "can I get coffee",
        "never approve anything",
        "I approve of your work on K7QM2X to be honest",
        "approve",
        "approve K7QM2X and deny the other one",
        "wibble",
    ];
    let table: Vec<_> = said.iter().map(|text| format!("{text}\n    {}", meant(text))).collect();
    insta::assert_snapshot!(table.join("\n"), @r"
    don't approve K7QM2X
        ?
    I need to talk to you
        ?
    can I get coffee
        ?
    never approve anything
        ?
    I approve of your work on K7QM2X to be honest
        ?
    approve
        approve:  (missing: code)
    approve K7QM2X and deny the other one
        approve: code=K7QM2X and deny the other one
    wibble
        ?
    ");
}

#[test]
fn words_that_are_not_understood_get_the_nearest_commands() {
    let names =
        |text| nearest(&Sentence::new(text)).iter().map(|spec| spec.name).collect::<Vec<_>>().join(", ");
    let said = [
        "aprove K7QM2X",
        "acces write on infra",
        "who kan aprove this",
        "hlep",
        "wibble",
        "请给我权限",
        "giv bak K7QM2X",
    ];
    let table: Vec<_> = said.iter().map(|text| format!("{text}: {}", names(text))).collect();
    insta::assert_snapshot!(table.join("\n"), @r"
    aprove K7QM2X: approve, resolve, extend
    acces write on infra: access, compare access, status
    who kan aprove this: who can approve, who has, who am i
    hlep: help, deny, rules propose
    wibble: help, who has, deny
    请给我权限: access, ack, acknowledge ticket
    giv bak K7QM2X: give back, give ticket, back
    ");
}

#[test]
fn who_acknowledges_a_ticket_and_does_not_say_which_one_is_asked_and_no_alarm_is_taken_for_it() {
    for text in ["acknowledge ticket", "ack ticket", "Acknowledge the ticket", "ack this ticket please"] {
        let (spec, said) = understand(&Sentence::new(text)).unwrap_or_else(|| panic!("{text}"));
        assert_eq!((spec.name, said.missing()), ("acknowledge ticket", &["number".to_owned()][..]), "{text}");
    }
    for (text, name) in [
        ("acknowledge ticket 7", "acknowledge ticket"),
        ("ack the ticket 7", "acknowledge ticket"),
        ("ack ticket-queue", "ack"),
        ("acknowledge checkout-errors", "ack"),
    ] {
        let meant = understand(&Sentence::new(text)).map(|(spec, said)| (spec.name, said.is_exact()));
        assert_eq!(meant, Some((name, true)), "{text}");
    }
}

#[test]
fn trust_c1_a_command_with_a_slip_of_a_finger_is_known_and_asked() {
    let meant = |text| corrected(&Sentence::new(text));
    assert_eq!(meant("aprove K7QM2X").as_deref(), Some("approve K7QM2X"));
    assert_eq!(meant("extned K7QM2X by 1 day").as_deref(), Some("extend K7QM2X by 1 day"));
    assert_eq!(meant("hlep").as_deref(), Some("help"));
    assert_eq!(meant("aprove"), None, "it lacks what it is about");
    assert_eq!(meant("don't approve K7QM2X"), None);
    assert_eq!(meant("wibble"), None);
}

#[test]
fn trust_c1_nothing_is_suggested_that_is_not_near_and_no_decision_that_is_forbidden() {
    let names = |text| near(&Sentence::new(text)).iter().map(|spec| spec.name).collect::<Vec<_>>().join(", ");
    for text in [
        "ping",
        "hold on, don't approve yet",
        "do not revoke it",
        "no problem",
        "are you a bot?",
        "the first two",
        "what a day",
    ] {
        assert_eq!(names(text), "", "{text}");
    }
    for (text, suggested) in [
        ("aprove K7QM2X", "approve"),
        ("ekstend K7QM2X for 2h", "extend"),
        ("hlep", "help"),
        ("revok K7QM2X", "revoke"),
        ("who kan aprove this", "who can approve"),
    ] {
        assert!(names(text).contains(suggested), "{text}: {}", names(text));
    }
}

#[test]
fn trust_c1_commands_are_read_in_other_languages() {
    let said = |text: &str| {
        understand(&Sentence::new(text))
            .map_or_else(|| "?".to_owned(), |(spec, said)| format!("{}: {said}", spec.name))
    };
    for (text, command) in [
        ("wer hat Zugriff auf web-shop?", "who has: repository=web-shop"),
        ("qui a accès à web-shop ?", "who has: repository=web-shop"),
        ("quién tiene acceso a web-shop", "who has: repository=web-shop"),
        (
            "qui a un accès en écriture à payments-api ?",
            "who has: permission=écriture; repository=payments-api",
        ),
        ("verlängere web-shop um 2 Stunden", "extend: code=web-shop; duration=2 Stunden"),
        ("verlängere meinen Zugriff auf web-shop um 2 Stunden", "extend: code=web-shop; duration=2 Stunden"),
        ("prolonge mon accès à web-shop de 2 heures", "extend: code=web-shop; duration=2 heures"),
        ("extiende mi acceso a web-shop por 2 horas", "extend: code=web-shop; duration=2 horas"),
        ("ya no necesito acceso a web-shop", "give back: code=web-shop"),
        ("je n'ai plus besoin de web-shop", "give back: code=web-shop"),
        ("annule K7QM2X", "withdraw: code=K7QM2X"),
        ("cancela K7QM2X", "withdraw: code=K7QM2X"),
        ("hilfe", "help: "),
        ("aide", "help: "),
        ("ayuda", "help: "),
        ("meine Rechte", "my access: "),
        ("aprovo K7QM2X", "approve: code=K7QM2X"),
        ("goedgekeurd K7QM2X", "approve: code=K7QM2X"),
        ("recuso K7QM2X porque o freeze começou", "deny: code=K7QM2X; reason=o freeze começou"),
        ("afgewezen K7QM2X omdat de freeze begint", "deny: code=K7QM2X; reason=de freeze begint"),
        ("estado de K7QM2X", "status: code=K7QM2X"),
        ("mijn aanvragen", "status: "),
        ("já não preciso do acesso ao web-shop", "give back: code=web-shop"),
        ("teruggeven web-shop", "give back: code=web-shop"),
        ("verleng mijn toegang tot web-shop met 2 uur", "extend: code=web-shop; duration=2 uur"),
        ("welke rechten heb ik nu?", "my access: "),
        ("meus acessos", "my access: "),
        ("cancelo o meu pedido K7QM2X", "withdraw: code=K7QM2X"),
        ("quem pode aprovar K7QM2X", "who can approve: code=K7QM2X"),
        ("disapprove K7QM2X because it is late", "deny: code=K7QM2X; reason=it is late"),
        ("access compare", "compare access: "),
        ("I need web-shop for 2 hours", "?"),
        ("ich brauche den Zugriff auf web-shop", "access: repository=web-shop (missing: permission)"),
    ] {
        assert_eq!(said(text), command, "{text}");
    }
}

pub(super) fn asked(text: &str) -> Option<Form> {
    let (spec, said) = understand(&Sentence::new(text))?;
    let text = |slot| said.get(slot).map(str::to_owned);
    let form = || Form {
        permission: text("permission"),
        repository: text("repository"),
        user: text("user"),
        duration: text("duration"),
        ticket: text("KEY"),
        reason: text("reason"),
    };
    (spec.name == "access").then(form)
}
