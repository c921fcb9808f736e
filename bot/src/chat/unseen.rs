//! What who decides has not been shown here is shown to them first: a decision that names nothing is on what they were shown last, and one that
//! names it by anything but its code on what they were shown of it. That is one rule for every such decision and wherever it is said; it is
//! asked where it is known which request would be meant. A list shows nothing of what it names in a line.

use countersign_domain::capabilities::AnyRequest;
use countersign_domain::card::Card;
use countersign_domain::envelope::Digest;
use countersign_domain::names::PrincipalId;
use countersign_domain::ports::Place;
use countersign_domain::question::{About, Question};
use countersign_domain::request::{Code, Stage};

use super::meaning::{Concern, concern, is_pronoun};
use super::named::{is_named, is_own, kind_alone, names_an_extension};
use super::{Chat, Seen};
use crate::commands::{self, CommandSpec};
use crate::context::{Context, Scene};
use crate::engine::Failure;
use crate::grammar::{Said, Sentence};
use crate::in_view::{self, Known, Looks, Spot};
use crate::talk::CARDS;
use crate::words;

impl Chat {
    /// These cards are what who speaks is shown last here. In a chat more than a few are one list, on which nobody sees what they decide on.
    /// What was said aside, among others, is answered with cards in private: there they are what is shown last, too.
    pub(super) fn has_shown(&self, context: &Context, cards: &[Card]) {
        let (place, by) = (context.scene.place.as_ref(), context.interaction);
        let live = || cards.iter().filter(|card| card.live);
        let is_list = place.is_some() && live().count() > CARDS;
        let mut looks = in_view::on_cards(cards);
        if is_list {
            self.world.in_view.pass(&Spot::of(context));
            for receipt in looks.values_mut() {
                *receipt = None;
            }
        } else if place.is_some_and(Place::is_aside) {
            let private = Spot::at(&context.tenant, &context.person.id, &context.surface, &Scene::default());
            self.world.in_view.answer(&private, by, in_view::on_cards(live()));
        }
        self.world.in_view.answer(&Spot::of(context), by, looks);
    }

    /// What they are asked about is what was spoken of last; the question shows nothing of it.
    pub(super) fn has_asked(&self, context: &Context, question: &Question) {
        let told: Looks = in_view::on_offer(question).into_keys().map(|code| (code, None)).collect();
        if told.len() > 1 {
            self.world.in_view.pass(&Spot::of(context));
        }
        self.world.in_view.answer(&Spot::of(context), context.interaction, told);
    }

    /// Who said no to what they were asked was shown nothing that a later word without a name could be a yes to.
    pub(super) fn has_dropped(&self, context: &Context, question: &Question) {
        self.world.in_view.forget(&Spot::of(context), in_view::on_offer(question).into_keys());
    }

    /// The card of the only one that is `meant`, where it would be decided on, and it is not what they were shown here last; or, where it
    /// was named, not among what they were shown here. So it is where it would be ended though it is somebody else's of which nothing was
    /// said here, where it would be given up as "it", and something else was spoken of, and whatever is done with it where its name may have
    /// been said of another one. `None` where it may be done.
    pub(super) async fn unseen(
        &self,
        context: &Context,
        spec: &CommandSpec,
        (named, given): (Option<&str>, Option<&str>),
        meant: &[Seen],
    ) -> Result<Option<Card>, Failure> {
        let ([one], Some(concern)) = (meant, concern(spec.name)) else { return Ok(None) };
        let is_talked_about = context.scene.about.as_ref() == Some(&one.code);
        if is_talked_about || !spec.decides() {
            return Ok(None);
        }
        let name = given.filter(|given| !is_code(given));
        if self.is_seen(context, concern, (named, given), one)
            && !self.may_be_of_another(context, concern, name, one).await?
        {
            return Ok(None);
        }
        self.card(context, one).await.map(Some)
    }

    /// Whether enough was shown here of the one for what is to be done with it.
    fn is_seen(
        &self,
        context: &Context,
        concern: Concern,
        (named, given): (Option<&str>, Option<&str>),
        one: &Seen,
    ) -> bool {
        let (view, here) = (&self.world.in_view, (&Spot::of(context), context.interaction));
        let is_theirs = one.request.is_for(&context.person.id);
        match concern {
            Concern::ToDecide => {
                // What is their own nobody decides on, and that is told at once.
                let is_own = named.is_some_and(is_own) && is_theirs;
                let known = known_by(given);
                let holds = |receipt| view.holds(here, (&one.code, receipt), known);
                is_own || one.request.receipt().is_none_or(holds)
            }
            // What is their own they know, and who says its code does.
            Concern::InForce => {
                is_theirs
                    || match given {
                        Some(given) if is_code(given) => true,
                        Some(given) if !is_kind(given) => view.has_told(here, &one.code),
                        _ => view.speaks_of(here, &one.code),
                    }
            }
            // What is called "it" is what was spoken of last.
            Concern::OwnWaiting | Concern::OwnInForce
                if named.is_some_and(|named| is_pronoun(named) && !is_own(named)) =>
            {
                !self.speaks_of_another(context, &one.code)
            }
            _ => true,
        }
    }

    /// Whether something else than this was spoken of here last.
    pub(super) fn speaks_of_another(&self, context: &Context, code: &Code) -> bool {
        self.world.in_view.is_on_another((&Spot::of(context), context.interaction), code)
    }

    /// Whether the name of the one fits another as well that was spoken of here beside it, after it or just now, and that nothing can be
    /// done with any more: who says the name may still mean that, as whoever says a sentence twice does.
    async fn may_be_of_another(
        &self,
        context: &Context,
        concern: Concern,
        name: Option<&str>,
        one: &Seen,
    ) -> Result<bool, Failure> {
        let Some(name) = name else { return Ok(false) };
        for code in self.world.in_view.rivals(&Spot::of(context), &one.code) {
            let Some(other) = self.seen_by_code(context, &context.tenant, &code).await? else { continue };
            let is_own = concern == Concern::ToDecide && other.is_for(&context.person.id);
            let is_called_so = is_named(&*other, name) || names_an_extension(name) && other.is_in_force();
            if !is_own && is_called_so && is_past(concern, &other, &context.person.id) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// A decision with a code is for what was shown here of that request, if anything was: an extension can be made another one under its code.
    pub(super) fn for_what_was_shown(
        &self,
        context: &Context,
        spec: &CommandSpec,
        said: &Said,
    ) -> Option<Said> {
        let decides = concern(spec.name) == Some(Concern::ToDecide) && said.get("receipt").is_none();
        let code = said.get("code").filter(|_| decides)?.parse::<Code>().ok()?;
        let here = (&Spot::of(context), context.interaction);
        let receipt = self.world.in_view.last_shown(here, &code)?;
        Some(said.with("receipt", receipt.to_string()))
    }

    /// The card of the only request that a question offers to decide on, where it is not what they were shown here last.
    pub(super) async fn beneath_the_question(
        &self,
        context: &Context,
        question: &Question,
    ) -> Result<Option<Card>, Failure> {
        let mut offered = in_view::on_offer(question).into_iter();
        let asks_which = question.about == About::Which;
        let (Some((code, Some(receipt))), None, true) = (offered.next(), offered.next(), asks_which) else {
            return Ok(None);
        };
        let (spot, is_talked_about) = (Spot::of(context), context.scene.about.as_ref() == Some(&code));
        let is_seen = self.world.in_view.holds((&spot, context.interaction), (&code, receipt), Known::Last);
        if is_seen || is_talked_about {
            return Ok(None);
        }
        let Some(request) = self.seen_by_code(context, &context.tenant, &code).await? else {
            return Ok(None);
        };
        self.card(context, &Seen { code, request }).await.map(Some)
    }

    /// What was chosen of several that a line each named: it is shown, and asked about once more, where they were not shown it before.
    pub(super) async fn chosen_unseen(
        &self,
        context: &Context,
        question: &Question,
        chosen: &str,
    ) -> Result<Option<Vec<Card>>, Failure> {
        if question.about != About::Which || question.offers.len() < 2 {
            return Ok(None);
        }
        let understood = commands::understand(&Sentence::new(chosen));
        let decides =
            |spec: &CommandSpec| matches!(concern(spec.name), Some(Concern::ToDecide | Concern::InForce));
        let Some((spec, said)) = understood.filter(|(spec, _)| decides(spec)) else { return Ok(None) };
        let Some(code) = said.get("code").and_then(|code| code.parse::<Code>().ok()) else { return Ok(None) };
        let Some(request) = self.seen_by_code(context, &context.tenant, &code).await? else {
            return Ok(None);
        };
        let one = Seen { code, request };
        // The code stood on the line: nobody typed it who knew what it is.
        let typed = said.get("code").filter(|_| concern(spec.name) == Some(Concern::ToDecide));
        let unseen = self.unseen(context, spec, (None, typed), std::slice::from_ref(&one)).await?;
        if unseen.is_none() {
            return Ok(None);
        }
        let slots = [("code", one.code.to_string())].into_iter();
        let why = said.get("reason").map(|reason| ("reason", reason.to_owned()));
        let said = Said::plainly(slots.chain(why), vec![], vec![]);
        self.decided_once_seen(context, spec, (&said, None), (&one, unseen)).await.map(Some)
    }

    /// Carries a command out on the one that is meant; where that is `unseen`, it is asked with its card, unless its code was typed out: who
    /// writes that knows what it is. A denial asks why, before anything is denied: that is its question.
    pub(super) async fn decided_once_seen(
        &self,
        context: &Context,
        spec: &'static CommandSpec,
        (said, given): (&Said, Option<&str>),
        (one, unseen): (&Seen, Option<Card>),
    ) -> Result<Vec<Card>, Failure> {
        let unseen = unseen.filter(|_| !given.is_some_and(is_code));
        let asks_itself = spec.name == "deny" && said.get("reason").is_none();
        let mut cards = if unseen.is_none() || asks_itself {
            let is_talked_about = context.scene.about.as_ref() == Some(&one.code);
            let receipt = one.request.receipt().filter(|_| !is_talked_about);
            self.carried_out(context, spec, &as_shown(spec, (said, given), &one.code, receipt)).await?
        } else {
            let why = said.get("reason");
            let question = why.map(|why| words::decide_with_more(spec.name, &[], Some(why), true, 1));
            self.ask_which(context, spec, said, std::slice::from_ref(one), question).await?
        };
        beneath(&mut cards, unseen);
        Ok(cards)
    }
}

/// A card beneath an answer that may hold it already.
pub(super) fn beneath(cards: &mut Vec<Card>, card: Option<Card>) {
    if let Some(card) = card.filter(|card| !cards.contains(card)) {
        cards.push(card);
    }
}

fn is_code(given: &str) -> bool {
    given.parse::<Code>().is_ok()
}

/// Whether nothing is named but a kind of requests, or that it is an extension.
fn is_kind(given: &str) -> bool {
    kind_alone(given).is_some()
}

/// How what is to be decided on has to have been shown, by what was said of it.
fn known_by(given: Option<&str>) -> Known {
    match given {
        None => Known::Alone,
        Some(given) if is_kind(given) => Known::Last,
        Some(_) => Known::Ever,
    }
}

/// A command on the request with this code. A decision that does not say the code is for what was shown, as one by a button is: what has
/// become of it meanwhile, by a review of the rules or before the read models knew, is shown first.
fn as_shown(
    spec: &CommandSpec,
    (said, given): (&Said, Option<&str>),
    code: &Code,
    receipt: Option<Digest>,
) -> Said {
    let is_of_what_was_shown = concern(spec.name) == Some(Concern::ToDecide) && !given.is_some_and(is_code);
    let said = said.with("code", code.to_string());
    match receipt.filter(|_| is_of_what_was_shown && said.get("receipt").is_none()) {
        Some(receipt) => said.with("receipt", receipt.to_string()),
        None => said,
    }
}

/// Whether that cannot be done any more with a request that could be done with it before.
fn is_past(concern: Concern, request: &AnyRequest, id: &PrincipalId) -> bool {
    let counts = || request.open().is_some_and(|open| open.countersigned.contains(id));
    match concern {
        Concern::ToDecide => !request.is_to_be_decided() || counts(),
        Concern::OwnWaiting | Concern::OwnToChange => !request.is_to_be_decided(),
        Concern::InForce | Concern::OwnInForce => {
            matches!(request.standing().stage, Stage::Working | Stage::Failed | Stage::Over)
        }
        Concern::Countersigned => !counts() && !request.was_carried_by(id),
        Concern::Open => false,
    }
}

#[cfg(test)]
mod tests {
    use super::super::meaning::command;
    use super::*;

    #[test]
    fn trust_c3_a_decision_that_says_no_code_is_for_what_was_shown_and_for_nothing_that_came_of_it_since() {
        let (code, receipt) = ("P7QM2X".parse().unwrap(), Digest::of(b"as it stands"));
        let bound = |name, given, said: &Said| {
            let said = as_shown(command(name), (said, given), &code, Some(receipt));
            assert_eq!(said.get("code"), Some("P7QM2X"), "{name} {given:?}");
            said.get("receipt").map(str::to_owned)
        };
        let nothing = Said::plainly([], vec![], vec![]);
        for name in ["approve", "deny", "deny without a reason"] {
            assert_eq!(bound(name, None, &nothing), Some(receipt.to_string()), "{name}");
            assert_eq!(bound(name, Some("infra"), &nothing), Some(receipt.to_string()), "{name}");
            // Whoever says the code means it as it stands.
            assert_eq!(bound(name, Some("P7QM2X"), &nothing), None, "{name}");
        }
        assert_eq!(bound("approve", Some("the extension"), &nothing), Some(receipt.to_string()));
        assert_eq!(bound("revoke", None, &nothing), None);
        let button = nothing.with("receipt", "3f12ab90".to_owned());
        assert_eq!(bound("approve", None, &button).as_deref(), Some("3f12ab90"), "it says so itself");
    }
}
