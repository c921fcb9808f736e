//! What somebody was shown where they talk, of what can be decided on: a decision that names nothing is on what was shown last, one that names
//! it on what was shown of it at all; and neither on anything else.
//!
//! This bot knows it, for as long as it runs. Where nothing is known nothing counts as shown, and whoever decides is shown it first: what is
//! forgotten costs one more yes, and never a countersignature for what nobody looked at.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, PoisonError};

use countersign_domain::card::Card;
use countersign_domain::envelope::Digest;
use countersign_domain::names::{PrincipalId, Tenant};
use countersign_domain::question::Question;
use countersign_domain::request::Code;
use uuid::Uuid;

use crate::context::{Context, Scene};
use crate::words;

/// The request that examples name, which is nobody's: who is helped is shown none.
const OF_EXAMPLES: &str = "K7QM2X";
/// So many people at so many places are kept in mind.
const MOST: usize = 20_000;
/// So many requests are kept in mind of each of them, at each place.
const MOST_SHOWN: usize = 50;

/// Requests of which something was shown, each with the receipt of what could be decided on there.
pub(crate) type Looks = BTreeMap<Code, Option<Digest>>;

/// Somebody where they talk.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Spot {
    tenant: Tenant,
    person: PrincipalId,
    place: String,
}

impl Spot {
    /// Where who speaks does.
    pub(crate) fn of(context: &Context) -> Self {
        Self::at(&context.tenant, &context.person.id, &context.surface, &context.scene)
    }

    /// Where this person talks on that scene.
    pub(crate) fn at(tenant: &Tenant, person: &PrincipalId, surface: &str, scene: &Scene) -> Self {
        let thread = scene.place.as_ref().and_then(|place| place.thread.as_ref());
        let place = scene.key(surface);
        let place = thread.map_or_else(|| place.clone(), |thread| format!("{place}/{thread}"));
        Self { tenant: tenant.clone(), person: person.clone(), place }
    }
}

/// What everybody was shown last.
#[derive(Debug, Default)]
pub struct InView(Mutex<HashMap<Spot, View>>);

/// What was shown last at one place.
#[derive(Debug)]
struct View {
    /// By which interaction or effect; none by a page.
    by: Option<Uuid>,
    looks: Looks,
    /// Whatever was shown lately, each as it was shown at last, and by what first.
    shown: BTreeMap<Code, (Digest, Option<Uuid>)>,
}

impl View {
    fn keep(&mut self, code: &Code, receipt: Digest, by: Option<Uuid>) {
        if self.shown.get(code).is_some_and(|(known, _)| *known == receipt) {
            return;
        }
        if self.shown.len() >= MOST_SHOWN && !self.shown.contains_key(code) {
            self.shown.clear();
        }
        self.shown.insert(code.clone(), (receipt, by));
    }
}

impl InView {
    /// This was shown there, and so is what was shown last. What one interaction shows is one answer; what speaks of no request leaves all
    /// as it was, and what was shown before and is only spoken of now stays shown as it was.
    pub(crate) fn show(&self, spot: Spot, by: Option<Uuid>, looks: Looks) {
        if looks.is_empty() {
            return;
        }
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= MOST && !all.contains_key(&spot) {
            all.clear();
        }
        let view =
            all.entry(spot).or_insert_with(|| View { by, looks: Looks::new(), shown: BTreeMap::new() });
        if by.is_none() || view.by != by {
            let is_only_told = looks.values().all(Option::is_none);
            view.by = by;
            view.looks.retain(|code, _| is_only_told && looks.contains_key(code));
        }
        for (code, receipt) in looks {
            if let Some(receipt) = receipt {
                view.keep(&code, receipt, by);
            }
            let own = view.looks.entry(code).or_default();
            *own = receipt.or(*own);
        }
    }

    /// A list of several is shown there now: what was shown before is not what was shown last any more, and is known by its name alone.
    pub(crate) fn pass(&self, spot: &Spot) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(view) = all.get_mut(spot) {
            view.looks.clear();
        }
    }

    /// Of these nothing counts as shown there any more: who was asked about them said no.
    pub(crate) fn forget(&self, spot: &Spot, codes: impl IntoIterator<Item = Code>) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(view) = all.get_mut(spot) else { return };
        for code in codes {
            view.shown.remove(&code);
            if let Some(look) = view.looks.get_mut(&code) {
                *look = None;
            }
        }
    }

    /// Whether this was shown there lately, as it stands now; `bare`: last, and nothing else that could be decided on. The same interaction
    /// once more, because no answer came, decides on nothing that it was answered with.
    pub(crate) fn holds(
        &self,
        (spot, interaction): (&Spot, Uuid),
        (code, receipt): (&Code, Digest),
        bare: bool,
    ) -> bool {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(view) = all.get(spot) else { return false };
        if !bare {
            let shown = view.shown.get(code);
            return shown.is_some_and(|(own, by)| *own == receipt && *by != Some(interaction));
        }
        let is_last = view.by != Some(interaction) && view.looks.get(code) == Some(&Some(receipt));
        is_last && view.looks.values().flatten().count() == 1
    }

    /// As what this was shown there at last, by anything but this interaction.
    pub(crate) fn last_shown(&self, (spot, interaction): (&Spot, Uuid), code: &Code) -> Option<Digest> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (receipt, by) = all.get(spot)?.shown.get(code)?;
        (*by != Some(interaction)).then_some(*receipt)
    }

    /// Whether something else was spoken of where something was shown there last, and this was not.
    pub(crate) fn is_on_another(&self, (spot, interaction): (&Spot, Uuid), code: &Code) -> bool {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let view = all.get(spot);
        view.is_some_and(|view| view.by == Some(interaction) || !view.looks.contains_key(code))
    }

    /// Whether this was spoken of where something was shown there last, and nothing else was: who ends what is in force sees no receipt of it.
    pub(crate) fn speaks_of(&self, (spot, interaction): (&Spot, Uuid), code: &Code) -> bool {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let view = all.get(spot).filter(|view| view.by != Some(interaction));
        view.is_some_and(|view| view.looks.len() == 1 && view.looks.contains_key(code))
    }
}

/// The requests that these cards speak of, and what of them can be decided on there.
pub(crate) fn on_cards<'a>(cards: impl IntoIterator<Item = &'a Card>) -> Looks {
    let mut looks = Looks::new();
    for card in cards {
        for code in card.code.iter().cloned().chain(codes_in(&card.text)) {
            looks.entry(code).or_default();
        }
        // What is cut, or only asks why it is denied shows nothing of it.
        let decided = card.buttons.iter().filter_map(|button| decided_by(&button.say));
        looks.extend(decided.filter(|(code, _)| is_whole(card) && card.code.as_ref() == Some(code)));
    }
    looks
}

/// Whether a card shows all that is decided on. One that is cut says where the rest is: a yes to it is asked for, and never taken from a name.
pub(crate) fn is_whole(card: &Card) -> bool {
    card.fields.iter().all(|field| field.label != words::ALL_OF_IT)
}

/// The requests that a question offers to decide on, each with the receipt that is offered. One line of each shows nothing of it.
pub(crate) fn on_offer(question: &Question) -> Looks {
    question.offers.iter().filter_map(|offer| decided_by(&offer.say)).collect()
}

/// Every code that stands in a text, but for that of the examples.
fn codes_in(text: &str) -> impl Iterator<Item = Code> {
    let words = text.split(|sign: char| !sign.is_ascii_alphanumeric());
    let mut before = "";
    // "Answer K7QM2X with 1" names a question.
    let of_requests = words.filter(move |word| std::mem::replace(&mut before, *word) != "answer");
    of_requests
        .filter(|word| *word != OF_EXAMPLES && !word.bytes().any(|byte| byte.is_ascii_lowercase()))
        .filter_map(|word| word.parse().ok())
}

/// What a button decides on: the request, and the receipt of what it stands beside.
fn decided_by(say: &str) -> Option<(Code, Option<Digest>)> {
    let words: Vec<&str> = say.split(' ').collect();
    let at = words.iter().position(|word| *word == "receipt")?;
    let code = words.get(at.checked_sub(1)?)?.parse().ok()?;
    let receipt = words.get(at + 1)?.parse().ok()?;
    Some((code, Some(receipt)))
}

#[cfg(test)]
mod tests {
    use countersign_domain::card::{ButtonStyle, CardField};

    use super::*;

    fn code(number: u128) -> Code {
        Code::candidate(Uuid::from_u128(number), 0)
    }

    fn spot(person: &str) -> Spot {
        let (tenant, person) = ("acme".parse().unwrap(), person.parse().unwrap());
        Spot::at(&tenant, &person, "terminal", &Scene::default())
    }

    fn looks(shown: &[(u128, Option<&str>)]) -> Looks {
        shown
            .iter()
            .map(|(number, receipt)| (code(*number), receipt.map(|text| Digest::of(text.as_bytes()))))
            .collect()
    }

    /// What was shown at last by each interaction, and whether the first request may be decided on by who names none.
    #[test]
    fn trust_c3_only_what_was_shown_last_and_alone_is_what_a_bare_decision_is_on() {
        let (one, receipt, now) = (code(1), Digest::of(b"as it stands"), Uuid::from_u128(9));
        let stands = Some("as it stands");
        for (shown, may) in [
            (vec![], false),
            (vec![(1, looks(&[(1, stands)]))], true),
            // Beside it something is told of another, of which nothing can be decided.
            (vec![(1, looks(&[(1, stands), (2, None)]))], true),
            (vec![(1, looks(&[(1, stands)])), (1, looks(&[(2, None)]))], true),
            (vec![(1, looks(&[(2, None)])), (2, looks(&[(1, stands)]))], true),
            // What speaks of no request takes nothing's place.
            (vec![(1, looks(&[(1, stands)])), (2, looks(&[]))], true),
            // It was shown, and is only spoken of by now; what was shown beside it is not any more.
            (vec![(1, looks(&[(1, stands)])), (2, looks(&[(1, None)]))], true),
            (vec![(1, looks(&[(1, stands), (2, stands)])), (2, looks(&[(1, None)]))], true),
            (vec![(1, looks(&[(1, stands)])), (2, looks(&[(1, None), (2, stands)]))], false),
            (vec![(1, looks(&[(1, stands)])), (2, looks(&[(1, Some("as it is now"))]))], false),
            // Only its name was told, or another content was shown.
            (vec![(1, looks(&[(1, None)]))], false),
            (vec![(1, looks(&[(1, Some("as it was"))]))], false),
            // Another one was shown, beside it or since.
            (vec![(1, looks(&[(2, stands)]))], false),
            (vec![(1, looks(&[(1, stands), (2, stands)]))], false),
            (vec![(1, looks(&[(1, stands)])), (2, looks(&[(2, stands)]))], false),
            (vec![(1, looks(&[(1, stands)])), (2, looks(&[(2, None)]))], false),
        ] {
            let view = InView::default();
            for (by, looks) in &shown {
                view.show(spot("frank"), Some(Uuid::from_u128(*by)), looks.clone());
            }
            assert_eq!(view.holds((&spot("frank"), now), (&one, receipt), true), may, "{shown:?}");
            assert!(
                !view.holds((&spot("ada"), now), (&one, receipt), false),
                "somebody else was shown nothing: {shown:?}"
            );
        }
    }

    #[test]
    fn trust_c3_a_sentence_that_comes_twice_decides_on_nothing_that_it_was_answered_with() {
        let (view, receipt) = (InView::default(), Digest::of(b"as it stands"));
        let (first, next) = (Uuid::from_u128(1), Uuid::from_u128(2));
        view.show(spot("frank"), Some(first), looks(&[(1, Some("as it stands"))]));
        assert!(
            !view.holds((&spot("frank"), first), (&code(1), receipt), true),
            "it was asked, and comes again"
        );
        assert!(view.holds((&spot("frank"), next), (&code(1), receipt), true));
    }

    #[test]
    fn trust_c3_what_alone_was_spoken_of_last_can_be_ended_by_who_names_none() {
        let (view, first, now) = (InView::default(), Some(Uuid::from_u128(1)), Uuid::from_u128(9));
        let speaks_of = |by| view.speaks_of((&spot("frank"), by), &code(1));
        assert!(!speaks_of(now));
        view.show(spot("frank"), first, looks(&[(1, None)]));
        assert!(speaks_of(now) && !speaks_of(Uuid::from_u128(1)));
        let is_on_another = |number| view.is_on_another((&spot("frank"), now), &code(number));
        assert!(is_on_another(2) && !is_on_another(1));
        view.show(spot("frank"), first, looks(&[(2, None)]));
        assert!(!speaks_of(now));
    }

    #[test]
    fn trust_c3_what_somebody_said_no_to_does_not_count_as_shown_any_more() {
        let view = InView::default();
        let (stands, receipt, now) = (Some("as it stands"), Digest::of(b"as it stands"), Uuid::from_u128(9));
        view.show(spot("frank"), None, looks(&[(1, stands), (2, stands)]));
        view.forget(&spot("frank"), [code(1)]);
        for (number, counts) in [(1, false), (2, true)] {
            let holds = view.holds((&spot("frank"), now), (&code(number), receipt), false);
            assert_eq!(holds, counts, "{number}");
        }
        view.show(spot("frank"), None, looks(&[(1, stands)]));
        assert!(view.holds((&spot("frank"), now), (&code(1), receipt), true), "it was shown once more");
    }

    #[test]
    fn trust_c3_behind_a_list_a_bare_decision_is_on_nothing_that_was_shown_before_it() {
        let view = InView::default();
        let (stands, receipt, now) = (Some("as it stands"), Digest::of(b"as it stands"), Uuid::from_u128(9));
        view.show(spot("frank"), None, looks(&[(1, stands)]));
        view.pass(&spot("frank"));
        view.show(spot("frank"), Some(Uuid::from_u128(1)), looks(&[(1, None), (2, None)]));
        assert!(!view.holds((&spot("frank"), now), (&code(1), receipt), true));
        assert!(view.holds((&spot("frank"), now), (&code(1), receipt), false), "by its name it is known");
    }

    #[test]
    fn trust_c3_what_is_named_was_shown_lately_beside_others_or_before_them_and_as_it_stands() {
        let view = InView::default();
        view.show(spot("frank"), None, looks(&[(1, Some("as it stands")), (2, Some("as it stands"))]));
        let (one, receipt, now) = (code(1), Digest::of(b"as it stands"), Uuid::from_u128(9));
        assert!(view.holds((&spot("frank"), now), (&one, receipt), false));
        view.show(spot("frank"), Some(Uuid::from_u128(2)), looks(&[(2, Some("as it stands")), (3, None)]));
        assert!(view.holds((&spot("frank"), now), (&one, receipt), false), "others were shown since");
        let other = |number| view.holds((&spot("frank"), now), (&code(number), receipt), false);
        assert!(other(2) && !other(3), "of the third one only the name was told");
        assert!(!view.holds((&spot("frank"), now), (&one, receipt), true));
        assert!(!view.holds((&spot("frank"), now), (&one, Digest::of(b"as it is now")), false));
        view.show(spot("frank"), None, looks(&[(1, Some("as it is now"))]));
        assert!(!view.holds((&spot("frank"), now), (&one, receipt), false), "it was shown otherwise since");
    }

    #[test]
    fn trust_c3_what_a_card_speaks_of_and_what_can_be_decided_on_it_are_told_apart() {
        let receipt = Digest::of(b"as it stands");
        let (approve, revoke) = (format!("approve K7QM2X receipt {receipt}"), "revoke K7QM2X".to_owned());
        assert_eq!(decided_by(&approve), Some(("K7QM2X".parse().unwrap(), Some(receipt))));
        assert_eq!(
            decided_by(&format!("deny without a reason K7QM2X receipt {receipt}")),
            decided_by(&approve)
        );
        assert_eq!(
            (decided_by(&revoke), decided_by("receipt"), decided_by("answer K7QM2X with 1")),
            (None, None, None)
        );
        let text = "P7QM2X: write on infra, ticket OPS-17, beside R7QM2X. Receipt: 3f12ab90. Nobody else knows by when. \
                    You can say: answer PH4JG3 with 1";
        let codes: Vec<String> = codes_in(text).map(|code| code.to_string()).collect();
        assert_eq!(codes, ["P7QM2X", "R7QM2X"]);
    }

    #[test]
    fn trust_c3_a_card_of_which_a_part_is_cut_off_does_not_count_as_shown() {
        let (code, receipt): (Code, _) = ("P7QM2X".parse().unwrap(), Digest::of(b"as it stands"));
        let say = format!("approve {code} receipt {receipt}");
        let mut card = crate::cards::nothing(("Rules P7QM2X", "583 more lines change"));
        card.code = Some(code.clone());
        card.buttons = vec![crate::cards::button("Approve", ButtonStyle::Primary, say)];
        assert_eq!(on_cards([&card])[&code], Some(receipt));
        let label = words::ALL_OF_IT.to_owned();
        card.fields.push(CardField { label, value: "the page".to_owned(), link: None, note: None });
        assert_eq!(on_cards([&card])[&code], None);
    }

    #[test]
    fn trust_c3_who_is_helped_is_shown_no_request() {
        for spec in crate::commands::COMMANDS.iter().copied() {
            assert_eq!(on_cards([&crate::cards::help_one(spec)]), Looks::new(), "{}", spec.name);
        }
        let everything = crate::cards::help_all(crate::commands::COMMANDS.iter().copied());
        assert_eq!(on_cards([&everything]), Looks::new());
    }
}
