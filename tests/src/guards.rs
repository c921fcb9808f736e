//! A guardrail that does at each crossing what a test lets it.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use async_trait::async_trait;
use countersign_domain::ports::{
    ByteRange, CallError, CallErrorKind, Crossing, Finding, FindingKind, Guardrail, PolicyName, Screened,
    Verdict,
};

/// What becomes of a text.
#[derive(Debug, Clone, Copy)]
pub enum Guard {
    /// Nobody can look.
    Down,
    /// It does not go over.
    Refuses,
    /// This word goes over as `[secret]`.
    Masks(&'static str),
    /// These words would give a model orders, and do not go over.
    Orders(&'static str),
}

/// What is done where; everywhere else all goes over.
#[derive(Debug, Default)]
pub struct Guards(Mutex<BTreeMap<Crossing, Guard>>);

impl Guards {
    /// From now on this happens there, and all goes over elsewhere.
    pub fn only(&self, at: Crossing, guard: Guard) {
        *self.lock() = BTreeMap::from([(at, guard)]);
    }

    /// All goes over.
    pub fn none(&self) {
        self.lock().clear();
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, BTreeMap<Crossing, Guard>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What becomes of a text in which these words may stand.
fn orders(text: &str, words: &str) -> Verdict {
    let Some(from) = text.find(words) else { return Verdict::Passed };
    let place = |at: usize| u32::try_from(at).expect("texts of tests are short");
    let at = ByteRange { from: place(from), to: place(from + words.len()) };
    Verdict::Refused { what: vec![Finding { kind: FindingKind::Injection, at: Some(at) }] }
}

#[async_trait]
impl Guardrail for Guards {
    fn policy(&self) -> PolicyName {
        PolicyName { by: "stage".to_owned(), version: "1".to_owned() }
    }

    async fn screen(&self, screened: Screened<'_>) -> Result<Verdict, CallError> {
        let guard = self.lock().get(&screened.at).copied();
        let what = || vec![Finding { kind: FindingKind::Secret, at: None }];
        match guard {
            Some(Guard::Refuses) => Ok(Verdict::Refused { what: what() }),
            Some(Guard::Masks(word)) if screened.text.contains(word) => {
                Ok(Verdict::Masked { text: screened.text.replace(word, "[secret]"), what: what() })
            }
            Some(Guard::Orders(words)) => Ok(orders(screened.text, words)),
            None | Some(Guard::Masks(_)) => Ok(Verdict::Passed),
            Some(Guard::Down) => Err(CallError {
                vendor: "stage",
                what: "look at a text".to_owned(),
                detail: "nobody is there".to_owned(),
                status: None,
                kind: CallErrorKind::NotDone { after: None },
            }),
        }
    }
}
