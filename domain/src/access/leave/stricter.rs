//! Somebody is back in whose place an access was approved, and at the same moment the rules say something else.

use super::super::example::{DEPUTIES, ada, erin, person, review, staff, terms, waiting};
use super::super::{AccessEvent, AccessRequest, Lasting, Proposal};
use crate::envelope::Digest;
use crate::request::Assurance;
use crate::rules::{Refusal, Ruling, Terms};
use crate::testing::{given, noon};

/// A deputy has approved it, and it is not carried out yet.
fn approved() -> Vec<AccessEvent> {
    let by = person("zoe", &[DEPUTIES]).id;
    let countersigned = AccessEvent::Countersigned {
        by: by.clone(),
        receipt: Digest::of(b"what was shown"),
        assurance: Assurance::Said,
        stands_in_for: Some(ada().id),
    };
    let is_approved = AccessEvent::Approved { by: vec![by], fixed: Lasting { minutes: 2880 } };
    [waiting(&terms()), vec![countersigned, is_approved]].concat()
}

/// What happens where the rules say this by then.
fn looked_at(history: Vec<AccessEvent>, now: &Ruling) -> Vec<AccessEvent> {
    let people = staff(&[person("zoe", &[DEPUTIES])]);
    given::<AccessRequest>(history).when(review(people, Some(now))).events()
}

/// It waits anew on these terms.
fn anew(terms: Terms) -> Vec<AccessEvent> {
    let waits = crate::request::waiting(Proposal::Grant, &erin().id, terms.clone(), noon());
    vec![AccessEvent::Rechecked { terms: Box::new(terms) }, waits]
}

#[test]
fn what_a_deputy_approved_is_asked_anew_on_what_the_rules_say_by_then() {
    let stricter = Terms { version: 2, quorum: 3, ..terms() };
    assert_eq!(looked_at(approved(), &Ruling::Allowed(stricter.clone())), anew(stricter));
}

#[test]
fn what_the_rules_do_not_allow_as_it_is_by_then_waits_as_it_was_approved_and_is_denied_where_it_waits() {
    let later = || Terms { version: 2, ..terms() };
    let shorter = Ruling::Allowed(Terms { max_minutes: Some(60), ..later() });
    let forbidden = Ruling::Forbidden(Refusal { version: 2, policies: vec![], messages: vec![] });
    for now in [shorter, forbidden] {
        let events = looked_at(approved(), &now);
        assert_eq!(events, anew(terms()), "{now:?}");
        let events = looked_at([approved(), events].concat(), &now);
        assert!(matches!(events.last(), Some(AccessEvent::Denied { .. })), "{now:?}: {events:?}");
    }
    // Nor is it carried out by itself where by now nobody has to be asked, for somebody was.
    let alone = Ruling::Allowed(Terms { auto: true, ..later() });
    assert_eq!(looked_at(approved(), &alone), anew(terms()));
}
