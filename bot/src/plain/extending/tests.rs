//! More time as people ask for it, and what only sounds like it.

use super::*;

fn meant(text: &str) -> String {
    extends(&Sentence::new(text)).map_or_else(|| "?".to_owned(), |said| said.to_string())
}

#[test]
fn trust_c3_more_time_is_read_in_every_language_and_order_of_words() {
    for (text, reading) in [
        ("mi serve un'altra ora", "duration=one ora (missing: code)"),
        ("posso avere un'altra ora?", "duration=one ora (missing: code)"),
        ("posso prolungare di un'ora?", "duration=un'ora (missing: code)"),
        ("prolunga web-shop di un'ora", "code=web-shop; duration=un'ora"),
        ("ancora un'ora per favore", "duration=un'ora (missing: code)"),
        ("mi serve ancora web-shop fino a domani", "code=web-shop; time=domani"),
        ("j'ai besoin d'une heure de plus", "duration=une heure (missing: code)"),
        ("une heure de plus s'il te plaît", "duration=une heure (missing: code)"),
        ("je voudrais garder infra jusqu'à demain", "code=infra; time=demain"),
        ("j'ai encore besoin de web-shop jusqu'à demain", "code=web-shop; time=demain"),
        ("otra hora por favor", "duration=one hora (missing: code)"),
        ("todavía necesito web-shop hasta mañana", "code=web-shop; time=mañana"),
        ("ich brauche infra noch bis morgen", "code=infra; time=morgen"),
        ("ich möchte infra bis morgen behalten", "code=infra; time=morgen"),
        ("bitte verlängern bis morgen", "time=morgen (missing: code)"),
        ("noch eine stunde bitte", "duration=eine stunde (missing: code)"),
        ("eine weitere Stunde bitte", "duration=eine Stunde (missing: code)"),
        ("can I keep infra until tomorrow?", "code=infra; time=tomorrow"),
        ("I still need infra until friday", "code=infra; time=friday"),
        ("I'd like to keep payments-api for another day", "code=payments-api; duration=one day"),
        ("renew my read on web-shop for 2 hours", "code=read on web-shop; duration=2 hours"),
        ("give me 30 more minutes", "duration=30 minutes (missing: code)"),
        ("I need 2 to 3 more hours", "duration=2 to 3 hours (missing: code)"),
        ("extend K7QM2X by 2-3 days", "code=K7QM2X; duration=2-3 days"),
        ("bitte um 2 bis 3 Stunden verlängern", "duration=2 bis 3 Stunden (missing: code)"),
        ("I'd like 2 more hours please, it's going slow", "duration=2 hours (missing: code)"),
    ] {
        assert_eq!(meant(text), reading, "{text}");
    }
}

#[test]
fn trust_c3_who_wants_to_be_waited_for_is_asked_whether_they_want_more_time() {
    let asked = |text: &str| extends(&Sentence::new(text)).is_some_and(|said| !said.unsure().is_empty());
    for text in ["give me 5 more minutes", "I need one more minute", "noch 5 Minuten bitte"] {
        assert!(asked(text), "{text}");
    }
    for text in ["give me 30 more minutes", "extend it by 5 minutes", "extend K7QM2X by 5 minutes"] {
        assert!(!asked(text), "{text}");
    }
}

#[test]
fn trust_c3_what_only_sounds_like_more_time_is_none() {
    for text in [
        "I still need access to web-shop for 2 hours",
        "ich brauche noch Lesezugriff auf infra für 2 Stunden",
        "I need more coffee",
        "I need more time, tests are failing",
        "je n'ai plus besoin de web-shop",
        "tests need 2 more hours",
        "I'd like 2 more hours, and write on infra",
        "why extend it",
        "don't extend it",
        "extra hours",
    ] {
        assert_eq!(meant(text), "?", "{text}");
    }
}
