//! Sentences of people, and what they ask for: `readings.tsv` holds them, one a line.

use proptest::prelude::*;

use crate::commands::understand;
use crate::grammar::Sentence;

/// The command that a sentence means and its slots, in one line; what nobody could place behind a question mark.
fn meant(text: &str) -> String {
    let Some((spec, said)) = understand(&Sentence::new(text)) else { return "?".to_owned() };
    let unsure =
        if said.unsure().is_empty() { String::new() } else { format!(" ?{}", said.unsure().join("|")) };
    format!("{}: {said}{unsure}", spec.name).replace('\n', "⏎").trim_end().to_owned()
}

#[test]
fn trust_c1_sentences_of_people_have_one_reading() {
    let mut wrong = Vec::new();
    let mut count = 0;
    for line in include_str!("readings.tsv").lines().filter(|line| !line.starts_with('#') && !line.is_empty())
    {
        let (text, reading) = line.split_once('\t').unwrap_or_else(|| panic!("no tab: {line}"));
        let found = meant(&text.replace('⏎', "\n"));
        count += 1;
        if found != reading {
            wrong.push(format!("{text}\n   is     {found}\n   not    {reading}"));
        }
    }
    assert!(wrong.is_empty(), "{} of {count}:\n{}", wrong.len(), wrong.join("\n"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    /// Politeness, in whatever language and wherever it stands, changes nothing.
    #[test]
    fn trust_c1_politeness_means_nothing(
        before in prop::sample::select(vec!["", "Hi, ", "Hallo, ", "please ", "Bonjour! ", "Hola, ", "could you please ", "hey @countersign "]),
        behind in prop::sample::select(vec!["", " please", ", thanks!", " pls 🙏", " – danke!", " merci", ". Vielen Dank", " s'il vous plaît", " por favor", " thank you very much"]),
        request in prop::sample::select(vec![
            "access read on web-shop", "I need write on infra for 2 days", "approve K7QM2X", "give back K7QM2X", "my access",
            "write access to payments-api until friday",
        ]),
    ) {
        prop_assert_eq!(meant(&format!("{before}{request}{behind}")), meant(request));
    }

    /// Whatever is said, a reason is what was written.
    #[test]
    fn trust_c1_a_reason_keeps_every_character(reason in "[*_`“”—–&;<>|a-z:🙂\n]{1,40}") {
        let text = format!("access write on infra for 2 days because x{reason}x");
        let (_, said) = understand(&Sentence::new(&text)).unwrap();
        let expected = format!("x{reason}x");
        prop_assert_eq!(said.get("reason"), Some(expected.as_str()));
    }

    #[test]
    fn no_text_makes_it_fall(text in "\\PC{0,80}|(access |write |on |for |until |to |because |ticket |and |, |\\. |\n|K7QM2X |ops-1 |2 days |web-shop |please |https://bitbucket.org/a/b |\"){0,16}") {
        meant(&text);
    }
}
