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
/// Of so many it is kept in mind there when they were spoken of.
const MOST_TOLD: usize = 200;

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

/// How a request has to have been shown for a decision on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Known {
    /// Last, and nothing else that could be decided on: the decision names nothing.
    Alone,
    /// In what was shown last: the decision says no more than its kind.
    Last,
    /// At all: the decision names it.
    Ever,
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
    /// How often anything was shown there.
    count: u64,
    /// The last of those that answered who speaks there.
    answered: u64,
    /// Whatever was spoken of lately: in which of those at last, and by what first.
    told: BTreeMap<Code, (u64, Option<Uuid>)>,
}

impl View {
    const fn new(by: Option<Uuid>) -> Self {
        Self { by, looks: Looks::new(), shown: BTreeMap::new(), count: 1, answered: 0, told: BTreeMap::new() }
    }

    fn tells(&mut self, code: &Code, by: Option<Uuid>) {
        if self.told.len() >= MOST_TOLD && !self.told.contains_key(code) {
            let oldest = self.told.iter().min_by_key(|(_, (at, _))| *at).map(|(code, _)| code.clone());
            self.told.retain(|code, _| Some(code) != oldest.as_ref());
        }
        self.told.entry(code.clone()).or_insert((self.count, by)).0 = self.count;
    }

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
        let view = all.entry(spot).or_insert_with(|| View::new(by));
        if by.is_none() || view.by != by {
            let is_only_told = looks.values().all(Option::is_none);
            view.count += 1;
            view.by = by;
            view.looks.retain(|code, _| is_only_told && looks.contains_key(code));
        }
        for (code, receipt) in looks {
            view.tells(&code, by);
            if let Some(receipt) = receipt {
                view.keep(&code, receipt, by);
            }
            let own = view.looks.entry(code).or_default();
            *own = receipt.or(*own);
        }
    }

    /// The same as an answer to who speaks there.
    pub(crate) fn answer(&self, spot: &Spot, by: Uuid, looks: Looks) {
        if looks.is_empty() {
            return;
        }
        self.show(spot.clone(), Some(by), looks);
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(view) = all.get_mut(spot) {
            view.answered = view.count;
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

    /// Whether this was shown there, as it stands now, so that a decision on it may be taken. The same interaction once more, because no
    /// answer came, decides on nothing that it was answered with.
    pub(crate) fn holds(
        &self,
        (spot, interaction): (&Spot, Uuid),
        (code, receipt): (&Code, Digest),
        known: Known,
    ) -> bool {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(view) = all.get(spot) else { return false };
        let is_last = view.by != Some(interaction) && view.looks.get(code) == Some(&Some(receipt));
        match known {
            Known::Alone => is_last && view.looks.values().flatten().count() == 1,
            Known::Last => is_last,
            Known::Ever => {
                let shown = view.shown.get(code);
                shown.is_some_and(|(own, by)| *own == receipt && *by != Some(interaction))
            }
        }
    }

    /// Whether this was spoken of there by anything but this interaction.
    pub(crate) fn has_told(&self, (spot, interaction): (&Spot, Uuid), code: &Code) -> bool {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let told = all.get(spot).and_then(|view| view.told.get(code));
        told.is_some_and(|(_, by)| *by != Some(interaction))
    }

    /// Whatever was spoken of there beside this or after it, or in the last answer: what a name that fits this may have been said of.
    pub(crate) fn rivals(&self, spot: &Spot, code: &Code) -> Vec<Code> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(view) = all.get(spot) else { return vec![] };
        let own = view.told.get(code).map_or(0, |(at, _)| *at);
        let others = view.told.iter().filter(|(other, _)| *other != code);
        let later = others.filter(|(_, (at, _))| *at >= own || *at == view.answered);
        later.map(|(code, _)| code.clone()).collect()
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
pub(crate) fn codes_in(text: &str) -> impl Iterator<Item = Code> {
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
mod tests;
