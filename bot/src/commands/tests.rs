//! What people say, and which command it means.

use std::path::{Path, PathBuf};

use countersign_domain::access::Form;
use countersign_domain::request::REASON_MAX;
use proptest::prelude::*;

use super::*;
use crate::grammar::is_key_in_any_case;

/// The command and its slots, as one line.
fn meant(text: &str) -> String {
    understand(&Sentence::new(text))
        .map_or_else(|| "?".to_owned(), |(spec, said)| format!("{}: {said}", spec.name).trim_end().to_owned())
}

#[test]
fn the_table_is_in_the_order_of_names_and_every_grammar_can_be_read() {
    assert!(COMMANDS.is_sorted_by_key(|spec| spec.name));
    for line in COMMANDS.iter().flat_map(|spec| spec.phrases.iter().chain([&spec.grammar])) {
        Pattern::read(line).unwrap();
    }
}

/// How a command is described; in two pieces, for this file describes none.
const DESCRIBED: &str = concat!(": CommandSpec =", " CommandSpec {");

/// The files below a folder that describe a command, with what stands in each.
fn described(folder: &Path) -> Vec<(PathBuf, String)> {
    let paths = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let described = paths.flat_map(|path| {
        if path.is_dir() {
            return described(&path);
        }
        let is_code = path.extension().is_some_and(|extension| extension == "rs");
        let source = if is_code { std::fs::read_to_string(&path).unwrap() } else { String::new() };
        let is_described = source.contains(DESCRIBED);
        is_described.then_some((path, source)).into_iter().collect()
    });
    described.collect()
}

#[test]
fn every_file_of_a_command_begins_with_its_grammar_and_stands_in_the_table() {
    let files = described(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"));
    for (path, source) in &files {
        let says = |spec: &&CommandSpec| source.starts_with(&format!("//! `{}`: ", spec.grammar));
        assert!(COMMANDS.iter().any(says), "{}: no command of the table is said like this", path.display());
    }
    assert_eq!(files.len(), COMMANDS.len(), "each has a file of its own, and all of them are in the table");
}

#[test]
fn every_example_means_its_own_command_and_lacks_nothing() {
    for spec in COMMANDS.iter() {
        for example in spec.examples {
            let pasted = crate::chat::pasted(example);
            let (found, said) = pasted.or_else(|| understand(&Sentence::new(example))).unwrap();
            assert_eq!((found.name, said.missing()), (spec.name, &[] as &[String]), "{example}");
        }
    }
}

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
    who kan aprove this: who can approve, who has, status
    hlep: help, deny, rules propose
    wibble: help, who has, deny
    请给我权限: access, answer, approve
    giv bak K7QM2X: give back, back, who has
    ");
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

fn asked(text: &str) -> Option<Form> {
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

#[test]
fn a_quoted_receipt_and_a_long_reason_come_through_whole() {
    let receipt = "3f".repeat(32);
    let (_, said) = understand(&Sentence::new(&format!("approve K7QM2X receipt {receipt}"))).unwrap();
    assert_eq!(said.get("receipt"), Some(receipt.as_str()));
    let reason = "x ".repeat(REASON_MAX).trim().to_owned();
    let form = asked(&format!("access write on infra because {reason}")).unwrap();
    assert_eq!(form.reason, Some(reason));
}

#[test]
fn a_reason_of_a_megabyte_with_deceiving_characters_is_handed_on_as_it_is() {
    let reason = format!("<b>@here</b> \u{202E}\u{0007}{}", "é".repeat(1 << 19));
    let form = asked(&format!("access write on infra for 2 days because {reason}")).unwrap();
    assert_eq!(form.reason.as_deref(), Some(reason.as_str()));
    assert_eq!(understand(&Sentence::new(&"approve ".repeat(1 << 17))).unwrap().0.name, "approve");
}

/// A form that can be said.
fn well_formed() -> impl Strategy<Value = Form> {
    // A name that is a ticket's key in capitals is quoted where it stands so, and not where somebody shouts it later.
    let name = "[A-Za-z0-9][A-Za-z0-9._ -]{0,20}[A-Za-z0-9]"
        .prop_filter("no ticket's key in other letters", |name| !is_key_in_any_case(name));
    let user = prop_oneof![Just("for".to_owned()), Just("2 days".to_owned()), name.clone()];
    let repository = prop_oneof![Just("on".to_owned()), Just("please".to_owned()), name.clone()];
    // Alone, a key is the ticket, and thanks at the end are no part of why.
    let reason = "[A-NP-Za-np-z0-9][ -~é]{0,60}[!-~]".prop_filter("no key, and no thanks", |reason| {
        let last = reason.rsplit(|c: char| !c.is_alphanumeric()).find(|word| !word.is_empty());
        !is_key_in_any_case(reason)
            && !last.is_some_and(|last| ["ty", "vg", "lg"].contains(&last.to_lowercase().as_str()))
    });
    let duration = (1..2000_u32, prop_oneof![Just("m"), Just(" hours"), Just(" days"), Just("w")]);
    (
        prop_oneof![Just("read"), Just("write"), Just("admin")],
        repository,
        proptest::option::of(user),
        proptest::option::of(duration.prop_map(|(number, unit)| format!("{number}{unit}"))),
        proptest::option::of("[A-Z]{2,6}-[1-9][0-9]{0,4}"),
        proptest::option::of(reason),
    )
        .prop_map(|(permission, repository, user, duration, ticket, reason)| Form {
            permission: Some(permission.to_owned()),
            repository: Some(repository),
            user,
            duration,
            ticket,
            reason,
        })
}

fn say(form: &Form) -> String {
    let pattern = Pattern::read(find("access").unwrap().grammar).unwrap();
    pattern.say(|slot| {
        match slot {
            "permission" => &form.permission,
            "repository" => &form.repository,
            "user" => &form.user,
            "duration" => &form.duration,
            "KEY" => &form.ticket,
            "time" => &None,
            _ => &form.reason,
        }
        .as_deref()
    })
}

/// The same sentence with its case turned and its spaces doubled, up to the reason.
fn shouted(text: &str) -> String {
    let (ask, reason) =
        text.split_once(" because ").map_or((text, None), |(ask, reason)| (ask, Some(reason)));
    let turned: String = ask
        .chars()
        .map(|c| if c.is_ascii_lowercase() { c.to_ascii_uppercase() } else { c.to_ascii_lowercase() })
        .collect();
    let spaced = if turned.contains('"') { turned } else { turned.replace(' ', "\t  ") };
    reason.map_or_else(|| spaced.clone(), |reason| format!("  {spaced}  BECAUSE {reason}"))
}

fn folded(form: Form) -> Form {
    let lower = |text: Option<String>| text.map(|text| text.to_lowercase());
    Form {
        permission: lower(form.permission),
        repository: lower(form.repository),
        user: lower(form.user),
        duration: lower(form.duration),
        ticket: lower(form.ticket),
        reason: form.reason,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn no_text_at_all_makes_it_panic(text in "\\PC{0,80}|(.|\\n){0,40}|(access|approve|for|on|because|ticket|\"|K7QM2X|-3|\u{202E}| ){0,12}") {
        let sentence = Sentence::new(&text);
        let _ = understand(&sentence);
        prop_assert_eq!(nearest(&sentence).len(), 3);
    }

    #[test]
    fn what_is_said_by_the_grammar_is_understood_as_it_was_meant(form in well_formed()) {
        prop_assert_eq!(asked(&say(&form)), Some(form));
    }

    #[test]
    fn case_and_spaces_do_not_matter(form in well_formed()) {
        prop_assert_eq!(asked(&shouted(&say(&form))).map(folded), Some(folded(form)));
    }

    /// Twice as much of anything is twice the work to read, and no more.
    #[test]
    fn trust_b2_reading_a_sentence_is_linear(unit in prop::collection::vec(prop::sample::select(vec![
        "please", "hi", "can", "you", "thank", "thanks", "now", "for", "on", "because", "ticket", "to", "access", "write", "i",
        "need", "give", "\"", "\"a", "b\"", "K7QM2X", "2", "days", "x", ",", "-", "/", "link", "approve",
        "from", "tomorrow", "until", "1", "3", "payments", "api", "and", "half", "write.", "why:", "OPS-1", "http://x",
        "1h30", "2026", "a", "hour", "about", "all", "web-shop", "Ben", "could", "working",
    ]), 1..5)) {
        // What one more word may cost to read, in words that are compared, looked up or read as a number.
        const A_WORD: u64 = 400;

        let unit = format!("{} ", unit.join(" "));
        let work = |times: usize| {
            let text = unit.repeat(times);
            crate::grammar::work::of(|| {
                let sentence = Sentence::new(&text);
                let _ = understand(&sentence);
                let _ = nearest(&sentence);
            })
        };
        // Beyond what is short, where limits on what is looked at begin: how much more a longer text is, and twice as much more.
        let (short, longer, longest) = (work(90), work(180), work(360));
        let (more, most) = (longer.saturating_sub(short), longest.saturating_sub(longer));
        prop_assert!(
            most <= 2 * more + more / 8 + 200,
            "{unit:?}: {short} steps, {longer} for twice as much, {longest} for four times"
        );
        let words = unit.split_whitespace().count() as u64;
        prop_assert!(most <= 180 * words * A_WORD, "{unit:?}: {} steps a word", most / 180 / words);
    }
}
