//! What is said so shortly, in the languages that people write here.

use super::*;

#[test]
fn trust_c3_short_words_in_several_languages() {
    let said = |text| short(&Sentence::new(text));
    for text in
        ["lgtm", "LGTM!", "yes", "Yes, please.", "ja", "oui", "sí", "👍", ":+1:", "looks good to me", "ok"]
    {
        assert_eq!(said(text), Some(Short::Yes), "{text}");
    }
    for text in ["no", "Nope", "nein, danke", "👎", "non merci"] {
        assert_eq!(said(text), Some(Short::No(None)), "{text}");
    }
    let why = Some(Short::No(Some("not before the freeze is over".to_owned())));
    assert_eq!(said("no, not before the freeze is over"), why);
    assert_eq!(said("No – not before the freeze is over"), why);
    assert_eq!(said("no because the freeze"), Some(Short::No(Some("the freeze".to_owned()))));
    assert_eq!(said("cancel"), Some(Short::Cancel));
    assert_eq!(said("I'm done"), Some(Short::Finished));
    for text in ["take that back", "Oops, undo!", "no, take that back", "ich nehme das zurück"] {
        assert_eq!(said(text), Some(Short::Undo), "{text}");
    }
    for text in ["tell her no", "don't let her in", "je refuse", "non concordo"] {
        assert_eq!(said(text), Some(Short::No(None)), "{text}");
    }
    for (text, why) in [
        ("je refuse, parce que c'est le gel", "c'est le gel"),
        ("no way, too long", "too long"),
        ("no, way too long", "way too long"),
    ] {
        assert_eq!(said(text), Some(Short::No(Some(why.to_owned()))), "{text}");
    }
    for text in ["muchas gracias, ya terminé, lo devuelvo", "finalement je n'en ai plus besoin"] {
        assert_eq!(said(text), Some(Short::Finished), "{text}");
    }
    for text in
        ["yes to infra", "ok, Erin", "tell her not yet", "ya terminé infra", "en fait 2 heures suffisent"]
    {
        assert_eq!(said(text), None, "{text}");
    }
    assert_eq!(said("never mind, thanks"), Some(Short::Cancel));
    assert_eq!(said("thanks!"), Some(Short::Thanks));
    assert_eq!(said("hello"), Some(Short::Greeting));
    assert_eq!(said("Guten Morgen!"), Some(Short::Greeting));
    assert_eq!(said("good morning team"), Some(Short::Greeting));
    assert_eq!(said("bonjour à tous"), Some(Short::Greeting));
    assert_eq!(said("good morning Ben"), None);
    for (text, reason) in [
        ("abgelehnt weil Freeze ist", "Freeze ist"),
        ("refusé parce que c'est tard", "c'est tard"),
        ("rechazado porque no", "no"),
        ("reject: the freeze", "the freeze"),
        ("recusado porque o freeze começou", "o freeze começou"),
        ("afgewezen omdat de freeze begint", "de freeze begint"),
        ("não, agora não", "agora não"),
        ("nee, niet nu", "niet nu"),
        // What leads a reason leads it here as everywhere.
        ("no, because of the freeze", "the freeze"),
        ("no due to the freeze", "the freeze"),
        ("nein wegen Freeze", "Freeze"),
        ("non parce qu'il gèle", "qu'il gèle"),
        ("no since we freeze today", "we freeze today"),
    ] {
        assert_eq!(said(text), Some(Short::No(Some(reason.to_owned()))), "{text}");
    }
    for text in ["actually forget it", "non, laisse tomber", "doch nicht"] {
        assert_eq!(said(text), Some(Short::Cancel), "{text}");
    }
    for text in [
        "sure, go ahead",
        "sure go ahead",
        "genehmigt",
        "j'approuve",
        "aprobado",
        "aprovado",
        "akkoord",
        "sim!",
        "yes to this one",
        "concordo",
        "let her in",
        "looks good to me, thanks Erin",
    ] {
        assert_eq!(said(text), Some(Short::Yes), "{text}");
    }
    for text in [
        "approve K7QM2X",
        "no quiet",
        "no quiet hours",
        "yes and deny the other",
        "cancel K7QM2X",
        "stop it all",
    ] {
        assert_eq!(said(text), None, "{text}");
    }
}

#[test]
fn trust_c2_a_yes_on_a_condition_is_none_and_an_ok_before_a_request_is_polite() {
    let is_none = |text| is_yes_with_but(&Sentence::new(text));
    for text in
        ["ok but only if ben agrees", "ok, aber nur wenn Ben zustimmt", "lgtm, but please only 30 minutes"]
    {
        assert!(is_none(text), "{text}");
    }
    for text in ["ok", "ok, but can I get read on web-shop?", "ok, read on web-shop only for 1 hour please"] {
        assert!(!is_none(text), "{text}");
    }
    assert_eq!(short(&Sentence::new("ich habe mich vertan, zurücknehmen")), Some(Short::Undo));
}
