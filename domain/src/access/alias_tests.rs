//! Whatever was typed for a repository and for a person: once it was checked, it is one request, decided, receipted, carried
//! out and kept under the same identities.

use proptest::prelude::*;
use uuid::Uuid;

use super::event::{AccessEvent, Findings, Proposal};
use super::example::{ada, erin, findings, form, terms};
use super::{AccessRequest, Asked, Form, Lasting, Subject, react};
use crate::capabilities::Then;
use crate::effect::Wish as _;
use crate::envelope::ActorKind;
use crate::ports::ForgeRepository;
use crate::request::{Code, Requester};
use crate::rules::Ruling;
use crate::testing::{given, noon};

const ID: &str = "{0a1b2c3d-0000-4000-8000-00000000000f}";

fn found() -> Findings {
    let repository = ForgeRepository {
        name: "infra".to_owned(),
        url: "https://forge/infra".to_owned(),
        id: Some(ID.to_owned()),
    };
    let settled =
        Subject { principal: Some(ada().id), account: "acc-ada".to_owned(), name: "Ada".to_owned() };
    Findings { repository: Some(repository), subject: Some(settled), ..findings() }
}

/// A request under these names, checked, waiting, approved.
fn history(repository: &str, user: &str, named_as_person: bool) -> Vec<AccessEvent> {
    let requester =
        Requester { id: erin().id, kind: ActorKind::Person, name: "Erin".to_owned(), known: true };
    let principal = named_as_person.then(|| ada().id);
    let subject = Subject { principal, account: user.to_owned(), name: user.to_owned() };
    let form = Form { repository: Some(repository.to_owned()), ticket: Some("ops-17".to_owned()), ..form() };
    let asked = Asked::read(Code::candidate(Uuid::from_u128(1), 0), requester, subject, &form, noon());
    vec![
        AccessEvent::Requested { asked: Box::new(asked) },
        AccessEvent::Checked { findings: Box::new(found()), ruling: Some(Ruling::Allowed(terms())) },
        crate::request::waiting(Proposal::Grant, &erin().id, terms(), noon()),
    ]
}

fn wished(mut history: Vec<AccessEvent>) -> (AccessRequest, Vec<Then>, Option<String>) {
    let receipt =
        given::<AccessRequest>(history.clone()).state().receipt().map(|receipt| receipt.to_string());
    let approved = AccessEvent::Approved { by: vec![ada().id], fixed: Lasting { minutes: 60 } };
    history.push(approved.clone());
    let state = given::<AccessRequest>(history).state().clone();
    let wishes = react(&state, &approved, noon(), &|id| id.to_string())
        .into_iter()
        .map(|reaction| reaction.then)
        .collect();
    (state, wishes, receipt)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn trust_a1_whatever_was_typed_is_one_request_with_one_receipt_one_lane_and_one_holding(
        repository in "[A-Za-z0-9_-]{1,20}|acme/[a-z]{1,9}|https://forge\\.example/acme/[a-z]{1,9}/src|\\{[0-9a-f]{8}\\}",
        user in "[a-z]{1,12}|\\{[0-9a-f]{8}\\}|[a-z]{1,8}@acme\\.example",
        as_person: bool,
    ) {
        let typed = wished(history(&repository, &user, as_person));
        let plain = wished(history("infra", "acc-ada", true));
        prop_assert_eq!(&typed.0.asked, &plain.0.asked);
        prop_assert_eq!(&typed, &plain);
        prop_assert_eq!(typed.0.held_on(), Some(("acc-erin", ID)));
        let Then::Perform(effect) = &typed.1[0] else { panic!("{:?}", typed.1) };
        prop_assert_eq!(effect.lane(), format!("permission acc-erin {ID}"));
        // The one who gets it cannot countersign it, under whatever name it was asked for.
        prop_assert!(typed.0.is_own(&ada()));
    }
}
