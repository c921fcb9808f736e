//! A document for tests: how it is brought, read and let be read where the laws of the life are tried on it, and what can happen to it.

use std::num::NonZeroU32;

use jiff::civil::date;
use uuid::Uuid;

use super::*;
use crate::audience::Acl;
use crate::denied::Violation;
use crate::envelope::Digest;
use crate::person::Person;
use crate::ports::{ByteRange, Finding, FindingKind, Generation, Indexed, Media, Unreadable};
use crate::request::law::{self, Tried};
use crate::request::{Code, RequestEvent};
use crate::rules::{Approvers, Ruling, Terms};
use crate::testing::noon;

/// Brought by erin.
pub(crate) fn submission() -> Submission {
    Document::asked(
        &crate::access::example::person("erin", &[]),
        &crate::access::example::person("erin", &[]),
    )
}

/// The second version of the same.
pub(crate) fn second(code: u128) -> Submission {
    let first = submission();
    Submission {
        code: Code::candidate(Uuid::from_u128(code), 0),
        version: NonZeroU32::new(2).expect("it is not zero"),
        replaces: Some(Replaced { document: first.code.clone(), request: first.code.clone(), readers: None }),
        ..first
    }
}

pub(crate) fn read() -> Read {
    let findings = vec![Finding { kind: FindingKind::Hidden, at: Some(ByteRange { from: 10, to: 30 }) }];
    Read {
        media: Media::Pdf,
        text: Digest::of(b"the text"),
        bytes: 2_500,
        pages: Some(3),
        language: Some("en".to_owned()),
        extractor: "pdf@1".to_owned(),
        findings,
        spots: vec![],
        more_findings: 1,
        beginning: "Trips are booked in the portal.".to_owned(),
        compared: Some(Compared { added: 4, removed: 1 }),
        changes: vec![],
    }
}

pub(crate) fn indexed() -> Indexed {
    let generation = Generation {
        embedder: "words@1".to_owned(),
        chunker: "sections@1".to_owned(),
        fusion: "words@1".to_owned(),
    };
    Indexed { generation, passages: 4, root: Digest::of(b"all passages") }
}

pub(crate) fn found() -> Inspected {
    Inspected { unreadable: None, read: Some(Box::new(read())), indexed: Some(indexed()) }
}

pub(crate) fn terms() -> Terms {
    Terms {
        policies: vec!["documents-are-countersigned".to_owned()],
        approvers: vec![Approvers(["role:admin".to_owned()].into())],
        ticket: vec![],
        max_minutes: None,
        ..crate::access::example::terms()
    }
}

/// It waits for somebody.
pub(crate) fn waiting(asked: Submission) -> Vec<DocumentRequestEvent> {
    let by = asked.requester.id.clone();
    vec![
        RequestEvent::Requested { asked: Box::new(asked) },
        RequestEvent::Own(DocumentEvent::Extracted { read: Box::new(read()) }),
        RequestEvent::Checked { findings: Box::new(found()), ruling: Some(Ruling::Allowed(terms())) },
        crate::request::waiting(Proposal::Publish, &by, terms(), noon()),
    ]
}

/// Ada countersigned it.
pub(crate) fn approved(asked: Submission) -> Vec<DocumentRequestEvent> {
    let by = vec![crate::access::example::ada().id];
    let approved = RequestEvent::Approved { by, fixed: crate::request::Nothing {} };
    waiting(asked).into_iter().chain([approved]).collect()
}

/// Answers are taken from it.
pub(crate) fn live(asked: Submission) -> Vec<DocumentRequestEvent> {
    approved(asked).into_iter().chain([RequestEvent::Own(DocumentEvent::Live {})]).collect()
}

impl Tried for Document {
    /// A document is nobody's own but who brings it.
    const IS_ABOUT_SOMEBODY: bool = false;

    fn asked(by: &Person, _: &Person) -> Submission {
        let code = |number| Code::candidate(Uuid::from_u128(number), 0);
        Submission {
            code: code(5),
            requester: law::requester(by),
            title: "Travel".to_owned(),
            collection: "handbook".to_owned(),
            version: NonZeroU32::MIN,
            replaces: None,
            file: File { sha: Digest::of(b"a file"), name: "travel.pdf".to_owned(), size: 40_000 },
            acl: Acl::everybody(),
            review: Some(date(2026, 9, 1)),
            why: Some("so that nobody has to ask".to_owned()),
            watched: Some("handbook/vpn.md".to_owned()),
        }
    }

    fn found(_: &Person, way: u8) -> Inspected {
        let more_findings = u32::from(way);
        Inspected { read: Some(Box::new(Read { more_findings, ..read() })), ..found() }
    }

    fn own_events() -> Vec<DocumentEvent> {
        use DocumentEvent as E;
        let (by, other) = (crate::access::example::ada().id, Code::candidate(Uuid::from_u128(6), 0));
        vec![
            E::Extracted { read: Box::new(read()) },
            E::Live {},
            E::Replaced { by: other.clone() },
            E::PassedOver { by: other },
            E::Overtaken {},
            E::Narrowed { by: by.clone(), acl: Acl::of(["hr".to_owned()]) },
            E::Retired { by: by.clone(), reason: Some("it is wrong".to_owned()) },
            E::ReviewDue {},
            E::Reviewed { by, until: Some(date(2027, 9, 1)) },
        ]
    }

    fn every_event() -> Vec<DocumentRequestEvent> {
        let mut all = law::of_its_own::<Self>();
        for event in &mut all {
            // All that may be left out.
            if let RequestEvent::Requested { asked } = event {
                **asked = second(7);
            }
        }
        all
    }

    fn carry_out() -> DocumentCommand {
        DocumentCommand::GoLive
    }

    fn faults() -> Vec<Violation> {
        let unreadable = [
            Unreadable::Empty,
            Unreadable::TooLarge { most: 1 << 20 },
            Unreadable::TooManyPages { most: 2_000 },
            Unreadable::UnknownMedia,
            Unreadable::OtherMedia { found: Some(Media::Html) },
            Unreadable::Encrypted,
            Unreadable::Broken,
            Unreadable::Exhausted { what: "memory".to_owned() },
            Unreadable::NoText,
        ];
        let all = [
            Fault::BadTitle { length: 200, max: 120 },
            Fault::BadCollection { length: 0, max: 40 },
            Fault::NobodyMayRead,
            Fault::MisleadingName { character: "U+202E".to_owned() },
            Fault::MayNotPublish { collection: "handbook".to_owned() },
            Fault::UnknownDocument { given: "K7QM2X".to_owned() },
            Fault::NotLive,
            Fault::WouldWiden,
            Fault::NotYourDocument,
            Fault::NoFile,
        ];
        let unreadable = unreadable.map(|why| Fault::CannotBeRead { why });
        unreadable.into_iter().chain(all).map(Violation::from).collect()
    }
}

/// What was added since to what documents alone say no for.
pub(crate) fn faults_since() -> Vec<Fault> {
    let document = Code::candidate(Uuid::from_u128(5), 0);
    vec![
        Fault::NobodyInGroup { given: "approver".to_owned(), nearest: vec!["approvers".to_owned()] },
        Fault::NobodyInGroup { given: "nosuch".to_owned(), nearest: vec![] },
        Fault::NobodyLeft { document: document.clone() },
        Fault::StillWaits { document: document.clone() },
        Fault::HasEnded { document, word: "denied".to_owned() },
    ]
}
