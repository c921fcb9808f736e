//! Second thoughts behind whole reasons, both ways: what may be one is asked about, and what the clause itself says is not.

use proptest::prelude::*;
use proptest::sample::select;

use crate::commands::understand;
use crate::grammar::Sentence;
use crate::plain::{turned, turned_behind_label};

/// What leads to a reason, in the language of the reason or in another.
const HEADS: &[&str] = &[
    "read on web-shop for 1 hour because",
    "read on web-shop because",
    "access read on web-shop because",
    "Leserechte auf web-shop weil",
    "accès en lecture à web-shop parce que",
    "lectura en web-shop porque",
    "leitura no web-shop porque",
    "lettura su web-shop perché",
    "deny K7QM2X because",
    "extend K7QM2X by 1 hour because",
];

/// Reasons that are sentences, or none; all of them are whole.
const REASONS: &[&str] = &[
    "the build is red",
    "the rollout hangs",
    "customers cannot pay",
    "we deploy at noon",
    "I have to look at the logs",
    "for the audit",
    "of the audit",
    "code review",
    "der Build rot ist",
    "ich den Fehler suchen muss",
    "die Kasse kaputt ist",
    "wir morgen ausrollen",
    "der Kunde wartet",
    "le build est cassé",
    "les clients ne peuvent pas payer",
    "je dois corriger un bug",
    "el build está roto",
    "los clientes no pueden pagar",
    "tengo que revisar el código",
    "o build está parado",
    "os clientes não conseguem pagar",
    "il build è rotto",
    "i clienti non possono pagare",
    "devo correggere un errore",
];

/// Second thoughts that no grammar uses.
const THOUGHTS: &[&str] = &[
    "no",
    "nope",
    "never mind",
    "nvm",
    "not yet",
    "not now",
    "maybe not",
    "better not",
    "rather not",
    "but not yet",
    "but maybe not now",
    "or maybe later",
    "forget it",
    "cancel that",
    "scratch that",
    "I changed my mind",
    "later",
    "some other time",
    "no thanks",
    "please not",
    "nein",
    "doch nicht",
    "lieber nicht",
    "vielleicht nicht",
    "aber jetzt nicht",
    "später",
    "ein andermal",
    "vergiss es",
    "non",
    "plutôt pas",
    "plus tard",
    "finalement non",
    "laisse tomber",
    "pero mejor no",
    "mais pas encore",
    "mejor no",
    "todavía no",
    "más tarde",
    "olvídalo",
    "melhor não",
    "ainda não",
    "mais tarde",
    "deixa pra lá",
    "meglio di no",
    "non ancora",
    "più tardi",
    "lascia stare",
    "anzi no",
];

/// A German clause whose verb stands last, but for its verb.
fn subordinate() -> impl Strategy<Value = String> {
    let subject =
        select(vec!["der Build", "die neue Pipeline", "das Zertifikat", "ich", "wir", "Ada", "mein Kollege"]);
    let middle = select(vec![
        "rot",
        "seit gestern kaputt",
        "den Fehler suchen",
        "nicht fertig",
        "noch offen",
        "dringend gebraucht",
    ]);
    let verb = select(vec!["ist", "wird", "muss", "soll", "kann", "haben"]);
    (subject, middle, verb).prop_map(|(subject, middle, verb)| format!("{subject} {middle} {verb}"))
}

fn asks(text: &str) -> bool {
    let Some((_, said)) = understand(&Sentence::new(text)) else { return true };
    let reason = said.get("reason").unwrap_or_default();
    !said.unsure().is_empty() || said.get("refrain").is_some() || turned(reason).is_some()
}

#[test]
fn trust_c1_what_the_grammar_of_a_clause_uses_is_no_second_thought() {
    for reason in [
        "the build does not start, and it should not",
        "it does not",
        "the tests are not green yet",
        "the old key works but the new one does not",
        "customers wait",
        "we cannot wait",
        "I have to stop the rollout",
        "check whether the fix works or not",
        "to see if it works or not",
        "to find out if the cache works",
        "pour voir si ça marche ou pas",
        "para ver si funciona o no",
        "per vedere se funziona o no",
        "the release is later",
        "it failed again two days later",
        "it crashes an hour later",
        "I do not want to cancel it",
        "nobody can undo that",
        "les tests ne passent pas",
        "ça ne marche pas",
        "le build ne marche pas encore",
        "il n'y en a pas",
        "no funciona",
        "non funziona",
        "não funciona",
        "der Build rot ist",
        "ich den Log lesen können muss",
        "wir den Fehler nicht finden",
        "der Kunde bis heute keine Antwort bekommen hat",
    ] {
        assert_eq!(turned(reason), None, "{reason}");
    }
    // Behind a label no verb stands last.
    for reason in [
        "der Build läuft nicht",
        "die Tests laufen noch nicht",
        "wir finden den Fehler nicht",
        "es geht nicht",
    ] {
        assert_eq!(turned_behind_label(reason), None, "{reason}");
    }
    assert_eq!(turned("der Rollout hängt noch nicht"), Some("noch nicht"), "a “weil” may stand before it");
}

#[test]
fn trust_c2_what_says_nothing_is_no_reason() {
    for reason in [
        "n/a",
        "N/A",
        "tbd",
        "TODO",
        "none",
        "see above",
        "no longer relevant",
        "no longer needed",
        "not relevant any more",
        "nicht mehr relevant",
        "hat sich erledigt",
        "plus d'actualité",
        "ya no es relevante",
        "obsolete",
        "<reason>",
        "[your reason here]",
        "{reason}",
        "____",
    ] {
        assert_eq!(turned(reason), Some(reason), "{reason}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1024))]

    #[test]
    fn trust_c2_a_second_thought_behind_any_whole_reason_is_asked_about(
        head in select(HEADS), reason in select(REASONS), thought in select(THOUGHTS),
        end in select(vec!["", ".", "!", " please", " 🙂", ", thanks"]),
    ) {
        let said = format!("{reason} {thought}");
        prop_assert!(turned(&said).is_some(), "{}", said);
        prop_assert!(turned_behind_label(&said).is_some(), "Reason: {}", said);
        let text = format!("{head} {said}{end}");
        prop_assert!(asks(&text), "{}", text);
    }

    #[test]
    fn trust_c2_a_german_clause_ends_with_its_verb(
        clause in subordinate(),
        behind in select(vec![
            "nein", "noch nicht", "erst am Montag", "aber nur infra", "für Ben", "bitte erst morgen", "infra", "Ben auch", "mal sehen",
        ]),
    ) {
        prop_assert_eq!(turned(&clause), None, "{}", clause);
        let said = format!("{clause} {behind}");
        let found = turned(&said);
        prop_assert!(found.is_some(), "{}", said);
        prop_assert!(asks(&format!("Leserechte auf web-shop für 1 Stunde weil {said}")), "{}", said);
    }

    #[test]
    fn trust_c1_a_whole_reason_is_not_asked_about(head in select(&HEADS[..8]), reason in select(REASONS)) {
        prop_assert_eq!(turned(reason), None, "{}", reason);
        prop_assert_eq!(turned_behind_label(reason), None, "Reason: {}", reason);
        let text = format!("{head} {reason}");
        let (_, said) = understand(&Sentence::new(&text)).expect("it asks for access");
        prop_assert!(said.unsure().is_empty(), "{}: {:?}", text, said.unsure());
        prop_assert!(said.get("reason").is_some(), "{}: {}", text, said);
    }
}
