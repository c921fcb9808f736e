//! What one capability alone says no for: closed in the program, and open in the log, where it is told by its code.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use strum::VariantNames;

use super::{Denied, Violation};
use crate::ports::USUAL_FORGE;

/// Under which name an [`Own`] keeps at which forge it was found.
const FORGE: &str = "forge";

/// What a capability says no for besides what every one can. No two share a code, and none has one of [`Violation`]'s.
pub trait Fault: Sized {
    /// It, where it is one of these.
    fn of(own: &Own) -> Option<Self>;

    /// What is told of it, with what helps.
    fn said(&self) -> String;

    /// The same, where it names the forge that the tenant has, by its word: `github`.
    fn said_at(&self, _forge: &str) -> String {
        self.said()
    }

    /// Whether it is for who asks, and would be no for somebody else: what was asked for is as it should be.
    fn is_about_who(&self) -> bool {
        false
    }
}

/// The same as it stands in the log: whose it is, its code tells.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Kept")]
pub struct Own {
    code: String,
    #[serde(flatten)]
    with: Map<String, Value>,
}

impl Own {
    /// The code.
    pub fn code(&self) -> &str {
        &self.code
    }

    /// At which forge it was found, where that was said.
    pub(crate) fn forge(&self) -> Option<&str> {
        self.with.get(FORGE)?.as_str()
    }

    /// It as one of these, where it is one of them.
    pub fn read<F: DeserializeOwned + VariantNames>(&self) -> Option<F> {
        if !F::VARIANTS.contains(&self.code()) {
            return None;
        }
        serde_json::to_value(self).and_then(serde_json::from_value).ok()
    }
}

/// What was read, and may be one that every capability can say: then it has another shape than it should.
#[derive(Deserialize)]
struct Kept {
    code: String,
    #[serde(flatten)]
    with: Map<String, Value>,
}

impl TryFrom<Kept> for Own {
    type Error = String;

    fn try_from(Kept { code, with }: Kept) -> Result<Self, String> {
        if Violation::VARIANTS.contains(&&*code) {
            return Err(format!("`{code}` has another shape"));
        }
        Ok(Self { code, with })
    }
}

impl Violation {
    /// The same, found at this forge: what is told of it names the forge. What names none was found at the usual one.
    #[must_use]
    pub fn at(self, forge: &str) -> Self {
        match self {
            Self::Own(mut own) if forge != USUAL_FORGE => {
                own.with.insert(FORGE.to_owned(), forge.into());
                Self::Own(own)
            }
            other => other,
        }
    }
}

impl<F: Fault + Serialize> From<F> for Violation {
    fn from(fault: F) -> Self {
        let own = serde_json::to_value(fault).and_then(serde_json::from_value);
        Self::Own(own.expect("a fault is an object with a code that no other has, which is tested"))
    }
}

impl<F: Fault + Serialize> From<F> for Denied {
    fn from(fault: F) -> Self {
        Violation::from(fault).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_no_capability_of_this_program_knows_is_kept_as_it_is_and_what_has_another_shape_is_not_read() {
        let json = r#"{"code":"moon_is_full","phase":{"of":"the moon"},"times":3}"#;
        let read: Violation = serde_json::from_str(json).unwrap();
        assert!(matches!(&read, Violation::Own(own) if own.code() == "moon_is_full"), "{read:?}");
        assert_eq!(serde_json::to_string(&read).unwrap(), json);
        let common: Violation = serde_json::from_str(r#"{"code":"own_request"}"#).unwrap();
        assert_eq!(common, Violation::OwnRequest);
        for other in [r#"{"code":"not_eligible"}"#, r#"{"code":"has_left","name":7}"#, r#"{"of":"nothing"}"#]
        {
            assert!(serde_json::from_str::<Violation>(other).is_err(), "{other}");
        }
    }
}
