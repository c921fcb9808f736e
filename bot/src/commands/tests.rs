//! What people say, and which command it means.

mod sentences;

use std::path::{Path, PathBuf};

use countersign_domain::access::Form;
use countersign_domain::request::REASON_MAX;
use proptest::prelude::*;

use self::sentences::asked;
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

#[test]
fn trust_c3_a_command_is_whole_by_its_own_grammar_alone() {
    for (text, name, whole) in [
        ("access read on web-shop for 1 hour", "access", true),
        ("who has write on infra", "who has", true),
        ("my access", "my access", true),
        ("repositories", "repositories", true),
        ("access write on payments-api is frozen", "access", false),
        ("I need read on web-shop for 1 hour", "access", false),
        ("we do not need payments-api any more", "give back", false),
        ("revoke the old token first", "revoke", false),
        ("resolve it as soon as possible", "resolve", false),
        ("who has time on Monday", "who has", false),
    ] {
        assert_eq!(reads_whole(&Sentence::new(text), find(name).unwrap()), whole, "{text}");
    }
}
