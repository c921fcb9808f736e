//! Given the people and their chat accounts, when a form names somebody, then it means exactly these.

use countersign_domain::envelope::ActorKind;
use countersign_domain::ports::{SurfaceKind, USUAL_FORGE};

use super::*;

fn person(id: &str, name: &str) -> Person {
    let accounts = [(USUAL_FORGE, format!("acc-{id}")), (EMAIL, format!("{id}@acme.example"))];
    Person {
        id: id.parse().unwrap(),
        kind: ActorKind::Person,
        name: name.to_owned(),
        groups: [].into(),
        roles: [].into(),
        accounts: accounts.into_iter().map(|(vendor, account)| (vendor.to_owned(), account)).collect(),
    }
}

fn people() -> People {
    let all = [person("erin", "Erin Moore"), person("akim", "Alex Kim"), person("alexk", "Alex Kim")];
    all.into_iter().collect()
}

fn identity(surface: SurfaceKind, user: &str) -> Identity {
    Identity::new(surface, "W1", user).unwrap()
}

fn named(user: &str) -> Resolved {
    let people = people();
    let mentioned = SurfaceKind::ALL.map(|kind| (identity(kind, "U1"), "akim".parse().unwrap()));
    let erin = &people.people[&"erin".parse().unwrap()];
    let form = Form {
        user: Some(user.to_owned()),
        reason: Some("asks @slack/W1/U1, not @slack/W1/U9".to_owned()),
        ..Form::default()
    };
    resolve(&people, &mentioned.into(), erin, &form, USUAL_FORGE)
}

fn principal(user: &str) -> Option<String> {
    let resolved = named(user);
    assert_eq!(resolved.open, [], "{user}");
    resolved.subject.principal.map(String::from)
}

#[test]
fn trust_a2_every_name_that_the_directory_knows_leads_to_the_one_person() {
    for user in ["akim", "AKIM", "@akim", " akim ", "acc-akim", "akim@acme.example", "Akim@Acme.Example"] {
        assert_eq!(principal(user).as_deref(), Some("akim"), "{user}");
    }
    for user in ["", " ", "me", "@me", "Myself", "erin", "erin moore"] {
        assert_eq!(principal(user).as_deref(), Some("erin"), "{user}");
    }
    assert_eq!(principal("mallory"), None);
}

#[test]
fn trust_a3_whoever_is_mentioned_is_found_by_their_link_on_every_surface() {
    for kind in SurfaceKind::ALL {
        assert_eq!(principal(&identity(kind, "U1").mention()).as_deref(), Some("akim"), "{kind}");
    }
}

#[test]
fn trust_a3_whoever_nobody_knows_yet_is_asked_about_and_never_taken_for_somebody_else() {
    for kind in SurfaceKind::ALL {
        let resolved = named(&identity(kind, "U9").mention());
        assert_eq!(resolved.faults(), [Violation::from(Fault::NotLinked { surface: kind })]);
        assert_eq!(resolved.subject.principal, None);
        assert!(resolved.denied().is_some());
    }
}

#[test]
fn trust_b6_of_two_people_of_one_name_both_are_offered() {
    let resolved = named("alex kim");
    let offered: Vec<_> =
        resolved.open[0].candidates.iter().map(|who| (who.label.as_str(), who.value.as_str())).collect();
    assert_eq!(offered, [("Alex Kim (akim)", "akim"), ("Alex Kim (alexk)", "alexk")]);
    assert_eq!(resolved.subject.principal, None);
    insta::assert_snapshot!(resolved.denied().unwrap(), @"Several people go by “alex kim”: Alex Kim (akim) and Alex Kim (alexk). Say which one you mean by what stands in brackets.");
}

#[test]
fn mentions_in_a_reason_read_as_names() {
    assert_eq!(named("me").form.reason.as_deref(), Some("asks Alex Kim, not @somebody"));
}
