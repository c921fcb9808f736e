//! What was named narrows, whatever else is said beside it: "infra, could you withdraw it", "the one for 1 hour". Where nothing like that is
//! there, so much is told, and it is no reason to do anything with another one.

use countersign_domain::access::{Access, AccessRequest};
use countersign_domain::capabilities::Listed as _;
use countersign_domain::card::Card;
use countersign_domain::duration::parse_minutes;
use countersign_domain::ports::Located;
use countersign_domain::request::Facets as _;
use countersign_projections::request::RequestRow;
use futures::future::BoxFuture;

use super::beside::{Beside, spanned, written};
use super::meaning::{Concern, command, concern, is_pronoun};
use super::named::{is_named, pieces};
use super::otherwise::{is_of_a_name, other_than};
use super::{Chat, Seen};
use crate::capabilities;
use crate::cards;
use crate::commands::{self, CommandSpec};
use crate::context::Context;
use crate::engine::Failure;
use crate::grammar::{Said, Sentence};
use crate::normalise::{self, Says, Word};
use crate::patience::patiently;
use crate::words;

/// Who names a repository does so among the first words; behind them it may be a part of why.
const NAMING: usize = 4;

/// Whether what was said more has no place in a decision on what is named, or is another permission on it: that is told there.
fn has_no_place(rows: &[RequestRow], concern: Concern, given: &str) -> bool {
    let is_another = |row: &RequestRow| beside(row, given).names_another();
    let mut on_this = rows.iter().filter(|row| names_it(row, given)).peekable();
    on_this.peek().is_some() && (concern == Concern::ToDecide || on_this.all(is_another))
}

/// Those of so many minutes, said so, that are meant by what stands before that.
fn lasting_so_long(rows: Vec<RequestRow>, minutes: u64, before: &str) -> Vec<Seen> {
    let meant = rows.into_iter().filter(|row| lasts(row, minutes) && is_meant(row, before));
    meant.map(Seen::from).collect()
}

impl Chat {
    /// What a command means of which something is named that is there, with more said than that; `None` where nothing is named.
    pub(super) fn narrowed<'a>(
        &'a self,
        context: &'a Context,
        spec: &'static CommandSpec,
        said: &'a Said,
        given: &'a str,
    ) -> BoxFuture<'a, Result<Option<Vec<Card>>, Failure>> {
        Box::pin(async move {
            let Some(concern) = concern(spec.name).filter(|_| spec.decides()) else { return Ok(None) };
            let rows = self.concerned(context, concern).await?;
            if let Some((minutes, before)) = lasting(given) {
                let count = rows.len();
                let meant = lasting_so_long(rows, minutes, &before);
                if meant.is_empty() {
                    let (title, line) = words::nothing_like(concern, given, count);
                    return Ok(Some(vec![cards::nothing((&title, &line))]));
                }
                return self.ask_which(context, spec, said, &meant, None).await.map(Some);
            }
            if has_no_place(&rows, concern, given) {
                return Ok(None);
            }
            let (mut spec, mut named) = (spec, on_it(rows, given));
            if named.is_empty()
                && let Some((other, concern)) = other_than(spec.name)
            {
                named = on_it(self.concerned(context, concern).await?, given);
                spec = command(other);
            }
            if named.is_empty() {
                return Ok(None);
            }
            let more = more_beside(&named, given);
            let question = more.map(|more| words::with_more_of(spec.name, &more, false, named.len()));
            let seen: Vec<Seen> = named.into_iter().map(Seen::from).collect();
            self.ask_which(context, spec, said, &seen, question).await.map(Some)
        })
    }

    /// A repository that there is, and nothing on it that the command could be about: so much is told, and it is no reason to do
    /// anything with another one.
    pub(super) async fn nothing_on_what_is_named(
        &self,
        context: &Context,
        spec: &CommandSpec,
        given: &str,
    ) -> Result<Option<Vec<Card>>, Failure> {
        let concern = concern(spec.name).unwrap_or(Concern::Open);
        let rows = self.concerned(context, concern).await?;
        if rows.iter().any(|row| names_it(row, given)) {
            return Ok(None);
        }
        let Some(name) = self.repository_in(context, given, spec.decides()).await else { return Ok(None) };
        let mut things = rows.iter().flat_map(|row| row.request.things());
        if things.any(|thing| thing.id.eq_ignore_ascii_case(&name)) {
            return Ok(None);
        }
        let (title, line) = words::nothing_on(concern, &name, rows.len());
        Ok(Some(vec![cards::nothing((&title, &line))]))
    }

    /// The repository that is named, where there is one: with nothing beside it but the permission on it ("write on infra"), or
    /// `with_more`, among the first words.
    async fn repository_in(&self, context: &Context, given: &str, with_more: bool) -> Option<String> {
        let words = normalise::words(given);
        let vendors = self.world.vendors(&context.tenant)?;
        if let Some(name) = only_a_name(&words)
            && let Ok(Located::Here(found)) =
                patiently(vendors.forge.vendor(), vendors.forge.repository(&name)).await
        {
            return Some(found.name);
        }
        if !with_more || words.len() < 2 {
            return None;
        }
        let first = words.iter().take(NAMING).filter(|word| is_of_a_name(word));
        let first: Vec<String> = first.map(|word| without_whose(word).to_owned()).collect();
        let known = self.repositories_named(context, &first).await;
        known.into_iter().filter(|name| stands_in(&words, name)).max_by_key(String::len)
    }
}

/// What may be a repository's name, where nothing else is said beside it but the permission on it: "write on infra", "payments api".
fn only_a_name(words: &[Word]) -> Option<String> {
    const NAME: usize = 3;
    let name: Vec<&str> =
        words.iter().filter(|word| is_of_a_name(word)).map(|word| word.text.as_str()).collect();
    (1..=NAME).contains(&name.len()).then(|| name.join("-"))
}

fn without_whose(word: &Word) -> &str {
    word.lower.trim_end_matches("'s")
}

/// Whether a repository is named among the first words.
fn stands_in(words: &[Word], name: &str) -> bool {
    let name = pieces(name);
    let parts: Vec<Vec<String>> = words.iter().map(|word| pieces(without_whose(word))).collect();
    (0..parts.len().min(NAMING)).any(|at| spanned(&parts[at..], &name).is_some())
}

fn beside(row: &RequestRow, given: &str) -> Beside {
    Beside::of(&*row.request, &normalise::words(given))
}

/// Whether what was said names what it is about.
pub(super) fn names_it(row: &RequestRow, given: &str) -> bool {
    beside(row, given).names_thing()
}

fn on_it(rows: Vec<RequestRow>, given: &str) -> Vec<RequestRow> {
    rows.into_iter().filter(|row| names_it(row, given) && !beside(row, given).names_another()).collect()
}

/// Leaves what waits where it is asked who could countersign it, and no talk is about one: of what is decided nobody asks that. Of several
/// accesses to end, whoever names none is left those that they could end: some may look at all, and end none.
pub(super) fn leave_what_fits(
    context: &Context,
    (spec, given): (&CommandSpec, Option<&str>),
    meant: &mut Vec<Seen>,
) {
    let asks_who = ["who can approve", "ask everybody"].contains(&spec.name);
    if asks_who && context.scene.about.is_none() {
        meant.retain(|seen| seen.request.is_to_be_decided());
    }
    if spec.name == "revoke" && given.is_none() && meant.len() > 1 {
        let person = &context.person;
        let may_end = |access: &AccessRequest| access.may_be_revoked_by(person) || access.is_for(&person.id);
        meant.retain(|seen| Access::of(Some(&seen.request)).is_none_or(may_end));
    }
}

/// Leaves what a question names: on that repository, and with that permission, as far as any is.
pub(super) fn only_those_asked_about(rows: &mut Vec<RequestRow>, asked: &str) {
    let mut narrow = |fits: fn(&Beside) -> bool| {
        if rows.iter().any(|row| fits(&beside(row, asked))) {
            rows.retain(|row| fits(&beside(row, asked)));
        }
    };
    narrow(Beside::names_thing);
    narrow(|beside| !beside.names_another());
}

/// What was said beside the names of all of them. Who says the same once more, of the one in question, says nothing else.
fn more_beside(named: &[RequestRow], given: &str) -> Option<String> {
    let words = normalise::words(given);
    let mut all = named.iter().map(|row| Beside::of(&*row.request, &words).rest);
    let first = all.next()?;
    let rest = all.fold(first, |rest, one| &rest & &one);
    let more = written(given, &words, &rest)?;
    let bids = |text: &str| {
        let understood = commands::understand(&Sentence::new(text));
        understood.is_some_and(|(spec, said)| spec.decides() && said.get("code").is_none_or(is_pronoun))
    };
    (!bids(&more) && !bids(&format!("{more} it"))).then_some(more)
}

/// For how long "the one for 1 hour" is, and what else was said of it before that.
fn lasting(given: &str) -> Option<(u64, String)> {
    const FOR: [&str; 5] = ["for", "für", "pour", "por", "para"];
    let words = normalise::words(given);
    let at = words.iter().position(|word| FOR.contains(&word.lower.as_str()))?;
    let (before, behind) = (&words[..at], words.get(at + 1)?);
    if !before.iter().any(|word| word.lower == "one") {
        return None;
    }
    let minutes_to = |end: &usize| {
        let long = given.get(behind.start..words[*end].end)?;
        parse_minutes(long.trim_end_matches(['.', '!', '?', ',', ' '])).ok()
    };
    // "For 32 minutes from Erin": whose it is may stand behind how long.
    let goes_on = |end: &usize| words.get(end + 1).is_none_or(|next| Says::AroundName.is_word(next));
    let mut ends = (at + 1..words.len()).rev().filter(goes_on);
    let (minutes, end) = ends.find_map(|end| Some((minutes_to(&end)?, end)))?;
    let named = before.iter().chain(&words[end + 1..]).filter(|word| !Says::AroundName.is_word(word));
    Some((minutes, named.map(|word| word.text.as_str()).collect::<Vec<_>>().join(" ")))
}

fn lasts(row: &RequestRow, minutes: u64) -> bool {
    capabilities::minutes(&row.request) == Some(minutes)
}

/// Whether what else was said of it, if anything, names it.
fn is_meant(row: &RequestRow, named: &str) -> bool {
    named.is_empty() || row.request.wanted() == Some(named) || is_named(&*row.request, named)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trust_c3_for_how_long_it_is_narrows_which_one_is_meant() {
        for (given, meant) in [
            ("the one for 1 hour", Some((60, ""))),
            ("the admin one for 2 hours", Some((120, "admin"))),
            ("the infra one for 2 hours.", Some((120, "infra"))),
            ("the one for 32 minutes from Erin", Some((32, "Erin"))),
            ("the one for 1 hour on infra", Some((60, "infra"))),
            ("the one for 1 hour because it is late", None),
            ("but only for 1 hour", None),
            ("infra for 1 hour only", None),
            ("the one for Erin", None),
        ] {
            assert_eq!(lasting(given), meant.map(|(minutes, named)| (minutes, named.to_owned())), "{given}");
        }
    }

    #[test]
    fn trust_c3_a_repository_is_named_among_the_first_words() {
        let stands = |given: &str, name: &str| stands_in(&normalise::words(given), name);
        assert!(stands("infra could you withdraw it", "infra"));
        assert!(stands("write on payments api, please do", "payments-api"));
        assert!(stands("infra's request", "infra"));
        assert!(!stands("this is far too long for infra", "infra"), "that is why");
        assert!(!stands("infrastructure", "infra"));
    }
}
