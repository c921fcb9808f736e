//! THE rule of who reads what of a document. Its text, how it begins and what it is called are for those whom it is open to, for who
//! brought it, and, for as long as it waits, for those who may countersign it: they have to know what they answer for. Who else sees the
//! request, because of a role or because they decided on it once, sees that there is one: its code, its size and its digest, who brought
//! it, and what became of it.
//!
//! Answers are taken from it for those alone whom it is open to: who brought it for others reads it by its code, and is told that.

use super::DocumentRequest;
use crate::audience::{Acl, Collections};
use crate::person::Person;
use crate::request::Facets as _;

/// Whether all whom `lets` asks about may, by the document and by the collection that it is in; by the version before as well, until it was
/// live: for more people is what it was asked to be, and nobody has granted that. Where nobody knows who could read that one, it is nobody.
fn lets(document: &DocumentRequest, collections: Option<&Collections>, lets: impl Fn(&Acl) -> bool) -> bool {
    let Some(asked) = &document.asked else { return false };
    let of_all = collections.and_then(|collections| collections.get(&asked.collection));
    let before = || asked.replaces.as_ref().is_none_or(|before| before.readers.as_ref().is_some_and(&lets));
    lets(document.own.acl(asked)) && of_all.is_none_or(&lets) && (document.own.was_live() || before())
}

/// Whether it is not open to whoever belongs to the tenant.
pub fn is_private(document: &DocumentRequest, collections: Option<&Collections>) -> bool {
    !lets(document, collections, |acl| acl.everybody)
}

/// Whether this person is one of those whom it is open to, or will be once it is live.
pub fn is_open_to(document: &DocumentRequest, collections: Option<&Collections>, person: &Person) -> bool {
    lets(document, collections, |acl| acl.includes(person))
}

/// Whether this person is one of its readers: it is live, so they find it by its code.
pub fn is_read_by(document: &DocumentRequest, collections: Option<&Collections>, person: &Person) -> bool {
    document.own.is_live() && is_open_to(document, collections, person)
}

/// Whether this person may read its text, how it begins and what it is called, where they see the request at all.
pub fn may_read(
    document: &DocumentRequest,
    collections: Option<&Collections>,
    person: &Person,
    absent: &[Person],
) -> bool {
    let brought = document.asked.as_ref().is_some_and(|asked| asked.requester.id == person.id);
    brought || is_open_to(document, collections, person) || document.could_decide(person, absent)
}

/// Whether this person may read the lines that a version takes out of the one before: they could read that one, they brought this one over
/// it, or they may countersign it. Else a version for more people would tell them what was for fewer.
pub fn may_read_before(document: &DocumentRequest, person: &Person, absent: &[Person]) -> bool {
    let Some(asked) = &document.asked else { return false };
    let before = asked.replaces.as_ref().and_then(|replaces| replaces.readers.as_ref());
    asked.requester.id == person.id
        || before.is_some_and(|before| before.includes(person))
        || document.could_decide(person, absent)
}

#[cfg(test)]
mod tests {
    use super::super::example::{self, live, submission, waiting};
    use super::super::{DocumentEvent, Proposal, Submission};
    use super::*;
    use crate::access::example::{ada, person};
    use crate::request::RequestEvent;
    use crate::rule_change::example::admin;
    use crate::testing::given;

    fn hr() -> Acl {
        Acl::of(["hr".to_owned()])
    }

    fn private() -> Submission {
        Submission { acl: hr(), ..submission() }
    }

    fn state(history: Vec<RequestEvent<super::super::Document>>) -> DocumentRequest {
        given::<DocumentRequest>(history).state().clone()
    }

    #[test]
    fn a_private_document_is_read_by_its_readers_who_brought_it_and_who_may_countersign_it() {
        let (waits, live) = (state(waiting(private())), state(live(private())));
        let (erin, reader) = (person("erin", &[]), person("rita", &["hr"]));
        let (zoe, bob) = (admin("zoe"), person("bob", &[]));
        let reads = |document: &DocumentRequest, who: &Person| may_read(document, None, who, &[]);
        for who in [&erin, &reader] {
            assert!(reads(&waits, who) && reads(&live, who), "{}", who.id);
        }
        assert!(reads(&waits, &zoe), "who decides on it sees it");
        assert!(!reads(&live, &zoe), "and no more once it was decided");
        assert!(!reads(&waits, &bob) && !reads(&live, &bob));
        assert!(is_read_by(&live, None, &reader) && !is_read_by(&waits, None, &reader));
        assert!(!is_read_by(&live, None, &erin), "who brought it for others is none of its readers");
        assert!(is_private(&live, None) && !is_private(&state(example::live(submission())), None));
    }

    #[test]
    fn what_a_version_takes_out_of_a_private_one_is_not_read_by_those_for_whom_only_the_new_one_is() {
        let mut next = example::second(7);
        if let Some(replaces) = &mut next.replaces {
            replaces.readers = Some(hr());
        }
        let (waits, live) = (state(waiting(next.clone())), state(live(next)));
        let (reader, zoe, bob) = (person("rita", &["hr"]), admin("zoe"), person("bob", &[]));
        assert!(may_read(&live, None, &bob, &[]) && !may_read_before(&live, &bob, &[]));
        assert!(may_read_before(&live, &reader, &[]) && may_read_before(&live, &person("erin", &[]), &[]));
        assert!(may_read_before(&waits, &zoe, &[]) && !may_read_before(&live, &zoe, &[]));
    }

    #[test]
    fn what_is_asked_to_be_for_more_people_is_for_no_more_until_it_is_live_and_never_where_it_was_denied() {
        let mut next = example::second(7);
        if let Some(replaces) = &mut next.replaces {
            replaces.readers = Some(hr());
        }
        let (reader, bob) = (person("rita", &["hr"]), person("bob", &[]));
        let waits = waiting(next.clone());
        let denied = RequestEvent::Denied {
            proposal: Proposal::Publish,
            by: Some(ada().id),
            reason: None,
            violations: vec![],
            rules: None,
        };
        for history in [waits.clone(), waits.into_iter().chain([denied]).collect()] {
            let document = state(history);
            assert!(is_private(&document, None), "{:?}", document.own.state);
            assert!(may_read(&document, None, &reader, &[]) && !may_read(&document, None, &bob, &[]));
        }
        assert!(may_read(&state(live(next)), None, &bob, &[]));
    }

    #[test]
    fn what_is_said_of_a_collection_holds_for_all_that_is_in_it_and_narrowing_counts_at_once() {
        let of_all = Collections::from([("handbook".to_owned(), hr())]);
        let open = state(live(submission()));
        let (reader, bob) = (person("rita", &["hr"]), person("bob", &[]));
        assert!(is_private(&open, Some(&of_all)));
        assert!(may_read(&open, Some(&of_all), &reader, &[]) && !may_read(&open, Some(&of_all), &bob, &[]));
        assert!(may_read(&open, None, &bob, &[]));
        let narrowed = RequestEvent::Own(DocumentEvent::Narrowed { by: ada().id, acl: hr() });
        let narrowed = state(live(submission()).into_iter().chain([narrowed]).collect());
        assert!(is_private(&narrowed, None) && !may_read(&narrowed, None, &bob, &[]));
    }
}
