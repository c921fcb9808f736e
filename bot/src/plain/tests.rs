//! Sentences of people, and what they ask for: `readings.tsv` holds them, one a line.

use proptest::prelude::*;

use super::part;
use crate::commands::understand;
use crate::grammar::Sentence;
use crate::world::Customs;

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

#[test]
fn trust_c2_a_name_in_small_letters_behind_for_is_not_why() {
    for (text, name) in [
        ("accès en lecture sur web-shop pendant 2 heures pour claire pour corriger un bug", "claire"),
        ("lectura en web-shop durante 2 horas para omar por un error", "omar"),
        ("read on web-shop for 2 hours for sterling to fix the build", "sterling"),
    ] {
        let reading = meant(text);
        assert!(!reading.contains(&format!("reason={name}")), "{text}: {reading}");
    }
}

#[test]
fn trust_c1_where_somebody_is_sets_a_time_zone_only_where_that_is_one() {
    for text in ["I'm based in Berlin, read on web-shop for 1 hour please", "ich sitze in einem Meeting"] {
        assert!(!meant(text).starts_with("time zone"), "{text}: {}", meant(text));
    }
    for text in ["I live in Berlin", "I'm based in Canada", "my timezone is Atlantis"] {
        assert!(meant(text).starts_with("time zone"), "{text}: {}", meant(text));
    }
}

#[test]
fn trust_c1_a_tickets_address_on_another_site_is_no_ticket_of_ours() {
    let customs = Customs { tracker: Some("https://acme.atlassian.net".to_owned()), ..Customs::default() };
    for (text, ticket, asked) in [
        ("write on infra https://acme.atlassian.net/browse/OPS-17", Some("OPS-17"), false),
        ("https://acme.atlassian.net/browse/OPS-17", Some("OPS-17"), false),
        ("write on infra https://evil.example/browse/OPS-17", None, true),
        ("https://evil.example/browse/OPS-17", None, false),
    ] {
        let part = part(&Sentence::spoken_by(text, &customs));
        assert_eq!((part.ticket.as_deref(), !part.unsure.is_empty()), (ticket, asked), "{text}: {part:?}");
    }
}

#[test]
fn trust_c1_politeness_in_the_place_of_a_name_makes_nothing_fall() {
    for text in [
        "access for please because ",
        "access for please",
        "approve please because ",
        "write on please for please because",
    ] {
        meant(text);
    }
    // Of two requests the first is one whatever is said behind the second.
    let text = "write on payments-api for 1 day OPS-17 (liever read, the build is fixed already";
    assert!(meant(text).starts_with("access: "), "{}", meant(text));
}

#[test]
fn trust_c1_a_signature_beneath_a_line_of_dashes_says_nothing() {
    for signature in
        ["Erin Example", "Erin Example\nSenior Developer\n+49 30 123456", "Erin\nSent from my iPhone", ""]
    {
        for request in ["read on web-shop for 1 hour", "access read on web-shop because rollout"] {
            assert_eq!(meant(&format!("{request}\n--\n{signature}")), meant(request), "{signature}");
        }
    }
    // A time or a condition is none, however it is written.
    let request = "read on web-shop for 1 hour";
    for said in [
        "Monday",
        "Tomorrow",
        "Erin\nNot Before Monday",
        "Erin\nAb Montag",
        "Erin\nUntil Friday",
        "Erin\nMonday",
    ] {
        assert_ne!(meant(&format!("{request}\n--\n{said}")), meant(request), "{said}");
    }
}

#[test]
fn trust_c2_how_something_is_is_neither_a_request_nor_its_reason() {
    for text in [
        "read on web-shop is broken",
        "read on web-shop failed",
        "read on web-shop for 1 hour expired",
        "read on web-shop crashed",
        "read on web-shop crashes",
        "read on web-shop hangs",
        "web-shop read error",
        "web-shop read timeout",
        "Lesen auf web-shop kaputt",
        "lecture sur web-shop cassée",
        "lecture sur web-shop expirée",
        "lecture sur web-shop en panne",
        "lectura en web-shop falla",
        "lectura en web-shop caída",
        "read on web-shop nights",
        "read on web-shop both",
        "read on web-shop since 1 hour",
    ] {
        let Some((_, said)) = understand(&Sentence::new(text)) else { continue };
        let is_asked = !said.unsure().is_empty() || said.get("begins").is_some();
        assert!(is_asked && said.get("reason").is_none(), "{text}: {said}");
    }
    for (text, reason) in [
        ("read on web-shop for 1 hour code review", "code review"),
        ("Lesen auf web-shop für 1 Stunde Fehlersuche", "Fehlersuche"),
        ("read on web-shop for 1 hour debugging", "debugging"),
    ] {
        assert!(meant(text).contains(&format!("reason={reason};")), "{text}: {}", meant(text));
    }
}

#[test]
fn trust_c1_because_is_read_in_every_language_behind_every_command() {
    for (text, reading) in [
        ("deny payments-api weil riskant", "deny: code=payments-api; reason=riskant"),
        ("deny payments-api parce que c'est risqué", "deny: code=payments-api; reason=c'est risqué"),
        ("deny payments-api porque es arriesgado", "deny: code=payments-api; reason=es arriesgado"),
        ("deny payments-api omdat het riskant is", "deny: code=payments-api; reason=het riskant is"),
        ("refuser payments-api parce que c'est risqué", "deny: code=payments-api; reason=c'est risqué"),
        ("revoke web-shop weil Freeze", "revoke: code=web-shop; reason=Freeze"),
        (
            "read on web-shop for 2 hours because more than 2 hours are lost",
            "access: duration=2 hours; permission=read; reason=more than 2 hours are lost; repository=web-shop",
        ),
        (
            "Permission: read⏎Repository: web-shop⏎Duration: 4 hours⏎Reason: more than 2 hours are lost⏎Ticket: OPS-17",
            "access: KEY=OPS-17; duration=4 hours; permission=read; reason=more than 2 hours are lost; repository=web-shop",
        ),
    ] {
        assert_eq!(meant(&text.replace('⏎', "\n")), reading, "{text}");
    }
}

/// What stands behind a request and takes it back, puts it right or asks for more.
const SECOND_THOUGHTS: &[&str] = &[
    "nevermind",
    "never mind",
    "nvm",
    "sorry I meant payments-api",
    "scrap that, payments-api",
    "Sorry, payments-api",
    "hmm, forget it",
    "cancel that",
    "wait",
    "hold on",
    "ignore that",
    "wrong repo",
    "just kidding",
    "make that 30 min",
    "well, better 4",
    "oh wait Ben already did it",
    "vergiss es",
    "laat maar",
    "deixa pra lá",
    "laisse tomber",
    "olvídalo",
    "doch nicht",
    "toch niet",
    "par erreur",
    "por engano",
    "me equivoqué",
    "hat sich erledigt",
    "tomorrow at 9",
    "I'd need it from tomorrow 9am",
    "later today",
    "next week",
    "morgen um 9",
    "demain",
    "mañana",
    "also payments-api",
    "and Ben too",
    "Ben as well",
    "archive too",
    "web-shop",
    "demo-approver2",
    "Ben needs it too",
    "the build is fixed already",
    "after the deploy",
    "once the build is green",
    "por error",
    "mein Fehler",
    "actually for Ben",
    "not the deploy",
    "no deploy",
    "lieber payments-api",
    "liever read",
    "melhor amanhã",
    "mejor mañana",
    "plutôt demain",
    "attends",
    "espera",
    "warte",
    "wacht even",
    "moment",
    "oops",
    "my bad",
    "correction: infra",
];

/// Requests behind which something more is said.
const REQUESTS: [&str; 7] = [
    "read on web-shop for 1 hour",
    "access read on web-shop for 1 hour",
    "I need read on web-shop for 2 hours",
    "write on payments-api for 1 day OPS-17",
    "access write on payments-api for 1 day ticket OPS-17",
    "Leserechte auf web-shop für 1 Stunde",
    "read on web-shop until friday",
];
const BETWEEN: [&str; 10] = [", ", ". ", " - ", " — ", " (", "... ", ": ", "\n", "; ", "! "];

/// What is wrong with the reading of a request with something behind it that it must be asked about. What is not understood at all asks
/// for nothing.
fn unasked(text: &str) -> Option<String> {
    let (_, said) = understand(&Sentence::new(text))?;
    let slots = ["begins", "times", "also", "sentences", "refrain"];
    let is_asked = !said.unsure().is_empty()
        || slots.iter().any(|slot| said.get(slot).is_some())
        || said.get("time").is_some_and(|time| time != "friday");
    (!is_asked || said.get("reason").is_some()).then(|| format!("{text}: {said}"))
}

/// Each phrase behind each request: a new one that is not asked about is told by this test, and by no property by chance.
#[test]
fn trust_c2_each_second_thought_behind_each_request_is_asked_about() {
    let all = REQUESTS.iter().flat_map(|request| {
        let between = BETWEEN.iter().flat_map(move |between| {
            SECOND_THOUGHTS.iter().map(move |tail| format!("{request}{between}{tail}"))
        });
        between.filter_map(|text| match understand(&Sentence::new(&text)) {
            Some(_) => unasked(&text),
            None => Some(format!("{text}: it asks for access")),
        })
    });
    let wrong: Vec<_> = all.collect();
    assert!(wrong.is_empty(), "{}:\n{}", wrong.len(), wrong.join("\n"));
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

    /// What was not understood is asked about: it is never the reason of a request that is granted at once.
    #[test]
    fn trust_c2_what_stands_behind_a_request_is_never_granted_unasked(
        request in prop::sample::select(REQUESTS.to_vec()),
        between in prop::sample::select(BETWEEN.to_vec()),
        tail in prop_oneof![
            // No words of any language, and none that is near to one.
            2 => "[qxzjvk]{4,9}( [qxzjvk]{4,9}){0,3}",
            1 => (prop::sample::select(SECOND_THOUGHTS), prop::sample::select(SECOND_THOUGHTS))
                .prop_map(|(one, two)| format!("{one}, {two}")),
        ],
    ) {
        let text = format!("{request}{between}{tail}");
        // What is no word of any language takes nothing back: the request before it is understood.
        let is_no_word = tail.chars().all(|sign| "qxzjvk ".contains(sign));
        prop_assert!(!is_no_word || understand(&Sentence::new(&text)).is_some(), "{text}");
        prop_assert_eq!(unasked(&text), None);
    }

    /// Who thinks better of it behind a reason is asked, and the reason stays as it was written.
    #[test]
    fn trust_c2_who_thinks_better_of_it_behind_a_reason_is_asked(
        between in prop::sample::select(vec![", ", ". ", " - ", "... ", "\n", ", oh ", ". Sorry, "]),
        tail in prop::sample::select(vec![
            "nevermind", "never mind", "I meant payments-api", "scrap that", "forget it", "wait", "hold on", "ignore that",
            "wrong repo", "just kidding", "vergiss es", "laat maar", "deixa pra lá", "laisse tomber", "olvídalo",
        ]),
        request in prop::sample::select(vec![
            "access read on web-shop for 1 hour because rollout", "I need read on web-shop because of the rollout",
            "read on web-shop to fix the build",
        ]),
    ) {
        let text = format!("{request}{between}{tail}");
        let (_, said) = understand(&Sentence::new(&text)).expect("it asks for access");
        prop_assert!(!said.unsure().is_empty(), "{text}: {said}");
    }

    /// What stands behind a reason and takes it back, puts it right, says another time, somebody else or more is asked about.
    #[test]
    fn trust_c2_what_a_reason_ends_in_is_asked_where_it_may_be_something_else(
        request in prop::sample::select(vec![
            "read on web-shop for 1 hour because the rollout hangs", "access read on web-shop for 1 hour because of the outage",
            "Leserechte auf web-shop für 1 Stunde weil die Pipeline kaputt ist", "write on web-shop for 2 days why: rollout",
        ]),
        tail in prop::sample::select(vec![
            ". Cancel that", " (just kidding)", " / scratch that", ". Hold off until I tell you", ". Not yet please",
            ". But ask Ada first", ". If Ada agrees", ". Stop", ". Actually I meant payments-api", ". No, infra",
            ". Or rather infra", ". Moment, doch infra", ". It is for Ada, not for me", ", and write on payments-api too",
            ". Make it 30 minutes", ", but start tomorrow", ", starting 22:00", ". Ab morgen", "; the same for infra",
            ". For Ben please", " — on second thought no", "\nStart: Monday", "! Oh wait, wrong one", "... from Friday on",
            ". @Ben needs it too", ". Ticket OPS-17", ". Bitte erst ab 9 Uhr", ". Finalement non", ". Mejor mañana",
        ]),
    ) {
        let text = format!("{request}{tail}");
        let (_, said) = understand(&Sentence::new(&text)).expect("it asks for access");
        prop_assert!(!said.unsure().is_empty(), "{text}: {said}");
    }

    /// Whoever tells more of why is not asked again.
    #[test]
    fn trust_c1_a_reason_of_several_sentences_is_one(
        between in prop::sample::select(vec![". ", "; ", "! ", " - ", "\n", ", "]),
        tail in prop::sample::select(vec![
            "customers are waiting", "the pipeline is red", "it does not start any more", "nobody can pay", "it is urgent",
            "please look at the logs", "the build fails", "I have to read the logs to find it", "der Server ist langsam",
        ]),
    ) {
        let text = format!("access read on web-shop for 1 hour because checkout is broken{between}{tail}");
        let (_, said) = understand(&Sentence::new(&text)).expect("it asks for access");
        prop_assert!(said.unsure().is_empty(), "{text}: {:?}", said.unsure());
        let reason = format!("checkout is broken{between}{tail}");
        prop_assert_eq!(said.get("reason"), Some(reason.as_str()));
    }

    /// Whatever is said, a reason is what was written.
    #[test]
    fn trust_c1_a_reason_keeps_every_character(reason in "[*_`“”—–&;<>|a-z:🙂\n]{1,40}") {
        // "thx" at the end is thanks, and no part of why.
        prop_assume!(!reason.ends_with("th"));
        let text = format!("access write on infra for 2 days because x{reason}x");
        let (_, said) = understand(&Sentence::new(&text)).unwrap();
        let expected = format!("x{reason}x");
        prop_assert_eq!(said.get("reason"), Some(expected.as_str()));
    }

    /// What stands beneath a line of dashes is a signature where it is a name, and is said where it is not.
    #[test]
    fn trust_c2_what_stands_beneath_a_line_of_dashes_is_not_left_out_unsaid(
        request in prop::sample::select(vec![
            "access read on web-shop for 1 hour because rollout", "read on web-shop for 1 hour", "Leserechte auf web-shop für 1 Stunde",
        ]),
        line in "-{2,6}|_{2,6}",
        beneath in prop::sample::select(vec![
            "Do not grant before Monday", "only after Ada agrees", "for Ben", "start on Monday", "cancel that", "- for Ben",
            "Erin\nDo not grant before Monday",
        ]),
        device in prop::sample::select(vec!["", "\nSent from my iPhone"]),
    ) {
        let text = format!("{request}\n{line}\n{beneath}{device}");
        let (_, said) = understand(&Sentence::new(&text)).expect("it asks for access");
        let is_visible = said.get("reason").is_some_and(|reason| reason.contains(beneath));
        let slots = ["begins", "times", "also", "sentences", "refrain", "user"];
        let is_read = slots.iter().any(|slot| said.get(slot).is_some());
        prop_assert!(is_visible || is_read || !said.unsure().is_empty(), "{text}: {said}");
    }

    #[test]
    fn no_text_makes_it_fall(text in "\\PC{0,80}|(access |write |on |for |until |to |because |ticket |and |, |\\. |\n|K7QM2X |ops-1 |2 days |web-shop |please |https://bitbucket.org/a/b |\"){0,16}") {
        meant(&text);
    }
}
