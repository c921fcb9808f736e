//! Where a reason turns into something else: it is taken back, put right, set a condition or a time, or goes on about somebody
//! else, something else or more.
//!
//! What follows "because" is the reason as it was written, so its first clause may say nearly anything, up to where it ends though no
//! comma ends it (`ends`). Each clause behind it is looked at by itself: what bids, allows, names or times something is meant for
//! whoever decides and is asked about, and so is what tells nothing; what tells of the world is more of the reason.

use super::clauses::{Clause, clauses};
use super::closing::Order;
use super::ends::{ASK, Ends};
use super::looks::Looks;
use super::repositories::{is_address, is_shaped};
use super::why::is_of_work;
use crate::grammar::is_key;
use crate::normalise::{Says, Tag, Word};
use countersign_domain::request::Code;

/// What says where it is told.
const SEE: [&str; 6] = ["see", "siehe", "voir", "ver", "zie", "cf"];

/// Where a reason turns into something else: the place of its first word.
pub(super) fn turn(text: &str, words: &[Word], order: Order) -> Option<usize> {
    let looks = Looks::at(words);
    let clauses = clauses(text, words, &looks, order);
    let turned = clauses.iter().find_map(Clause::turns)?;
    // What stands before a colon belongs to what follows it: by "my token:" it is known for one.
    let is_led = |at: usize| at > 0 && words[at - 1].stop == Some(':');
    let begins = |at: usize| clauses.iter().rev().map(|clause| clause.start).find(|start| *start < at);
    let mut at = turned;
    while is_led(at) {
        at = begins(at)?;
    }
    Some(at)
}

impl Clause<'_> {
    /// Where in this clause the reason turns.
    fn turns(&self) -> Option<usize> {
        let ends = Ends::of(self);
        if self.is_first() {
            let is_none = self.takes_back() || self.says_nothing() || self.is_only_not();
            return if is_none || ends.leaves_it(self.lead) { Some(self.start) } else { ends.find() };
        }
        let lead = self.lead;
        if lead == self.end {
            // Nothing but politeness says nothing; "later", "done" and "instead" may say anything.
            let is_polite = |at: usize| self.is_polite(at) || matches!(self.tagged(at), Some(Tag::And));
            return (!(self.start..self.end).all(is_polite)).then_some(self.start);
        }
        if self.refers() {
            return None;
        }
        let is_other = self.takes_back()
            || self.says_no()
            || self.is_whole(Says::CalledOff)
            || self.calls_off()
            || self.bids(lead)
            || self.sets_condition(lead)
            || self.names_somebody(lead)
            || self.asks_for_access(lead)
            || self.asks()
            || self.tells_nothing(lead);
        if is_other { Some(self.start) } else { ends.find() }
    }

    /// Whether somebody thinks better of all of it: "Sorry, I meant infra".
    fn takes_back(&self) -> bool {
        [self.start, self.lead].into_iter().any(|at| self.takes_back_from(at))
    }

    fn takes_back_from(&self, at: usize) -> bool {
        let mut next = at;
        while next < self.end {
            next += match self.tag(next) {
                // "I meant to do it yesterday" tells what somebody did not do.
                Some((Tag::TakenBack, count)) => return !self.is_word(next + count, "to"),
                Some((Tag::Polite | Tag::And | Tag::But, count)) => count,
                _ => match self.begins(Says::Exclaims, next) {
                    Some(count) => count,
                    None => return false,
                },
            };
        }
        false
    }

    /// Whether it says no, and nothing else.
    fn says_no(&self) -> bool {
        let is_no = |at: usize| Says::No.is(self.lower(at)) || Says::Exclaims.is(self.lower(at));
        let is_around = |at: usize| matches!(self.tag(at), Some((Tag::Polite | Tag::And, 1)));
        (self.start..self.end).any(|at| Says::No.is(self.lower(at)))
            && (self.start..self.end).all(|at| is_no(at) || is_around(at))
    }

    /// Whether a word calls off what was said, or tells that it need not be any more.
    fn calls_off(&self) -> bool {
        let is_aside = |word: &Word| Says::Aside.is_word(word) && !Says::Adverb.is_word(word);
        (self.start..self.end).any(|at| is_aside(&self.words[at]) || self.begins(Says::Over, at).is_some())
    }

    /// "See OPS-17", "the ticket OPS-18 asks for it": where it is told.
    fn refers(&self) -> bool {
        let is_place = |word: &Word| is_key(&word.text) || is_address(&word.lower);
        let sees = SEE.contains(&self.lower(self.lead));
        sees && self.words[self.lead + 1..self.end].iter().all(is_place) || self.is_asked_by_a_ticket()
    }

    /// Whether a ticket is what asks for it; one that asks for anything else is asked about.
    fn is_asked_by_a_ticket(&self) -> bool {
        let leads = |at: usize| match self.tag(at) {
            Some((Tag::Idle | Tag::Ticket, count)) => at + count,
            _ => at,
        };
        let key = leads(leads(self.lead));
        let Some((Tag::Needs, count)) = self.tag(key + 1) else { return false };
        let is_it = |at: usize| self.says(Says::It, at) || self.is_nothing(at);
        is_key(&self.words[key].text) && (key + 1 + count..self.end).all(is_it)
    }

    /// Whether it bids somebody do something, or decides: "approve infra", "and give read", "I will ask again later".
    fn bids(&self, lead: usize) -> bool {
        // "The start is at nine", "changes are urgent": that is told.
        let bidden = |at: usize| self.begins(Says::Bids, at).is_some_and(|count| !self.is_finite(at + count));
        let decides = |at: usize| {
            let word = &self.words[at];
            Says::Approves.is_word(word) || Says::Denies.is_word(word) || ASK.contains(&self.lower(at))
        };
        let announces = Says::FirstPerson.is(self.lower(lead))
            && (lead + 1..self.end.min(lead + 4)).any(decides)
            && !(lead..self.end).any(|at| self.is_word(at, "to"));
        let says_yes = self.begins(Says::Yes, lead).is_some() && self.tells_nothing(lead);
        (self.start..=lead).any(bidden) || announces || says_yes
    }

    /// Whether it says on which condition, or that somebody must agree.
    fn sets_condition(&self, lead: usize) -> bool {
        let begins = |at: usize| match self.begins(Says::Condition, at) {
            Some(1) if Says::Only.is(self.lower(at)) => self.tells_nothing(lead),
            other => other.is_some(),
        };
        // "Not before Monday", "but not today".
        let is_put_off = |at: usize| match self.tag(at) {
            Some((Tag::Not | Tag::But, count)) => {
                let is_led = matches!(self.tag(at + count), Some((Tag::Until | Tag::From, _)));
                is_led || self.is_timed(at + count) || self.begins(Says::Condition, at + count).is_some()
            }
            _ => false,
        };
        let agrees = |at: usize| self.begins(Says::Consent, at).is_some() && !self.is_polite(at);
        (self.start..=lead).any(|at| begins(at) || is_put_off(at)) || (lead..self.end).any(agrees)
    }

    /// Whether it is about somebody else, a ticket, an address, or something that is named.
    fn names_somebody(&self, lead: usize) -> bool {
        let sees = SEE.contains(&self.lower(lead));
        let is_capital =
            |at: usize| self.is_unknown(at) && self.words[at].text.starts_with(char::is_uppercase);
        let needs = is_capital(lead)
            && !self.is_sentence()
            && !is_of_work(&self.words[lead])
            && (matches!(self.tag(lead + 1), Some((Tag::Needs, _))) || self.ends_as_well());
        let is_other = |at: usize| {
            let word = &self.words[at];
            let is_code =
                word.text.parse::<Code>().is_ok() && word.text.chars().any(|sign| sign.is_ascii_digit());
            let is_told = (is_key(&word.text) || is_address(&word.lower)) && !sees;
            let is_value = word.quoted || is_shaped(word) && !is_of_work(word);
            word.text.contains(['@', '‹'])
                || is_code
                || self.is_for_somebody(at)
                || self.is_sentence() && (is_told || is_value)
                || matches!(self.tag(at), Some((Tag::Ticket, count)) if self.words.get(at + count).is_some_and(|next| is_key(&next.text)))
        };
        let begins_with_one = is_shaped(&self.words[lead]) && !self.works();
        needs || begins_with_one || (self.start..self.end).any(is_other)
    }

    /// Whether it asks for a permission: "write on payments-api too", "and I need admin". "I have to read the logs" tells.
    fn asks_for_access(&self, lead: usize) -> bool {
        let is_permission = |at: usize| matches!(self.tag(at), Some((Tag::Permission(_), _)));
        let is_wanted = |at: usize| {
            at == lead
                || at.checked_sub(1).is_some_and(|before| {
                    Says::Article.is(self.lower(before))
                        || matches!(self.tag(before), Some((Tag::And | Tag::Give | Tag::Idle, _)))
                })
        };
        let is_placed = |at: usize| {
            let Some((_, count)) = self.tag(at) else { return false };
            matches!(self.tag(at + count), Some((Tag::On | Tag::Access | Tag::Repository, _)))
        };
        // "Want to see" tells, "we need write" asks.
        let wants_it = |at: usize| {
            let Some((Tag::Want | Tag::Needs | Tag::Give, count)) = self.tag(at) else { return false };
            let behind = (at + count..self.end).find(|at| !matches!(self.tag(*at), Some((Tag::Idle, _))));
            let is_to = self.is_word(at + count - 1, "to") || self.is_word(at + count, "to");
            !is_to
                && behind
                    .is_some_and(|at| is_permission(at) || matches!(self.tag(at), Some((Tag::Access, _))))
        };
        (lead..self.end).any(|at| is_permission(at) && is_wanted(at) && is_placed(at) || wants_it(at))
    }

    fn asks(&self) -> bool {
        self.words[self.end - 1].stop == Some('?') || self.begins(Says::AsksBack, self.lead).is_some()
    }

    /// Whether it is what a template has in the place of an answer, or says that there is none, that it is over, or to be later: "n/a",
    /// "why not", "no longer relevant". A "no" by itself may be all that somebody has to say.
    fn says_nothing(&self) -> bool {
        const FEW: usize = 4;
        let says = [Says::Unknown, Says::Over, Says::Postpones];
        // "First reason" is one of several, and no blank that nobody filled in.
        let is_counted = (self.start..self.lead).any(|at| self.begins(Says::First, at).is_some());
        let is_blank = self.is_whole(Says::Placeholder) && !is_counted;
        let is_over = self.begins(Says::NoLonger, self.lead).is_some() && self.last() - self.start <= FEW;
        let is_thought = self.start + 1 < self.end && self.is_whole(Says::SecondThought);
        is_over && !self.works() || is_thought || is_blank || says.into_iter().any(|says| self.is_whole(says))
    }

    /// Whether it is one word by which something is not so, and nothing says what: "because not".
    fn is_only_not(&self) -> bool {
        let is_no = self.is_word(self.start, "no");
        self.start + 1 == self.end && !is_no && matches!(self.tag(self.start), Some((Tag::Not, 1)))
    }

    /// Whether nothing of the world is told: all of it, but for a name, are words of the grammar.
    fn tells_nothing(&self, lead: usize) -> bool {
        let (content, works) = (self.content(), self.works());
        let tells = (lead..self.end).any(|at| self.is_finite(at));
        let is_timed = (self.start..self.end).any(|at| self.is_timed(at));
        let denies = |at: usize| matches!(self.tag(at), Some((Tag::Not, _)));
        if self.ends_as_well() && content < 2 && !works && !tells {
            return true;
        }
        if let Some((Tag::Want, count)) = self.tag(lead) {
            // "I want to see why" tells, "I want infra" asks.
            let is_to = [lead + count - 1, lead + count].into_iter().any(|at| self.is_word(at, "to"));
            let does = (is_to || tells) && lead + count < self.end && !is_timed;
            return content == 0 && !works && !does;
        }
        if denies(lead) {
            return content < 2 && !works;
        }
        if Says::Speaker.is(self.lower(lead)) || matches!(self.tag(lead), Some((Tag::Telling, _))) {
            return lead + 1 == self.end || self.is_whole(Says::Unknown);
        }
        if Says::It.is(self.lower(lead)) {
            return is_timed || content == 0 && !works && !(lead..self.end).any(denies);
        }
        if works || content > 1 {
            let is_of_access = |at: usize| matches!(self.tag(at), Some((Tag::Access, _)));
            return is_timed && (lead..self.end).any(is_of_access);
        }
        if content == 1 {
            return !self.tells_of_one(tells, is_timed);
        }
        !self.is_one_name() && (!self.is_joined() || is_timed || self.is_of_access())
    }

    /// Whether something is told of one thing, "the boss is angry", or it is one of a list: "metrics". Whether that is a name, those
    /// say who know.
    fn tells_of_one(&self, tells: bool, is_timed: bool) -> bool {
        let is_led = (self.start..self.end).any(|at| self.is_unknown(at) && self.is_led(at));
        let leads = |at: usize| matches!(self.tagged(at), Some(Tag::And | Tag::Polite));
        let is_plain = (self.start..self.lead).all(leads)
            && (self.lead..self.end)
                .all(|at| self.is_unknown(at) || self.is_nothing(at) || self.is_number(at));
        tells && is_led || is_plain && !is_timed
    }

    /// Whether it is one word that is written as names are.
    fn is_one_name(&self) -> bool {
        self.lead + 1 == self.end
            && self.lead == self.start
            && self.is_unknown(self.lead)
            && !is_shaped(&self.words[self.lead])
    }
}

#[cfg(test)]
mod tests;
