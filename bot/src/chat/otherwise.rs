//! Where a command fits nothing that is there, or not as it stands: what may be meant by it instead is asked, never done.

use countersign_domain::card::Card;
use countersign_domain::ports::beginning;
use countersign_domain::request::Code;
use countersign_domain::tenant::Role;

use super::meaning::{Concern, command, concern, stands};
use super::named::{code_and_more, is_plural, kind_alone};
use super::{Chat, Seen};
use crate::cards;
use crate::commands::CommandSpec;
use crate::context::Context;
use crate::engine::Failure;
use crate::grammar::{Said, Sentence, permission};
use crate::moment::is_time_word;
use crate::normalise::{Says, Word};
use crate::words;

/// What may be meant by a command that fits nothing: nobody gives back what only waits.
pub(super) fn other_than(name: &str) -> Option<(&'static str, Concern)> {
    Some(match name {
        "give back" => ("withdraw", Concern::OwnWaiting),
        "withdraw" => ("give back", Concern::OwnInForce),
        "revoke" => ("deny", Concern::ToDecide),
        _ => return None,
    })
}

impl Chat {
    /// What a sentence comes to that is not carried out as the command which its words make: a reason, a decision in other words, the
    /// story of what is over, or a question that names nothing there is.
    pub(super) async fn heard_otherwise(
        &self,
        context: &Context,
        (text, sentence): (&str, &Sentence<'_>),
        understood: Option<&(&'static CommandSpec, Said)>,
        chosen: bool,
    ) -> Result<Option<Vec<Card>>, Failure> {
        if let Some((spec, said)) = understood.filter(|_| !chosen)
            && let Some(cards) = self.reason_or_else(context, sentence, (spec, said)).await?
        {
            return Ok(Some(cards));
        }
        if !chosen && let Some(cards) = self.decision_in_words(context, sentence, understood).await? {
            return Ok(Some(cards));
        }
        let Some((spec, said)) = understood else { return Ok(None) };
        let ended = Box::pin(self.why_it_ended(context, sentence, (spec, said))).await?;
        if ended.is_some() || chosen {
            return Ok(ended);
        }
        match Box::pin(self.of_what_was(context, sentence, (spec, said))).await? {
            Some(cards) => Ok(Some(cards)),
            None => Box::pin(self.rather_asked(context, text, (spec, said))).await,
        }
    }

    /// Nothing is called what was said: a part of a name, or a place in a list, is asked about and never taken.
    pub(super) async fn nothing_by_name(
        &self,
        context: &Context,
        spec: &'static CommandSpec,
        said: &Said,
        given: &str,
    ) -> Result<Vec<Card>, Failure> {
        let concern = concern(spec.name).unwrap_or(Concern::Open);
        // Who speaks of a kind of which none waits speaks of nothing else.
        if concern == Concern::ToDecide
            && let Some(kind) = kind_alone(given)
        {
            return Ok(vec![cards::nothing((&words::none_of_a_kind_waits(kind), words::NOTHING_DECIDED))]);
        }
        if let Some((other, concern)) = other_than(spec.name) {
            let meant = self.meant(context, Some(given), false, concern).await?;
            if !meant.is_empty() {
                return self.ask_which(context, command(other), said, &meant, None).await;
            }
        }
        if let Some(cards) = self.narrowed(context, spec, said, given).await? {
            return Ok(cards);
        }
        if let Some(cards) = self.nothing_on_what_is_named(context, spec, given).await? {
            return Ok(cards);
        }
        if concern == Concern::ToDecide
            && let Some(cards) = self.decided_with_more(context, spec, said, given).await?
        {
            return Ok(cards);
        }
        let may_be = self.loosely_meant(context, given, concern).await?;
        if !may_be.is_empty() {
            return self.ask_which(context, spec, said, &may_be, None).await;
        }
        if let Some(cards) = self.because_of_it(context, spec, said, given).await? {
            return Ok(cards);
        }
        let given = match code_and_more(given) {
            Some((code, _)) => code.to_string(),
            None => beginning(&countersign_domain::words::flat(given), 40),
        };
        let unknown = countersign_domain::denied::Violation::UnknownCode { given };
        self.refuse(context, spec.name, unknown).await
    }

    /// "Deny, too long", "approve but only for 1 hour": what names no request may be a reason, or a condition. It is asked about with
    /// whatever the command could be about; nothing where that is nothing.
    async fn because_of_it(
        &self,
        context: &Context,
        spec: &'static CommandSpec,
        said: &Said,
        given: &str,
    ) -> Result<Option<Vec<Card>>, Failure> {
        let concern = concern(spec.name).unwrap_or(Concern::Open);
        let takes_reason = spec.grammar.contains("<reason>") && said.get("reason").is_none();
        // What looks like a name is one that there is not.
        let is_time = given.split(' ').all(|word| is_time_word(&word.to_lowercase()));
        // One word may be why it is denied; of one's own access it is a name.
        let may_be_reason = takes_reason && concern == Concern::ToDecide;
        let may_be_more = spec.decides() && (may_be_reason || given.contains(' ') || is_time);
        if !may_be_more || code_and_more(given).is_some() || given.parse::<Code>().is_ok() {
            return Ok(None);
        }
        let meant = self.meant(context, None, false, concern).await?;
        if meant.is_empty() {
            return Ok(None);
        }
        let said = if takes_reason { said.with("reason", given.to_owned()) } else { said.clone() };
        let question = words::with_more_of(spec.name, given, takes_reason, meant.len());
        self.ask_which(context, spec, &said, &meant, Some(question)).await.map(Some)
    }

    /// There is nothing that the command could be about. Whoever gives up what is not theirs yet may want to withdraw it, and whoever
    /// withdraws what they have to give it back: that is asked.
    pub(super) async fn nothing_at_all(
        &self,
        context: &Context,
        spec: &'static CommandSpec,
        said: &Said,
    ) -> Result<Vec<Card>, Failure> {
        let several = said.get("code").is_some_and(is_plural);
        // Who ends all that somebody has does not say no to what they only ask for.
        let may_deny = |(other, _): &(&str, Concern)| !several || *other != "deny";
        if let Some((other, concern)) = other_than(spec.name).filter(may_deny) {
            let meant = self.meant(context, None, several, concern).await?;
            let is_own =
                |seen: &Seen| concern == Concern::ToDecide || seen.request.concerns(&context.person.id);
            let meant: Vec<_> = meant.into_iter().filter(is_own).collect();
            if !meant.is_empty() {
                return self.ask_which(context, command(other), said, &meant, None).await;
            }
        }
        let concern = concern(spec.name).unwrap_or(Concern::Open);
        Ok(vec![cards::nothing(words::nothing_of(concern))])
    }

    /// What is rather meant by a command than what it does, as the request stands: nobody gives back what only waits.
    pub(super) async fn rather(
        &self,
        context: &Context,
        name: &str,
        seen: &Seen,
    ) -> Result<Option<&'static CommandSpec>, Failure> {
        let (request, id) = (&seen.request, &context.person.id);
        let waits = request.is_to_be_decided() && !request.is_in_force();
        let is_held = stands(request) && !request.is_to_be_decided();
        let people = self.directory.present(&context.tenant).await?.state;
        let can_deny = || cards::could_decide(&**request, &people, &context.person, self.now());
        Ok(match name {
            "give back" if waits && request.is_for(id) => Some(command("withdraw")),
            "withdraw" if is_held && request.is_for(id) => Some(command("give back")),
            "revoke" if waits && can_deny() => Some(command("deny")),
            // Nobody decides on their own.
            "deny" if waits && request.is_for(id) && !can_deny() => Some(command("withdraw")),
            // What is one's own needs no admin.
            "revoke" if is_held && request.is_for(id) && !context.person.is(Role::Admin) => {
                Some(command("give back"))
            }
            _ => None,
        })
    }

    /// Behind a refusal of a command for the request with a code: whether something else is meant.
    pub(super) async fn rather_meant(
        &self,
        context: &Context,
        spec: &CommandSpec,
        said: &Said,
    ) -> Result<Vec<Card>, Failure> {
        let Some(code) = said.get("code").and_then(|code| code.parse::<Code>().ok()) else {
            return Ok(vec![]);
        };
        let Some(request) = self.seen_by_code(context, &context.tenant, &code).await? else {
            return Ok(vec![]);
        };
        let seen = Seen { code, request };
        match self.rather(context, spec.name, &seen).await? {
            Some(other) => self.ask_which(context, other, said, &[seen], None).await,
            None => Ok(vec![]),
        }
    }
}

/// Whether a word may be of a repository's name: it is neither said around one, nor the permission on it.
pub(super) fn is_of_a_name(word: &Word) -> bool {
    word.quoted || !Says::AroundName.is_word(word) && permission(&word.lower).is_none()
}
