//! How what can differ of each capability becomes one type: in the log they are told apart by the word after `of`.

/// The sums over the capabilities that have something they want to be held outside.
macro_rules! drifts {
    ($($Capability:ident: $module:ident,)+) => {
        /// A difference between what a capability wants and what is held outside.
        #[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
        #[serde(tag = "of", rename_all = "snake_case")]
        pub enum Drift {
            $(
                #[doc = concat!("Of `", stringify!($module), "`.")]
                $Capability($module::Drift),
            )+
        }

        /// What is done outside about it.
        #[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
        #[serde(tag = "of", rename_all = "snake_case")]
        pub enum Change {
            $(
                #[doc = concat!("Of `", stringify!($module), "`.")]
                $Capability($module::Change),
            )+
        }

        impl $crate::repair::Drift for Drift {
            type Change = Change;
            type FollowUp = FollowUp;

            fn place(&self) -> $crate::repair::Place {
                match self { $(Self::$Capability(own) => own.place(),)+ }
            }

            fn title(&self) -> String {
                match self { $(Self::$Capability(own) => own.title(),)+ }
            }

            fn on(&self) -> &str {
                match self { $(Self::$Capability(own) => own.on(),)+ }
            }

            fn things(&self) -> Vec<$crate::request::Thing> {
                match self { $(Self::$Capability(own) => own.things(),)+ }
            }

            fn held(&self) -> String {
                match self { $(Self::$Capability(own) => own.held(),)+ }
            }

            fn wanted(&self) -> String {
                match self { $(Self::$Capability(own) => own.wanted(),)+ }
            }

            fn missing(&self) -> String {
                match self { $(Self::$Capability(own) => own.missing(),)+ }
            }

            fn adopting(&self) -> String {
                match self { $(Self::$Capability(own) => own.adopting(),)+ }
            }

            fn is_same(&self, other: &Self) -> bool {
                let both = [$(matches!(
                    (self, other),
                    (Self::$Capability(own), Self::$Capability(other)) if own.is_same(other)
                ),)+];
                both.contains(&true)
            }

            fn is_of(&self, person: &$crate::tenant::Person) -> bool {
                match self { $(Self::$Capability(own) => own.is_of(person),)+ }
            }

            fn takes_away(&self) -> bool {
                match self { $(Self::$Capability(own) => own.takes_away(),)+ }
            }

            fn asked(&self) -> (&'static str, $crate::rules::Resource<'_>) {
                match self { $(Self::$Capability(own) => own.asked(),)+ }
            }

            fn asked_of<'a>(
                &'a self,
                what: &str,
                asker: &'a $crate::tenant::Person,
            ) -> Option<$crate::rules::Question<'a>> {
                match self { $(Self::$Capability(own) => own.asked_of(what, asker),)+ }
            }

            fn lane(&self) -> String {
                match self { $(Self::$Capability(own) => own.lane(),)+ }
            }

            fn calls(&self) -> &'static [$crate::ports::VendorRole] {
                match self { $(Self::$Capability(own) => own.calls(),)+ }
            }

            fn change_in_words(change: &Change) -> String {
                match change {
                    $(Change::$Capability(own) => <$module::Drift as $crate::repair::Drift>::change_in_words(own),)+
                }
            }

            fn repaired(&self, repaired: $crate::repair::Repaired<'_>) -> Vec<(&'static str, FollowUp)> {
                match self {
                    $(Self::$Capability(own) => {
                        own.repaired(repaired).into_iter().map(|(step, own)| (step, own.into())).collect()
                    })+
                }
            }
        }

        #[cfg(test)]
        impl $crate::repair::example::Sample for Drift {
            fn samples(account: &str, way: u8) -> Vec<Self> {
                [$(<$module::Drift as $crate::repair::example::Sample>::samples(account, way)
                    .into_iter()
                    .map(Self::$Capability)
                    .collect::<Vec<_>>(),)+]
                .concat()
            }
        }

        $(impl From<$module::Drift> for Drift {
            fn from(own: $module::Drift) -> Self {
                Self::$Capability(own)
            }
        })+
    };
}

pub(super) use drifts;
