//! What holds of every card there is, and one of every kind for the surfaces to render.

use super::*;

/// A card of every kind, as somebody sees it.
fn every_kind() -> Vec<(&'static str, Card)> {
    let people = people();
    let of = |history: &[AccessEvent], viewer: &str| seen_by(history, viewer, noon() + 30.minutes());
    let history = ended(&Ending::Expired);
    let help = crate::commands::find("access").expect("a command");
    let no = Denied(vec![Violation::NotUnderstood { said: "<!here> *hi*".into(), nearest: vec![] }]);
    let access = state(&waiting());
    let shown = Shown {
        code: &code(),
        request: &access,
        viewer: Some(&people.people[&id("ada")]),
        people: &people,
        now: noon(),
        beside: None,
        rules: 0,
        collections: None,
    };
    let id = "5f1c1a52-0d5a-5b0e-9d7e-2f4a3c6b8d90".to_owned();
    vec![
        ("request_waiting", of(&waiting(), "ada")),
        ("request_in_detail", of(&in_detail(), "ada")),
        ("request_active", of(&active(), "erin")),
        ("request_ended", of(&history, "erin")),
        ("approvers", approvers(shown)),
        ("story", story_for(&history, "erin")),
        ("denied", denied(&Denied(vec![Violation::UnknownCode { given: "<!channel> @here".into() }]), None)),
        ("not_understood", not_understood(&no, &[help])),
        ("help", help_all(crate::commands::COMMANDS.iter().copied())),
        ("help_of_one", help_one(help)),
        ("effects", effects(&["set_permission for K7QM2X: parked".to_owned()], &[id], 1)),
        ("rules_waiting", crate::rule_change::card::tests::sample()),
    ]
}

/// The surfaces' tests render these very files. After a change of the cards: run with `GOLDEN=write`, and look at what that
/// changes on every surface.
#[test]
fn the_surfaces_render_a_card_of_every_kind() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../domain/cards");
    for (name, card) in every_kind() {
        let file = folder.join(format!("{name}.json"));
        let text = format!("{}\n", serde_json::to_string_pretty(&card).unwrap());
        if std::env::var_os("GOLDEN").is_some_and(|value| value == "write") {
            std::fs::write(&file, text).unwrap();
        } else {
            assert_eq!(std::fs::read_to_string(&file).unwrap_or_default(), text, "{}", file.display());
        }
    }
    let names =
        |cards: Vec<(&'static str, Card)>| cards.into_iter().map(|(name, _)| name).collect::<Vec<_>>();
    assert_eq!(names(countersign_domain::card::samples()), names(every_kind()));
}

/// A history for every way in which a request can stand.
fn every_way() -> Vec<(&'static str, Vec<AccessEvent>)> {
    let denied = |proposal| denied_by_ada(proposal, "not during the freeze");
    let extension = Proposal::Extension(Longer::by(60));
    vec![
        ("checking", requested()),
        ("waiting", waiting()),
        ("granting", approved()),
        ("active", active()),
        ("extension", with(active(), [proposed(extension)])),
        ("extension denied", with(active(), [proposed(extension), denied(extension)])),
        ("denied", with(waiting(), [denied(Proposal::Grant)])),
        ("lapsed", with(waiting(), [AccessEvent::Lapsed { proposal: Proposal::Grant }])),
        ("ended", ended(&Ending::Expired)),
    ]
}

#[test]
fn trust_c8_one_card_says_each_fact_once_and_the_asker_first() {
    for (name, history) in every_way() {
        let card = seen_by(&history, "ada", noon());
        let said = card.text.split("\nYou can say").next().unwrap();
        for fact in
            ["payments-api", "OPS-17 “", "rollout", "Ada and Ben", "write-needs-two", "think twice", "2 days"]
        {
            assert!(said.matches(fact).count() <= 1, "{name}: {fact} is said twice:\n{said}");
        }
        assert!(
            card.title.contains("Erin") && card.title.contains("write on payments-api"),
            "{name}: {}",
            card.title
        );
    }
    let card = seen_by(&waiting(), "ada", noon());
    let labels: Vec<_> = card.fields.iter().map(|field| field.label.as_str()).collect();
    assert_eq!(
        labels[..3],
        [crate::words::REASON, crate::words::TICKET, crate::words::HOLDS],
        "why, under which ticket, what it changes"
    );
    let ticket = &card.fields[1];
    assert_eq!(
        (ticket.value.as_str(), ticket.link.is_some()),
        ("OPS-17", true),
        "the link is the key's text"
    );
}

#[test]
fn trust_c5_no_card_tells_how_long_something_is_from_now() {
    for (name, history) in every_way() {
        let now = seen_by(&history, "erin", noon() + 30.minutes());
        let later = seen_by(&history, "erin", noon() + 30.hours());
        assert_eq!(now, later, "{name}: what stands in a chat is not wrong a day later");
        assert!(!now.text.contains(" left"), "{name}: {}", now.text);
    }
}

#[test]
fn trust_c5_no_card_of_any_kind_says_a_time_by_how_far_it_is() {
    for (name, card) in every_kind() {
        for frozen in ["minutes left", "hours left", "days left", " ago", "from now", "just now"] {
            assert!(!card.text.contains(frozen), "{name}: {}", card.text);
        }
    }
}

#[test]
fn trust_c8_people_of_one_name_are_told_apart_on_every_card() {
    let mut twins: Vec<Person> = people().people.values().cloned().collect();
    // Ada's name is Erin, too: what she asks is not what Erin asks, nor is Erin's decision hers.
    for person in twins.iter_mut().filter(|person| person.id == id("ada")) {
        person.name = "ERIN".to_owned();
    }
    let people: People = twins.into_iter().collect();
    let access = state(&active());
    let card = request(Shown {
        code: &code(),
        request: &access,
        viewer: None,
        people: &people,
        now: noon(),
        beside: None,
        rules: 0,
        collections: None,
    });
    assert!(card.title.contains("Erin (erin) has write"), "{}", card.title);
    assert!(card.text.contains("Countersigned by: ERIN (ada) and Ben"), "{}", card.text);
}
