//! Decisions in words that are no command: "lgtm infra", "infra ok", "no infra", "reject infra, too long". What is named is shown
//! and asked about; what an approver only remarks opens no request of their own.

use countersign_domain::card::Card;
use countersign_domain::ports::Located;
use countersign_projections::request::RequestRow;
use futures::future::BoxFuture;

use super::beside::Beside;
use super::meaning::{Ask, Concern, command, is_pronoun};
use super::named::is_named;
use super::plainly::begins_a_request;
use super::{Chat, Seen, mood};
use crate::cards;
use crate::commands::CommandSpec;
use crate::context::Context;
use crate::engine::Failure;
use crate::grammar::{Said, Sentence, permission};
use crate::normalise::{self, LEXICON, Says, Tag, Word};
use crate::support::commands::only_shows;
use crate::words;

/// The most words of what is decided on, with all that is said beside it.
const WORDS: usize = 24;
/// What a request says beside what it is for, and a decision never.
const OF_A_REQUEST: [&str; 4] = ["duration", "time", "KEY", "user"];
/// As many as every chat shows at once.
const SHOWN: usize = 5;

/// A decision, and what is said of what it is on.
#[derive(Debug, PartialEq, Eq)]
struct Decision<'a> {
    command: &'static str,
    /// What names the request, and perhaps more.
    of: &'a str,
    /// Why, where it is denied.
    reason: Option<&'a str>,
}

impl<'a> Decision<'a> {
    fn read(text: &'a str) -> Option<Self> {
        let words = normalise::words(text);
        if words.len() > WORDS {
            return None;
        }
        // "Only approve infra".
        let around = words.iter().take_while(|word| is_only(word)).count();
        let words = &words[around..];
        let led = lead(words).map(|(command, count)| (command, &words[count..]));
        let closed = || tail(words).map(|(command, count)| (command, &words[..words.len() - count]));
        let whole = |from: &Word, to: &Word| text.get(from.start..to.end);
        let Some((command, rest)) = led.filter(|(_, rest)| !rest.is_empty()).or_else(closed) else {
            return Self::closed_before_reason(text, words);
        };
        let last = rest.last()?;
        if command == "deny" {
            let because = |at: &usize| matches!(LEXICON.tag(&rest[*at..]), Some((Tag::Because, _)));
            let ends = (1..rest.len()).find(|at| rest[at - 1].stop.is_some() || because(at));
            if let Some(at) = ends {
                let skipped = match LEXICON.tag(&rest[at..]) {
                    Some((Tag::Because, count)) => count,
                    _ => 0,
                };
                let reason = rest.get(at + skipped).and_then(|from| whole(from, last));
                return Some(Self { command, of: bare(whole(&rest[0], &rest[at - 1])?), reason });
            }
        }
        Some(Self { command, of: bare(whole(&rest[0], last)?), reason: None })
    }

    /// "Infra ablehnen, weil es zu lang ist": a denial whose verb stands behind the name, and why behind that.
    fn closed_before_reason(text: &'a str, words: &[Word]) -> Option<Self> {
        let because = |at: usize| match LEXICON.tag(&words[at..]) {
            Some((Tag::Because, count)) => Some((at, count)),
            _ => None,
        };
        let (at, count) = (1..words.len()).find_map(because)?;
        let (command, no) = tail(&words[..at]).filter(|(command, _)| *command == "deny")?;
        let named = &words[..at - no];
        let of = bare(text.get(named.first()?.start..named.last()?.end)?);
        let reason = text.get(words.get(at + count)?.start..words.last()?.end);
        Some(Self { command, of, reason })
    }
}

/// Whether a text says of the request with this code that it is good, and nothing else: "ok K7QM2X".
pub(super) fn approves_the_one(text: &str, code: &str) -> bool {
    let is_it =
        |decision: Decision<'_>| decision.command == "approve" && decision.of.eq_ignore_ascii_case(code);
    Decision::read(text).is_some_and(is_it)
}

fn is_only(word: &Word) -> bool {
    matches!(word.lower.as_str(), "only" | "just" | "nur" | "seulement" | "solo" | "sólo") && !word.quoted
}

pub(super) fn bare(text: &str) -> &str {
    text.trim_matches([' ', ',', '.', ';', ':', '!', '-'])
}

/// The decision that words begin with, and how many say it.
pub(super) fn lead(words: &[Word]) -> Option<(&'static str, usize)> {
    const NOT_OF_OTHERS: [&str; 2] = ["revoke", "withdraw"];
    let first = words.first()?;
    let denies = Says::Denies.is_word(first) && !NOT_OF_OTHERS.contains(&first.lower.as_str());
    let yes = Says::Yes.begins(words).or_else(|| Says::Approves.is_word(first).then_some(1));
    let no = Says::No.begins(words).or_else(|| denies.then_some(1));
    match (yes, no) {
        (Some(yes), no) if no.is_none_or(|no| yes >= no) => Some(("approve", yes)),
        (_, Some(no)) => Some(("deny", no)),
        _ => None,
    }
}

/// The same of what they end with.
pub(super) fn tail(words: &[Word]) -> Option<(&'static str, usize)> {
    let is_left = |count: &usize| *count < words.len();
    let no = Says::No.ends(words).filter(is_left).map(|count| ("deny", count));
    no.or_else(|| Says::Yes.ends(words).filter(is_left).map(|count| ("approve", count)))
}

impl Chat {
    /// A decision in words that are no command, on a request that is named and waits for who speaks: it is asked about. `understood`:
    /// what else the sentence may be. `None` where it is no decision.
    pub(super) fn decision_in_words<'a>(
        &'a self,
        context: &'a Context,
        sentence: &'a Sentence<'_>,
        understood: Option<&'a (&'static CommandSpec, Said)>,
    ) -> BoxFuture<'a, Result<Option<Vec<Card>>, Failure>> {
        Box::pin(async move {
            let may_be = understood.is_none_or(|(spec, _)| spec.takes_partial);
            let is_wish = begins_a_request(sentence) || mood::asks(sentence.text());
            if !may_be || is_wish {
                return Ok(None);
            }
            let rows = self.concerned(context, Concern::ToDecide).await?;
            if rows.is_empty() || self.question(context).await?.is_some() {
                return Ok(None);
            }
            // "Ok, read on infra for 2 hours" is a whole request, and more than any decision says.
            let is_own = understood.is_some_and(|(_, said)| {
                said.missing().is_empty() && OF_A_REQUEST.iter().any(|slot| said.get(slot).is_some())
            });
            if let Some(decision) = Decision::read(sentence.text()).filter(|_| !is_own) {
                let names = normalise::words(decision.of);
                // "Ok, I will look at infra later" tells what somebody does, and decides nothing.
                let tells = understood.is_some_and(|(_, said)| said.get("refrain").is_some());
                // "Reject it, he left the team": which one is asked, with why.
                let is_meant = is_pronoun(decision.of) && decision.reason.is_some()
                    || Says::Plural.is(&decision.of.to_lowercase())
                    || rows.iter().any(|row| {
                        let names_thing = || Beside::of(&*row.request, &names).names_thing();
                        is_named(&*row.request, decision.of) || !tells && names_thing()
                    });
                if is_meant {
                    return self.asked_to_decide(context, &decision).await.map(Some);
                }
            }
            let Some((_, said)) = understood else { return Ok(None) };
            if !self.is_remark_of_an_approver(context, sentence, said).await? {
                return Ok(None);
            }
            let wanted: Vec<_> = sentence.words.iter().filter_map(|word| permission(&word.lower)).collect();
            let is_one = |word: &Word| word.lower == "one";
            let names_one = sentence.words.iter().any(is_one);
            let rows = rows.into_iter().filter(|row| {
                let own = row.request.wanted();
                !names_one || wanted.iter().any(|said| Some(said.as_str()) == own)
            });
            self.some_of(context, rows.collect()).await
        })
    }

    async fn asked_to_decide(
        &self,
        context: &Context,
        decision: &Decision<'_>,
    ) -> Result<Vec<Card>, Failure> {
        let spec = command(decision.command);
        let said = Said::plainly([("code", decision.of.to_owned())], vec![], vec![]);
        let reason = decision.reason.map(bare).filter(|reason| !reason.is_empty());
        let Some(reason) = reason.filter(|_| decision.command == "deny") else {
            return self.on_what_is_meant(context, spec, &said, Ask::First(None)).await;
        };
        let said = said.with("reason", reason.to_owned());
        let question = words::decide_with_more(spec.name, &[], Some(reason), true, 1);
        self.on_what_is_meant(context, spec, &said, Ask::First(Some(question))).await
    }

    /// Whether what reads like a request for access only remarks something: it names nothing that there is, and does not say that it
    /// wants access.
    async fn is_remark_of_an_approver(
        &self,
        context: &Context,
        sentence: &Sentence<'_>,
        said: &Said,
    ) -> Result<bool, Failure> {
        let says_access = |at: usize| matches!(LEXICON.tag(&sentence.words[at..]), Some((Tag::Access, _)));
        let says_more = ["user", "duration", "time", "KEY", "sentences", "refrain", "begins"];
        if (0..sentence.words.len()).any(says_access) || says_more.iter().any(|slot| said.get(slot).is_some())
        {
            return Ok(false);
        }
        let named = said.get("repository").filter(|name| !is_pronoun(name));
        let (Some(vendors), Some(name)) = (self.world.vendors(&context.tenant), named) else {
            return Ok(true);
        };
        // Where nobody can tell whether it is there, it is a request as any other.
        Ok(matches!(vendors.forge.repository(name).await, Ok(Located::Nowhere)))
    }

    /// A sentence that only names what waits for who speaks is asked to be seen: "infra", "just the infra one". `None` where it names nothing.
    pub(super) fn about_a_name<'a>(
        &'a self,
        context: &'a Context,
        sentence: &'a Sentence<'_>,
    ) -> BoxFuture<'a, Result<Option<Vec<Card>>, Failure>> {
        const MOST: usize = 8;
        Box::pin(async move {
            let words = &sentence.words;
            let around = words.iter().take_while(|word| is_only(word)).count();
            let (Some(first), Some(last)) = (words.get(around), words.last()) else { return Ok(None) };
            if words.len() > MOST || mood::asks(sentence.text()) || self.question(context).await?.is_some() {
                return Ok(None);
            }
            let Some(given) = sentence.text().get(first.start..last.end).map(bare) else { return Ok(None) };
            let rows = self.concerned(context, Concern::ToDecide).await?;
            let named = rows.into_iter().filter(|row| is_named(&*row.request, given));
            self.some_of(context, named.collect()).await
        })
    }

    /// So many cards of these as anybody looks at, and how many more there are; `None` where there is none.
    async fn some_of(&self, context: &Context, rows: Vec<RequestRow>) -> Result<Option<Vec<Card>>, Failure> {
        let more = rows.len().saturating_sub(SHOWN);
        let mut cards = Vec::new();
        for row in rows.into_iter().take(SHOWN) {
            cards.push(self.card(context, &Seen::from(row)).await?);
        }
        if more > 0 {
            cards.push(cards::lines(words::NOT_ALL, &[words::and_more(more, "status")]));
        }
        Ok(Some(cards).filter(|cards| !cards.is_empty()))
    }
}

/// Whether a command that does something was said as a question. What only shows what it would do is not asked about before.
pub(super) fn is_asked(spec: &CommandSpec, said: &Said, text: &str) -> bool {
    spec.decides() && !only_shows(spec, said) && mood::asks_before(text, said.as_it_is())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trust_c3_a_decision_is_read_before_and_behind_the_name_of_what_it_is_on() {
        for (text, command, of, reason) in [
            ("lgtm infra", "approve", "infra", None),
            ("infra ok", "approve", "infra", None),
            ("yes infra", "approve", "infra", None),
            ("👍 infra", "approve", "infra", None),
            ("ja, infra", "approve", "infra", None),
            ("looks good to me, infra", "approve", "infra", None),
            ("only approve infra", "approve", "infra", None),
            ("lgtm infra for 1 hour only", "approve", "infra for 1 hour only", None),
            ("no infra", "deny", "infra", None),
            ("infra ablehnen", "deny", "infra", None),
            ("reject infra, too long", "deny", "infra", Some("too long")),
            ("no infra because it is late", "deny", "infra", Some("it is late")),
            ("infra ablehnen, weil es zu lang ist", "deny", "infra", Some("es zu lang ist")),
        ] {
            assert_eq!(Decision::read(text), Some(Decision { command, of, reason }), "{text}");
        }
        for text in ["infra", "yes", "no", "withdraw infra, thanks", "the write one", ""] {
            assert_eq!(Decision::read(text), None, "{text}");
        }
    }
}
