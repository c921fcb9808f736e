//! What becomes of a call that a model wants made. A model does nothing: the most it can bring about is a button, by which a person
//! says a sentence in their own name. What decides is no button at all, and after words of others neither is what acts at once.

use serde::{Deserialize, Serialize};

/// What a command of the table does, as far as a model is concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Does {
    /// It shows something.
    Shows,
    /// It asks for something that others countersign, or the rules allow.
    Asks,
    /// It changes something of who says it, at once.
    Acts,
    /// It decides on something: that is for people, and never offered.
    Decides,
}

/// What is known of a call: nothing where no command goes by the tool's name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// What the command does.
    pub does: Does,
    /// The sentence that says it with these arguments; nothing where they make none.
    pub sentence: Option<String>,
}

/// What becomes of a call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Verdict {
    /// It is offered.
    Offered {
        /// As what.
        offer: Offer,
    },
    /// It is not.
    Refused {
        /// Why.
        why: Refused,
    },
}

/// A button: who presses it says a sentence. None is made but from what [`verdict`] lets through, or by the conversation itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offer {
    say: String,
    /// Whether words of others came before it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    tainted: bool,
}

/// Why a call is not offered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Refused {
    /// There is no such tool.
    Unknown,
    /// The arguments make no sentence.
    Malformed,
    /// It decides on something.
    Decides,
    /// It acts at once, and what others wrote may have brought it about.
    Tainted,
    /// So much is not offered at once.
    TooMany,
}

/// The most buttons under an answer that a model brings about.
pub const MOST_OFFERS: usize = 3;
/// The longest sentence that is offered, in characters.
const MOST_SENTENCE: usize = 400;

impl Offer {
    /// The sentence.
    pub fn say(&self) -> &str {
        &self.say
    }

    /// Whether words of others came before it.
    pub const fn is_tainted(&self) -> bool {
        self.tainted
    }
}

/// What becomes of a call, where so many are offered already.
pub fn verdict(known: Option<&Known>, tainted: bool, offered: usize) -> Verdict {
    let refused = |why| Verdict::Refused { why };
    let Some(Known { does, sentence }) = known else { return refused(Refused::Unknown) };
    match does {
        Does::Decides => return refused(Refused::Decides),
        Does::Acts if tainted => return refused(Refused::Tainted),
        Does::Shows | Does::Asks | Does::Acts => {}
    }
    let whole = sentence.as_deref().map(crate::text::flat).filter(|sentence| !sentence.is_empty());
    match whole.filter(|sentence| sentence.chars().count() <= MOST_SENTENCE) {
        None => refused(Refused::Malformed),
        Some(_) if offered >= MOST_OFFERS => refused(Refused::TooMany),
        Some(say) => Verdict::Offered { offer: Offer { say, tainted } },
    }
}

#[cfg(test)]
impl Offer {
    /// For examples.
    pub(crate) fn example(say: &str) -> Self {
        Self { say: say.to_owned(), tainted: true }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[expect(clippy::unnecessary_wraps, reason = "it is what a look for it comes to")]
    fn known(does: Does, sentence: &str) -> Option<Known> {
        Some(Known { does, sentence: Some(sentence.to_owned()) })
    }

    #[test]
    fn what_asks_is_offered_and_what_decides_never_is() {
        let asks = known(Does::Asks, "access write on\ninfra");
        let Verdict::Offered { offer } = verdict(asks.as_ref(), true, 0) else { panic!("it only asks") };
        assert_eq!((offer.say(), offer.is_tainted()), ("access write on infra", true));
        let refused = |known: Option<Known>, tainted, offered| match verdict(known.as_ref(), tainted, offered)
        {
            Verdict::Refused { why } => why,
            Verdict::Offered { offer } => panic!("{offer:?}"),
        };
        assert_eq!(refused(known(Does::Decides, "approve K7QM2X"), false, 0), Refused::Decides);
        assert_eq!(refused(known(Does::Acts, "do not ping me"), true, 0), Refused::Tainted);
        assert_eq!(refused(None, false, 0), Refused::Unknown);
        assert_eq!(refused(known(Does::Asks, &"x".repeat(401)), false, 0), Refused::Malformed);
        let without = Some(Known { does: Does::Asks, sentence: None });
        assert_eq!(refused(without, false, 0), Refused::Malformed);
        assert_eq!(refused(known(Does::Shows, "my access"), false, MOST_OFFERS), Refused::TooMany);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(256))]

        #[test]
        fn whatever_a_model_wants_nothing_that_decides_or_acts_on_words_of_others_is_offered(
            does in prop::sample::select(vec![Does::Shows, Does::Asks, Does::Acts, Does::Decides]),
            sentence in prop::option::of(".{0,500}"), tainted in any::<bool>(), offered in 0..9usize,
        ) {
            let known = Known { does, sentence };
            if let Verdict::Offered { offer } = verdict(Some(&known), tainted, offered) {
                prop_assert!(does != Does::Decides && !(tainted && does == Does::Acts) && offered < MOST_OFFERS);
                prop_assert!(!offer.say().is_empty() && !offer.say().contains('\n'));
                prop_assert_eq!(offer.is_tainted(), tainted);
            }
        }
    }
}
