//! The time machine: the log is gone through once, and every request in it of the kinds below is decided again under other rules, with
//! the people there were at the time. Repairs are not among them: what was otherwise at the forge then, nobody can say any more.
//!
//! What is asked is what the rules are asked when a request is checked, and nothing else: limits over several accesses, and what
//! vendors have said since, are left as they were.

use crate::access::Access;
use crate::aggregate::DecodeError;
use crate::envelope::Envelope;
use crate::request;
use crate::rule_change::{Again, Judge, Replayed, RuleChange};
use crate::tenant::People;

/// One time machine over these kinds.
macro_rules! again {
    ($($Kind:ident: $field:ident,)+) => {
        /// A log on its way through.
        #[derive(Debug)]
        pub struct TimeMachine {
            people: People,
            judge: Judge,
            $($field: Again<$Kind>,)+
        }

        impl TimeMachine {
            /// One that sees nothing yet.
            pub fn new(judge: Judge) -> Self {
                Self { people: People::default(), judge, $($field: Again::default(),)+ }
            }

            /// Takes the next event of the tenant's, in the order of the log.
            pub fn take(&mut self, envelope: &Envelope) -> Result<(), DecodeError> {
                if envelope.stream.category() == request::CATEGORY {
                    $(self.$field.take(envelope, &self.people, &mut self.judge)?;)+
                } else {
                    self.people.take(envelope)?;
                }
                Ok(())
            }

            /// The people there are by now.
            pub const fn people(&self) -> &People {
                &self.people
            }

            /// What would have become of the requests, and what would become of those that wait now.
            pub fn replayed(mut self) -> Replayed {
                $(self.$field.finish(&self.people, &mut self.judge);)+
                self.judge.replayed()
            }
        }
    };
}

again! {
    Access: access,
    RuleChange: rule_change,
}

#[cfg(test)]
mod tests;
