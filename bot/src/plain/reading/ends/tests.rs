//! What stands behind a reason though no comma divides it, behind every command that takes one and in the languages people write here.

use proptest::prelude::*;

use crate::commands::understand;
use crate::grammar::{Sentence, work};
use crate::plain::{named, turned};

/// The most of all plain reasons that may be asked about, in percent.
const ASKED: usize = 8;
/// Whom and what the tenant knows: the rest of what may be a name is none.
const KNOWN: [&str; 7] = ["ada", "ben", "infra", "payments-api", "web-shop", "rita", "erin"];

/// What may be a reason, up to where it is one.
const NAMES: &[&str] = &[
    "of a bug",
    "a bug",
    "risky",
    "freeze",
    "of the freeze",
    "too long",
    "a memory leak",
    "disk full",
    "code review",
    "Störung im Checkout",
    "riskant",
    "ein Fehler in der Kasse",
    "un bug en production",
    "trop risqué",
    "une panne",
    "un error en producción",
    "demasiado largo",
    "um erro na produção",
    "arriscado",
    "een fout in productie",
];
/// The same where something is told already: a time or a remark belongs to it then.
const TOLD: &[&str] = &[
    "the rollout hangs",
    "the disk is full",
    "customers cannot pay",
    "we deploy at noon",
    "I work on the fix",
    "der Build ist rot",
    "wir suchen den Fehler",
    "le build est cassé",
    "el build está roto",
    "o build está parado",
    "de build is kapot",
];
/// What takes back, leaves it to others or sets a condition, whatever stands before.
const TAKES_BACK: &[&str] = &[
    "never mind",
    "no wait",
    "please not",
    "hold on",
    "just kidding",
    "jk",
    "lol",
    "nvm",
    "oops",
    "scratch that",
    "strike that",
    "forget it",
    "cancel that",
    "I changed my mind",
    "I will ask again later",
    "I mean write",
    "do nothing",
    "this is a test",
    "no",
    "👎",
    "Ada must agree",
    "Ben decides",
    "if Ada agrees",
    "only with Ada's ok",
    "pending approval by Ada",
    "bitte nicht",
    "vergiss es",
    "lass es",
    "ach nein",
    "falls Ada zustimmt",
    "laisse tomber",
    "si Ada est d'accord",
    "olvídalo",
    "si Ada acepta",
    "deixa pra lá",
    "laat maar",
    "what do you think",
];
/// Every command that takes a reason, up to it.
const HEADS: &[&str] = &[
    "read on web-shop for 1 hour because",
    "access read on web-shop for 1 hour because",
    "I need read on web-shop for 2 hours because",
    "deny payments-api because",
    "revoke web-shop because",
    "extend web-shop by 1 hour because",
    "I need 2 more hours because",
];

fn lines(text: &'static str) -> impl Iterator<Item = &'static str> {
    text.lines().filter(|line| !line.starts_with('#') && !line.is_empty())
}

/// What is said behind a reason.
fn tails() -> Vec<String> {
    let said = lines(include_str!("tails.tsv")).filter(|line| !line.starts_with('.'));
    said.map(|line| line.replace('⏎', "\n")).collect()
}

fn names_somebody(reason: &str) -> bool {
    named(reason).iter().any(|named| KNOWN.contains(&named.name.to_lowercase().as_str()))
}

/// What a ticket's line is asked about for, and a reason that was typed.
fn is_doubted(reason: &str) -> bool {
    turned(reason).is_some() || names_somebody(reason)
}

/// Whether what is said is asked about before anything is done.
fn is_asked(text: &str) -> bool {
    let (spec, said) = understand(&Sentence::new(text)).unwrap_or_else(|| panic!("not understood: {text}"));
    // A question is answered, and nothing is asked for.
    if said.get("refrain").is_some() {
        return true;
    }
    let Some(reason) = said.get("reason") else { return !said.unsure().is_empty() };
    let asks = spec.decides() && (reason.ends_with('?') || turned(reason).is_some());
    !said.unsure().is_empty() || asks || names_somebody(reason)
}

#[test]
fn trust_c2_whatever_stands_behind_a_reason_is_asked_about_without_a_comma() {
    let (all, mut wrong) = (tails(), Vec::new());
    assert!(all.len() >= 158, "{}", all.len());
    for tail in &all {
        for reason in NAMES {
            let reason = format!("{reason}{tail}");
            let open = HEADS.iter().map(|head| format!("{head} {reason}")).find(|text| !is_asked(text));
            wrong.extend(open.or_else(|| (!is_doubted(&reason)).then(|| format!("Reason: {reason}"))));
        }
    }
    assert!(wrong.is_empty(), "{}:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn trust_c1_what_engineers_type_for_a_reason_is_hardly_ever_asked_about() {
    let (mut all, mut asked, mut wrong) = (0, 0, Vec::new());
    for line in lines(include_str!("reasons.tsv")) {
        let reason = line.trim_start_matches("? ");
        let is_expected = reason != line;
        all += 1;
        asked += usize::from(is_expected);
        let text = format!("read on web-shop for 1 hour because {reason}");
        let (_, said) = understand(&Sentence::new(&text)).expect("it asks for access");
        let is_read = said.get("reason").is_some() || said.get("KEY").is_some();
        if !is_read || is_doubted(reason) != is_expected || is_asked(&text) != is_expected {
            wrong.push(format!("{line}: {:?} {:?} {:?}", turned(reason), named(reason), said.unsure()));
        }
    }
    assert!(wrong.is_empty(), "{} of {all}:\n{}", wrong.len(), wrong.join("\n"));
    assert!(all >= 150 && asked * 100 <= all * ASKED, "{asked} of {all}");
}

#[test]
fn trust_c2_a_reason_that_is_none_or_leaves_it_to_somebody_is_asked_about() {
    for reason in [
        "not",
        "nicht",
        "why not",
        "warum nicht",
        "no reason",
        "just because",
        "Ben should decide",
        "it should be approved",
        "Ada must agree",
        "risky, Ben decides",
        "risky, what do you think",
        "risky, else",
        "risky, should I",
    ] {
        assert!(turned(reason).is_some(), "{reason}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1024))]

    #[test]
    fn trust_c2_what_ends_a_reason_is_asked_about_behind_every_command(
        head in prop::sample::select(HEADS),
        reason in prop::sample::select(NAMES),
        tail in prop::sample::select(tails()),
    ) {
        let text = format!("{head} {reason}{tail}");
        prop_assert!(is_asked(&text), "{}", text);
    }

    #[test]
    fn trust_c2_what_takes_back_is_asked_about_whatever_was_told(
        head in prop::sample::select(HEADS),
        reason in prop_oneof![prop::sample::select(TOLD), prop::sample::select(NAMES)],
        tail in prop::sample::select(TAKES_BACK),
    ) {
        let text = format!("{head} {reason} {tail}");
        prop_assert!(is_asked(&text), "{}", text);
        let reason = format!("{reason} {tail}");
        prop_assert!(is_doubted(&reason), "Reason: {}", reason);
    }

    #[test]
    fn trust_b2_looking_for_the_end_of_a_reason_is_linear(
        unit in prop::collection::vec(prop::sample::select(vec![
            "maybe", "no", "wait", "if", "Ada", "agrees", "tomorrow", "read", "the", "bug", "is", "oh", "please", "not", "only",
            "for", "rather", "infra", "1", "hour", "I", "ask", "customers", "never", "mind",
        ]), 1..6),
    ) {
        let unit = format!("{} ", unit.join(" "));
        let steps = |times: usize| {
            let reason = unit.repeat(times);
            work::of(|| {
                turned(&reason);
                named(&reason);
            })
        };
        let (once, twice) = (steps(40), steps(80));
        prop_assert!(twice <= 3 * once, "{unit}: {once} and {twice}");
    }
}
