//! Several that are named at once: "revoke web-shop and infra". Each is done by itself, so it is asked which comes first, and none is left
//! out unsaid.

use countersign_domain::card::Card;
use countersign_domain::request::Code;
use countersign_projections::request::RequestRow;

use super::meaning::{Concern, concern};
use super::named::is_named;
use super::{Chat, Seen};
use crate::commands::CommandSpec;
use crate::context::Context;
use crate::engine::Failure;
use crate::grammar::Said;
use crate::normalise::{self, LEXICON, Says, Tag, Word};
use crate::words;

/// The most words of a name.
const NAME: usize = 3;

impl Chat {
    /// Asks which of those that were named comes first; `None` where no more than one was.
    pub(super) async fn each_that_is_named(
        &self,
        context: &Context,
        spec: &'static CommandSpec,
        said: &Said,
    ) -> Result<Option<Vec<Card>>, Failure> {
        let Some(given) = said.get("code").filter(|given| given.contains(' ')) else { return Ok(None) };
        let parts = parts(given);
        if parts.len() < 2 {
            return Ok(None);
        }
        let rows = self.concerned(context, concern(spec.name).unwrap_or(Concern::Open)).await?;
        let is_one = |row: &RequestRow, part: &str| match part.parse::<Code>() {
            Ok(code) => row.code == code,
            Err(_) => is_named(&*row.request, part),
        };
        if rows.iter().any(|row| is_one(row, given)) {
            return Ok(None);
        }
        let (named, unknown): (Vec<&String>, Vec<&String>) =
            parts.iter().partition(|part| rows.iter().any(|row| is_one(row, part)));
        let is_joined = words_of(given).iter().any(is_and);
        let may_be_one = |part: &&String| may_name(&words_of(part));
        let are_names = unknown.is_empty() || is_joined && unknown.iter().all(may_be_one);
        if named.is_empty() || !are_names {
            return Ok(None);
        }
        let meant: Vec<Seen> = rows
            .into_iter()
            .filter(|row| named.iter().any(|part| is_one(row, part)))
            .map(Seen::from)
            .collect();
        if meant.len() + unknown.len() < 2 {
            return Ok(None);
        }
        let unknown: Vec<&str> = unknown.into_iter().map(String::as_str).collect();
        let question = words::each_of_those_named(&unknown);
        self.ask_which(context, spec, said, &meant, Some(question)).await.map(Some)
    }
}

fn words_of(text: &str) -> Vec<Word> {
    normalise::words(text)
}

fn is_and(word: &Word) -> bool {
    matches!(LEXICON.tag(std::slice::from_ref(word)), Some((Tag::And, _)))
}

/// What is named: what stands between the "and"s, or else each word.
fn parts(given: &str) -> Vec<String> {
    let words = words_of(given);
    let text = |words: &[Word]| words.iter().map(|word| word.text.as_str()).collect::<Vec<_>>().join(" ");
    let joined: Vec<String> = words
        .split(is_and)
        .flat_map(|part| part.split_inclusive(|word| word.stop == Some(',')).map(text).collect::<Vec<_>>())
        .filter(|part| !part.is_empty())
        .collect();
    if joined.len() > 1 { joined } else { words.iter().map(|word| word.text.clone()).collect() }
}

/// Whether these words may be a name, and say nothing else.
fn may_name(words: &[Word]) -> bool {
    let says = [Says::Approves, Says::Denies, Says::Condition, Says::Bids, Says::Thanks];
    words.len() <= NAME && !words.iter().any(|word| says.into_iter().any(|says| says.is_word(word)))
}

#[cfg(test)]
mod tests {
    use super::parts;

    #[test]
    fn trust_c3_what_is_named_at_once_is_told_apart() {
        for (given, all) in [
            ("web-shop and infra", vec!["web-shop", "infra"]),
            ("web-shop, infra and payments api", vec!["web-shop", "infra", "payments api"]),
            ("web-shop und infra", vec!["web-shop", "infra"]),
            ("K7QM2X R7QM2X", vec!["K7QM2X", "R7QM2X"]),
            ("infra", vec!["infra"]),
        ] {
            assert_eq!(parts(given), all, "{given}");
        }
    }
}
