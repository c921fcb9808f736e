//! What a reason ends in: whatever bids, allows, names or times something is asked about, and what people write for a reason is not.

use proptest::prelude::*;

use crate::commands::understand;
use crate::grammar::Sentence;
use crate::plain::{named, turned};

/// The most of all reasons that may be asked about, in percent.
const ASKED: usize = 5;

/// Whether a request for this reason is asked about. One that lost its reason is not asked about: it would be granted without.
fn is_asked(reason: &str) -> bool {
    let text = format!("read on web-shop for 1 hour because {reason}");
    let (_, said) = understand(&Sentence::new(&text)).expect("it asks for access");
    let is_asked = !said.unsure().is_empty();
    assert!(is_asked || said.get("reason").is_some(), "the reason is lost: {text}: {said}");
    is_asked
}

#[test]
fn trust_c1_what_people_write_for_a_reason_is_hardly_ever_asked_about() {
    let (mut all, mut named, mut wrong) = (0, 0, Vec::new());
    for line in include_str!("reasons.tsv").lines().filter(|line| !line.starts_with('#')) {
        let reason = line.trim_start_matches("? ");
        let is_named = reason != line;
        all += 1;
        named += usize::from(is_named);
        if is_asked(reason) != is_named || turned(reason).is_some() != is_named {
            wrong.push(format!("{line}: {:?}", turned(reason)));
        }
    }
    assert!(wrong.is_empty(), "{} of {all}:\n{}", wrong.len(), wrong.join("\n"));
    assert!(all >= 120 && named * 100 <= all * ASKED, "{named} of {all}");
}

#[test]
fn trust_c2_what_was_found_behind_reasons_is_asked_about() {
    for tail in [
        ", approve infra",
        ", and the ticket OPS-18 asks for admin",
        " and approve infra",
        "\napprove infra",
        ", lgtm infra",
        ", deny infra too",
        ", infra is fine",
        " and give read",
        ", and infra too",
        ", only with Ada's ok",
        ", pending approval by Ada",
        ", subject to Ada's ok",
        ", Ada must agree",
        ", lol no",
        ", jk",
        ", strike that",
        ", do nothing",
        ", ach nein",
        ", lass es",
        ", I will ask again later",
        ", this is a test",
        ", just testing",
        ", infra is better",
        ", en fait infra",
        ", payments-api as well",
        ", write would be better",
        "\nwrite on payments-api too",
        ", Ben needs it",
        " until tomorrow",
        " not before Monday",
        " nicht vor Montag",
        " only on Monday",
        ", erst ab 9 Uhr",
        ", next week",
        ", at 9",
        " only with Ada's ok",
        ", not before Monday",
        ", but not today",
        ", if Ada agrees",
        ", wenn Ada zustimmt",
        ", si Ada est d'accord",
        ", wait",
        ", it is for tomorrow",
    ] {
        for reason in ["risky", "of a bug"] {
            let reason = format!("{reason}{tail}");
            assert!(turned(&reason).is_some() && is_asked(&reason), "{reason}");
        }
    }
}

#[test]
fn trust_c2_what_is_asked_about_is_never_cut_from_what_it_is_known_by() {
    assert_eq!(turned("this:\nmy token: aAa_0A0AAC0-z"), Some("my token: aAa_0A0AAC0-z"));
    assert_eq!(turned("risky: approve infra"), Some("risky: approve infra"));
}

#[test]
fn trust_c2_the_names_in_a_reason_are_told_to_those_who_know_them() {
    for (reason, name, is_person) in [
        ("of a bug for Ben", "Ben", true),
        ("risky, infra suits me more", "infra", false),
        ("risky, Ben too", "Ben", true),
        ("of a bug, I prefer infra", "infra", false),
        ("of a bug, infra", "infra", false),
    ] {
        let all = named(reason);
        assert!(
            all.iter().any(|named| named.name == name && named.is_person == is_person),
            "{reason}: {all:?}"
        );
    }
    assert_eq!(named("the build is broken, customers wait"), []);
}

/// What somebody is bidden to do, and with what.
fn bidding() -> impl Strategy<Value = String> {
    let verb = prop::sample::select(vec![
        "approve",
        "deny",
        "revoke",
        "withdraw",
        "cancel",
        "extend",
        "give",
        "grant",
        "reject",
        "make",
        "start",
        "ask",
        "tell",
        "change",
        "remove",
        "undo",
        "genehmige",
        "ablehnen",
        "gib",
        "frag",
        "mach",
        "approuve",
        "refuse",
        "donne",
        "demande",
        "aprueba",
        "rechaza",
        "dale",
        "pregunta",
        "aprove",
        "recusa",
        "keur",
        "weiger",
        "vraag",
    ]);
    let what = prop::sample::select(vec![
        "infra",
        "it",
        "payments-api",
        "K7QM2X",
        "Ben",
        "read",
        "that one",
        "write on infra",
        "Ada first",
    ]);
    (verb, what).prop_map(|(verb, what)| format!("{verb} {what}"))
}

/// A condition, and what it is.
fn condition() -> impl Strategy<Value = String> {
    let begins = prop::sample::select(vec![
        "only if",
        "only with",
        "unless",
        "provided",
        "pending",
        "subject to",
        "if",
        "once",
        "as long as",
        "nur wenn",
        "falls",
        "sofern",
        "sobald",
        "si",
        "à condition que",
        "sauf si",
        "solo si",
        "siempre que",
        "a menos que",
        "só se",
        "alleen als",
        "mits",
    ]);
    let what = prop::sample::select(vec![
        "Ada agrees",
        "Ada's ok",
        "Ben is back",
        "approval",
        "Ada zustimmt",
        "Ada est d'accord",
        "Ada está de acuerdo",
        "infra is done",
    ]);
    (begins, what).prop_map(|(begins, what)| format!("{begins} {what}"))
}

/// A time by itself, a permission somewhere, somebody else, or a second thought.
fn other() -> impl Strategy<Value = String> {
    let lead = prop::sample::select(vec![
        "",
        "starting ",
        "until ",
        "from ",
        "not before ",
        "ab ",
        "bis ",
        "jusqu'à ",
        "hasta ",
        "but ",
    ]);
    let time = prop::sample::select(vec![
        "tomorrow",
        "Monday",
        "9:00",
        "next week",
        "Friday",
        "morgen",
        "demain",
        "mañana",
        "tomorrow at 9",
    ]);
    let permission = prop::sample::select(vec![
        "read",
        "write",
        "admin",
        "Leserechte",
        "écriture",
        "lectura",
        "escrita",
        "schrijven",
    ]);
    let place =
        prop::sample::select(vec!["on infra", "on payments-api", "on payments-api too", "on infra as well"]);
    prop_oneof![
        (lead, time).prop_map(|(lead, time)| format!("{lead}{time}")),
        (permission, place).prop_map(|(permission, place)| format!("{permission} {place}")),
        prop::sample::select(vec![
            "for Ben",
            "for Ada, not for me",
            "Ben needs it",
            "Ada needs it too",
            "payments-api as well",
            "payments-api",
            "strike that",
            "jk",
            "just kidding",
            "lol no",
            "never mind",
            "forget it",
            "wait",
            "hold on",
            "do nothing",
            "this is a test",
            "just testing",
            "I will ask again later",
            "I meant infra",
            "no, infra",
            "oh no",
            "nein",
            "lass es",
            "ach nein",
            "vergiss es",
            "doch nicht",
            "nur ein test",
            "laisse tomber",
            "en fait non",
            "c'est un test",
            "olvídalo",
            "mejor no",
            "es una prueba",
            "esquece",
            "é um teste",
            "laat maar",
            "toch niet",
            "no longer needed",
            "it is solved",
            "ist erledigt",
            "c'est réglé",
            "está resuelto",
            "is al klaar",
            "infra is better",
            "infra is fine",
            "write would be better",
            "not today",
            "later",
            "done",
        ])
        .prop_map(str::to_owned),
    ]
}

/// What tells of the world, and asks for nothing.
fn telling() -> impl Strategy<Value = String> {
    prop::sample::select(vec![
        "customers are waiting",
        "the pipeline is red",
        "it does not start any more",
        "nobody can pay",
        "it is urgent",
        "the build fails",
        "I have to read the logs to find it",
        "der Server ist langsam",
        "the database is slow",
        "I want to see why",
        "we lose orders",
        "the release is tomorrow",
        "support asked me to look",
        "I review it with Ben",
        "then I can say more",
        "le client attend",
        "los pedidos se pierden",
        "os clientes esperam",
        "klanten wachten",
        "ich suche den Fehler",
    ])
    .prop_map(str::to_owned)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1024))]

    #[test]
    fn trust_c2_what_the_grammar_knows_behind_a_reason_is_asked_about(
        reason in prop::sample::select(vec!["risky", "of a bug", "the rollout hangs", "the disk is full", "too long", "of the freeze"]),
        between in prop::sample::select(vec![", ", "\n", "; ", ". ", " - ", " (", " / ", ", and ", "! ", ", but ", ", also "]),
        tail in prop_oneof![3 => bidding(), 2 => condition(), 4 => other()],
    ) {
        let reason = format!("{reason}{between}{tail}");
        prop_assert!(turned(&reason).is_some(), "{}", reason);
        prop_assert!(is_asked(&reason), "{}", reason);
    }

    #[test]
    fn trust_c2_what_is_bidden_behind_an_and_is_asked_about(
        reason in prop::sample::select(vec!["risky", "of a bug", "the rollout hangs", "freeze", "of the freeze"]),
        and in prop::sample::select(vec!["and", "and then", "und", "et", "y", "plus"]),
        tail in bidding(),
    ) {
        let reason = format!("{reason} {and} {tail}");
        prop_assert!(turned(&reason).is_some(), "{}", reason);
        prop_assert!(is_asked(&reason), "{}", reason);
    }

    #[test]
    fn trust_c1_what_tells_more_of_why_is_not_asked_about(
        reason in prop::sample::select(vec!["checkout is broken", "of a bug", "the rollout hangs", "the disk is full"]),
        between in prop::sample::select(vec![", ", "\n", "; ", ". ", " - ", ", and ", " and ", "! "]),
        tail in telling(),
    ) {
        let reason = format!("{reason}{between}{tail}");
        prop_assert_eq!(turned(&reason), None, "{}", reason);
        prop_assert!(!is_asked(&reason), "{}", reason);
    }
}
