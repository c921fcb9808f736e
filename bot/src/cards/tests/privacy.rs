//! What somebody holds is told to those who may know it, and to nobody else.

use super::*;

#[test]
fn what_somebody_holds_is_for_them_and_for_those_who_decide() {
    let mut asked = asked(&form());
    asked.subject = Subject { principal: Some(id("ben")), account: "{ben}".into(), name: "Ben".into() };
    let mut access = state(&waiting());
    access.asked = Some(asked);
    let people = people();
    let shows = |viewer: &str| {
        let viewer = &people.people[&id(viewer)];
        let card = request(Shown {
            code: &code(),
            request: &access,
            viewer: Some(viewer),
            people: &people,
            now: noon(),
            beside: None,
            rules: 0,
            collections: None,
        });
        card.fields.iter().any(|field| field.label == crate::words::HOLDS)
    };
    assert_eq!(VIEWERS.map(shows), [false, true, true, true, true, false], "{VIEWERS:?}");
}

#[test]
fn trust_d4_the_story_says_what_is_held_only_to_those_who_may_know() {
    let history = ended(&Ending::Expired);
    let told = story_for(&history, "mallory").text;
    assert!(told.contains("repository found, ticket OPS-17 found.\n"), "{told}");
    assert!(told.contains("Granted: write was set and read back; it ends on"), "{told}");
    assert!(!told.contains("holds") && !told.contains("before"), "{told}");
}

#[test]
fn trust_d4_a_card_in_a_channel_says_what_is_held_only_of_who_asked() {
    let shows = |access: &AccessRequest| {
        let (code, people) = (code(), people());
        let shown = Shown {
            code: &code,
            request: access,
            viewer: None,
            people: &people,
            now: noon(),
            beside: None,
            rules: 0,
            collections: None,
        };
        request(shown).fields.iter().any(|field| field.label == crate::words::HOLDS)
    };
    let own = state(&waiting());
    let mut others = own.clone();
    let subject = Subject { principal: Some(id("ben")), account: "{ben}".into(), name: "Ben".into() };
    others.asked.as_mut().unwrap().subject = subject;
    assert_eq!((shows(&own), shows(&others)), (true, false));
}
