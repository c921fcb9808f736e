//! A guardrail behind the built-in one: it takes more away, and never gives anything back.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use countersign_domain::ports::{
    CallError, CallErrorKind, Crossing, Finding, FindingKind, Guardrail, PolicyName, Screened, Verdict,
};
use countersign_guardrails::{Behind, BuiltIn, Policy};

/// Says what it is told to, and keeps what it was shown.
#[derive(Default)]
struct Second {
    says: Mutex<Option<Verdict>>,
    saw: Mutex<Vec<String>>,
}

#[async_trait]
impl Guardrail for Second {
    fn policy(&self) -> PolicyName {
        PolicyName { by: "second".to_owned(), version: "7".to_owned() }
    }

    async fn screen(&self, screened: Screened<'_>) -> Result<Verdict, CallError> {
        self.saw.lock().unwrap().push(screened.text.to_owned());
        let says = self.says.lock().unwrap().clone();
        says.ok_or_else(|| CallError {
            vendor: "second",
            what: "look at a text".to_owned(),
            detail: "nobody is there".to_owned(),
            status: None,
            kind: CallErrorKind::NotDone { after: None },
        })
    }
}

fn behind() -> (Behind, Arc<Second>) {
    let (first, second) = (BuiltIn::new(Policy::default()).unwrap(), Arc::new(Second::default()));
    (Behind::new(Arc::new(first), Arc::clone(&second) as Arc<dyn Guardrail>), second)
}

const CARD: &str = "Pay with 4111 1111 1111 1111, please.";

fn screened(text: &str) -> Screened<'_> {
    Screened { at: Crossing::Answered, text, sources: &[] }
}

fn finding() -> Vec<Finding> {
    vec![Finding { kind: FindingKind::DeniedTopic("pay".to_owned()), at: None }]
}

#[tokio::test]
async fn what_the_built_in_one_masks_the_second_never_sees_and_what_both_found_is_told() {
    let (behind, second) = behind();
    *second.says.lock().unwrap() = Some(Verdict::Passed);
    let Verdict::Masked { text, what } = behind.screen(screened(CARD)).await.unwrap() else {
        panic!("a number of a card is masked")
    };
    assert!(!text.contains("4111") && !second.saw.lock().unwrap()[0].contains("4111"), "{text}");
    *second.says.lock().unwrap() = Some(Verdict::Refused { what: finding() });
    let Verdict::Refused { what: both } = behind.screen(screened(CARD)).await.unwrap() else {
        panic!("the second refuses")
    };
    assert_eq!(both.len(), what.len() + 1);
    let masked = Verdict::Masked { text: "Pay [away].".to_owned(), what: finding() };
    *second.says.lock().unwrap() = Some(masked);
    let Verdict::Masked { text, what: both } = behind.screen(screened(CARD)).await.unwrap() else {
        panic!("both mask")
    };
    assert_eq!((text.as_str(), both.len()), ("Pay [away].", what.len() + 1));
    assert_eq!(behind.policy().by, "built_in+second");
}

#[tokio::test]
async fn what_leaves_stays_where_the_second_cannot_look_and_what_comes_in_stays_masked() {
    let (behind, _) = behind();
    for at in [Crossing::Asked, Crossing::Untrusted, Crossing::Called, Crossing::Answered] {
        let alone = BuiltIn::new(Policy::default()).unwrap();
        for text in [CARD, "Hello."] {
            let screened = Screened { at, text, sources: &[] };
            let said = behind.screen(screened).await;
            let first = alone.screen(screened).await.unwrap();
            match &first {
                Verdict::Refused { .. } => assert_eq!(said.as_ref(), Ok(&first), "{at:?}"),
                _ if at.shuts_on_failure() => assert!(said.is_err(), "{at:?}: {said:?}"),
                _ => assert_eq!(said.as_ref(), Ok(&first), "{at:?}: what the first masks stays masked"),
            }
        }
    }
}

#[tokio::test]
async fn what_the_built_in_one_refuses_goes_nowhere_else() {
    let policy: Policy = serde_json::from_value(serde_json::json!({
        "version": 1,
        "does": { "asked": { "denied_topic": "refuse" } },
        "topics": [{ "name": "salaries", "phrases": ["salary of"] }],
    }))
    .unwrap();
    let second = Arc::new(Second::default());
    let first = Arc::new(BuiltIn::new(policy).unwrap());
    let behind = Behind::new(first, Arc::clone(&second) as Arc<dyn Guardrail>);
    let asked = Screened { at: Crossing::Asked, text: "What is the salary of Ada?", sources: &[] };
    let said = behind.screen(asked).await.unwrap();
    assert!(matches!(said, Verdict::Refused { .. }), "{said:?}");
    assert!(second.saw.lock().unwrap().is_empty(), "no vendor hears of it");
}
