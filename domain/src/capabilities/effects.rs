//! How the capabilities' effects, plans and outcomes become one type each: written as each is written, read by its `kind`.

use serde::de::{DeserializeOwned, Error};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

/// The sums over the capabilities, and what every effect can be asked, handed on to whose it is.
macro_rules! effects {
    ($($Capability:ident: $module:ident,)+) => {
        sum! {
            /// What is wished of the outside.
            Effect { $($Capability: $module,)+ }
        }
        sum! {
            /// What an attempt is about to do: recorded before the call goes out. A dry run prints it.
            Plan { $($Capability: $module,)+ }
        }
        sum! {
            /// What came of it.
            Outcome { $($Capability: $module,)+ }
        }

        impl $crate::effect::Wish for Effect {
            type Plan = Plan;
            type Outcome = Outcome;
            type FollowUp = FollowUp;

            fn kind(&self) -> &'static str {
                match self { $(Self::$Capability(own) => own.kind(),)+ }
            }

            fn code(&self) -> Option<&$crate::request::Code> {
                match self { $(Self::$Capability(own) => own.code(),)+ }
            }

            fn lane(&self) -> String {
                match self { $(Self::$Capability(own) => own.lane(),)+ }
            }

            fn calls(&self) -> &'static [$crate::ports::VendorRole] {
                match self { $(Self::$Capability(own) => own.calls(),)+ }
            }

            fn is_urgent(&self) -> bool {
                match self { $(Self::$Capability(own) => own.is_urgent(),)+ }
            }

            fn patience(&self) -> $crate::effect::Patience {
                match self { $(Self::$Capability(own) => own.patience(),)+ }
            }

            fn is_done_by_any_in_its_lane(&self) -> bool {
                match self { $(Self::$Capability(own) => own.is_done_by_any_in_its_lane(),)+ }
            }

            fn is_awaited_by(&self) -> Option<&$crate::request::Code> {
                match self { $(Self::$Capability(own) => own.is_awaited_by(),)+ }
            }

            fn id(&self, step: &str, cause: &$crate::envelope::Envelope) -> uuid::Uuid {
                match self { $(Self::$Capability(own) => own.id(step, cause),)+ }
            }

            fn changes(plan: &Plan) -> bool {
                match plan { $(Plan::$Capability(own) => <$module::Effect as $crate::effect::Wish>::changes(own),)+ }
            }

            fn found(first: &Plan) -> Option<String> {
                match first { $(Plan::$Capability(own) => <$module::Effect as $crate::effect::Wish>::found(own),)+ }
            }

            fn since(outcome: Outcome, first: &Plan) -> Outcome {
                match (outcome, first) {
                    $((Outcome::$Capability(own), Plan::$Capability(first)) => {
                        Outcome::$Capability(<$module::Effect as $crate::effect::Wish>::since(own, first))
                    })+
                    (outcome, _) => outcome,
                }
            }

            fn in_words(&self) -> String {
                match self { $(Self::$Capability(own) => own.in_words(),)+ }
            }

            fn plan_in_words(plan: &Plan) -> String {
                match plan { $(Plan::$Capability(own) => <$module::Effect as $crate::effect::Wish>::plan_in_words(own),)+ }
            }

            fn outcome_in_words(outcome: &Outcome) -> String {
                match outcome {
                    $(Outcome::$Capability(own) => <$module::Effect as $crate::effect::Wish>::outcome_in_words(own),)+
                }
            }

            fn outcome<E>(
                &self,
                became: $crate::effect::Became<'_, Self>,
            ) -> Vec<$crate::reaction::Reaction<E, FollowUp>> {
                match self {
                    $(Self::$Capability(own) => {
                        let of_own = |outcome| match outcome {
                            &Outcome::$Capability(ref own) => Some(own),
                            _ => None,
                        };
                        let reactions = became.of(of_own).map(|became| own.outcome(became)).unwrap_or_default();
                        reactions.into_iter().map(|reaction| reaction.map(FollowUp::from)).collect()
                    })+
                }
            }
        }
    };
}

/// One type of each capability's of the same name; it is read by its `kind`.
macro_rules! sum {
    ($(#[$about:meta])* $Sum:ident { $($Capability:ident: $module:ident,)+ }) => {
        $(#[$about])*
        #[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
        #[serde(untagged)]
        pub enum $Sum {
            $(
                #[doc = concat!("Of `", stringify!($module), "`.")]
                $Capability($module::$Sum),
            )+
        }

        $(impl From<$module::$Sum> for $Sum {
            fn from(own: $module::$Sum) -> Self {
                Self::$Capability(own)
            }
        })+

        impl<'de> serde::Deserialize<'de> for $Sum {
            fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                let content = effects::Content::read(from)?;
                $(if <$module::$Sum as strum::VariantNames>::VARIANTS.contains(&content.kind()) {
                    return content.into().map(Self::$Capability);
                })+
                Err(content.is_unknown())
            }
        }

        #[cfg(test)]
        impl $Sum {
            /// Every kind of every capability.
            fn kinds() -> Vec<&'static str> {
                [$(<$module::$Sum as strum::VariantNames>::VARIANTS,)+].concat()
            }
        }
    };
}

pub(super) use {effects, sum};

/// What stands in the log, of which only the kind is known: it is read into nothing else before it is known whose it is.
pub(super) struct Content {
    kind: String,
    json: Box<RawValue>,
}

impl Content {
    pub(super) fn read<'de, D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        struct Kind {
            kind: String,
        }
        let json = Box::<RawValue>::deserialize(from)?;
        let Kind { kind } = serde_json::from_str(json.get()).map_err(D::Error::custom)?;
        Ok(Self { kind, json })
    }

    pub(super) fn kind(&self) -> &str {
        &self.kind
    }

    pub(super) fn into<T: DeserializeOwned, E: Error>(self) -> Result<T, E> {
        serde_json::from_str(self.json.get()).map_err(E::custom)
    }

    pub(super) fn is_unknown<E: Error>(&self) -> E {
        E::custom(format!("`{}` is a kind of no capability", self.kind))
    }
}
